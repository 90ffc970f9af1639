import { describe, expect, test } from "vitest";
import { goldMember, seoulMember, seoulProgram, usProgram } from "./fixtures.ts";
import { renderBlock } from "./render-block.ts";

const product = (price: number, more: object = {}) => ({
  id: 7,
  price_varies: false,
  tags: [],
  selected_or_first_available_variant: { id: 11, price },
  variants: [{ id: 11, price }],
  ...more,
});

const memberWith = (multiplier: string) => ({ ...goldMember, tier: { ...goldMember.tier, multiplier } });

function text(html: string): string {
  const shown = html.replace(/<(svg|template)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ");
  return shown.replace(/\s+/g, " ").trim();
}

const amount = (html: string) => /<span data-dangol-amount>([^<]*)</.exec(html)?.[1];

const render = (options: object) =>
  renderBlock({ block: "points-on-product", program: usProgram, ...options });

describe("the number agrees with the engine", () => {
  // Worked by hand: price in hundredths × points × multiplier ÷ per, rounded once.
  test.each([
    ["USD 164.90 × 5 × 1.5 = 1236.75", 16490, "1.5", "1,236P"],
    ["USD 164.90 × 5 × 1.25 = 1030.625", 16490, "1.25", "1,030P"],
    ["USD 0.19 × 5 × 1 = 0.95 is nothing yet", 19, "1", "0P"],
    ["USD 0.20 × 5 × 1 = 1 exactly", 20, "1", "1P"],
    ["USD 19.99 × 5 × 1.15 = 114.9425, where floats would lose", 1999, "1.15", "114P"],
    ["USD 1,234,567.89 × 5 × 20", 123456789, "20", "123,456,789P"],
  ])("%s", async (_title, price, multiplier, expected) => {
    expect(amount(await render({ loyalty: memberWith(multiplier), product: product(price) }))).toBe(expected);
  });

  test.each([
    ["18,900원 ÷ 100 × 1.5 = 283.5", 1890000, "1.5", "283원"],
    ["99원 earns nothing", 9900, "1", "0원"],
    ["100원 earns one", 10000, "1", "1원"],
    ["1,250,050원 × 2 = 25001", 125005000, "2", "25,001원"],
  ])("%s", async (_title, price, multiplier, expected) => {
    const loyalty = { ...seoulMember, tier: { ...seoulMember.tier, multiplier } };
    expect(
      amount(await render({ program: seoulProgram, loyalty, lang: "ko", product: product(price) })),
    ).toBe(expected);
  });

  test.each([
    ["down", "1,236P"],
    ["nearest", "1,237P"],
    ["up", "1,237P"],
  ])("rounding %s", async (rounding, expected) => {
    const program = { ...usProgram, earn: { ...usProgram.earn, rounding } };
    expect(amount(await render({ program, loyalty: memberWith("1.5"), product: product(16490) }))).toBe(
      expected,
    );
  });

  test("rounding up leaves a whole number as it is, and nearest rounds a half up", async () => {
    const up = { ...usProgram, earn: { ...usProgram.earn, rounding: "up" } };
    expect(amount(await render({ program: up, loyalty: memberWith("1"), product: product(2000) }))).toBe(
      "100P",
    );
    const nearest = { ...usProgram, earn: { ...usProgram.earn, rounding: "nearest" } };
    expect(amount(await render({ program: nearest, loyalty: memberWith("1"), product: product(10) }))).toBe(
      "1P",
    );
  });
});

describe("other rates, exclusions and limits", () => {
  const rules = [
    { match: "variant", values: ["12"], points: 50, per: 100 },
    { match: "collection", values: ["20"], points: 10, per: 100 },
    { match: "tag", values: ["sale"], points: 20, per: 100 },
    { match: "vendor", values: ["dangol"], points: 30, per: 100 },
  ];
  const program = { ...usProgram, earnRules: rules };

  test.each([
    ["the first that fits", { collections: [{ id: 20 }], tags: ["sale"] }, "1,000P"],
    ["a tag in any letters", { tags: [" SALE"] }, "2,000P"],
    ["a vendor", { vendor: "Dangol" }, "3,000P"],
    ["else the general rate", { vendor: "Other", tags: ["spring"], collections: [{ id: 21 }] }, "500P"],
  ])("%s", async (_title, more, expected) => {
    const html = await render({ program, product: product(10_000, more) });
    expect(amount(html)).toBe(expected);
  });

  test("a variant's own rate follows the choice, also where prices are equal, and the reasons say the rate", async () => {
    const variants = [
      { id: 11, price: 10_000 },
      { id: 12, price: 10_000 },
    ];
    const html = await render({ program, product: product(10_000, { variants, tags: ["sale"] }) });
    const json = /data-points="([^"]*)"/.exec(html)?.[1]?.replaceAll("&#34;", '"').replaceAll("&quot;", '"');
    expect(JSON.parse(json ?? "")).toEqual({ 11: "2,000P", 12: "5,000P" });
    expect(text(html)).toContain("20P for every $1");
  });

  test.each([
    ["collection", { collections: [{ id: 7 }] }],
    ["vendor", { vendor: "Nobody" }],
  ])("nothing is promised for an excluded %s", async (_title, more) => {
    const earnExcluded = { productIds: [], tags: [], collectionIds: ["7"], vendors: ["nobody"] };
    const options = { program: { ...program, earnExcluded }, product: product(10_000, more) };
    expect((await render(options)).trim()).toBe("");
  });

  test("where not every rate has room, what no listed one fits is told the lowest rate instead of a number", async () => {
    const cut = { ...program, earnRules: rules.slice(0, 2), earnFrom: { points: 2, per: 100 } };
    expect(
      amount(await render({ program: cut, product: product(10_000, { collections: [{ id: 20 }] }) })),
    ).toBe("1,000P");
    const html = await render({ program: cut, product: product(10_000, { tags: ["sale"] }) });
    expect(text(html)).toContain(
      "Members earn from 2P for every $1 How this is counted from 2P for every $1",
    );
    const variants = [
      { id: 11, price: 10_000 },
      { id: 12, price: 10_000 },
    ];
    const varied = await render({ program: cut, product: product(10_000, { variants }) });
    const json = /data-points="([^"]*)"/
      .exec(varied)?.[1]
      ?.replaceAll("&#34;", '"')
      .replaceAll("&quot;", '"');
    expect(JSON.parse(json ?? "")).toEqual({ 11: "from 2P for every $1", 12: "5,000P" });
    expect(amount(varied)).toBe("from 2P for every $1");
  });

  test("in Korean a rate instead of a number says 적립 once", async () => {
    const options = { lang: "ko", product: product(1_000_000) };
    const cut = { ...seoulProgram, earnFrom: { points: 1, per: 20_000 } };
    expect(text(await render({ ...options, program: cut }))).toContain(
      "적립금 200원마다 1원부터 적립 적립 계산 방법",
    );
    const net = { ...seoulProgram, earn: { ...seoulProgram.earn, includedTax: "excluded" } };
    expect(text(await render({ ...options, program: net }))).toContain(
      "적립금 100원마다 1원 적립 적립 계산 방법",
    );
  });

  test("nothing is promised where the exclusions had no room, and the theme editor says why", async () => {
    const options = { program: { ...program, earnHidden: true }, product: product(10_000) };
    expect((await render(options)).trim()).toBe("");
    expect(text(await render({ ...options, designMode: true }))).toContain(
      "excludes more than the storefront can hold",
    );
  });

  test("no more is promised than one order may earn", async () => {
    const capped = { ...usProgram, earn: { ...usProgram.earn, cap: 300 } };
    expect(amount(await render({ program: capped, product: product(10_000) }))).toBe("300P");
  });

  test("where tax inside prices earns nothing the rate is said, since a page cannot tell the tax", async () => {
    const net = { ...usProgram, earn: { ...usProgram.earn, includedTax: "excluded" } };
    expect(text(await render({ program: net, product: product(10_000) }))).toContain(
      "Members earn 5P for every $1",
    );
  });
});

describe("who sees what", () => {
  test("a member is told the points and what the tier does", async () => {
    const html = await render({ loyalty: goldMember, product: product(16490) });
    expect(text(html)).toContain("Earn 1,030P Silver earns ×1.25 How this is counted");
    expect(text(html)).toContain("5P for every $1 Silver multiplies it by 1.25 Rounded down, once per order");
    expect(text(html)).toContain("Valid for 12 months");
  });

  test("a guest is told what members earn, and can join", async () => {
    const html = await render({ product: product(16490) });
    expect(text(html)).toMatch(/^Members earn 824P How this is counted .* Join$/);
    expect(html).toContain('href="/account/register"');
  });

  test("in Korean, with the merchant's name for points and the days of the hold", async () => {
    const html = await render({ program: seoulProgram, product: product(1890000), lang: "ko-KR" });
    expect(text(html)).toMatch(/^회원이면 적립금 189원 적립 적립 계산 방법 .* 회원가입$/);
    expect(text(html)).toContain("100원마다 1원 적립");
    expect(text(html)).toContain("적립 7일 뒤부터 쓸 수 있어요");
  });

  test("someone who joined a moment ago has no metafield yet and earns as the first tier", async () => {
    expect(amount(await render({ customer: true, product: product(16490) }))).toBe("824P");
  });

  test("each variant's points are there for the script where prices differ, and none where they do not", async () => {
    const variants = [
      { id: 11, price: 16490 },
      { id: 12, price: 10 },
    ];
    const html = await render({
      loyalty: goldMember,
      product: product(16490, { price_varies: true, variants }),
    });
    const json = /data-points="([^"]*)"/.exec(html)?.[1]?.replaceAll("&#34;", '"').replaceAll("&quot;", '"');
    expect(JSON.parse(json ?? "")).toEqual({ 11: "1,030P", 12: "" });
    expect(await render({ loyalty: goldMember, product: product(16490) })).not.toContain("data-points");
  });

  test("a price too small for a point keeps the line hidden", async () => {
    expect(await render({ product: product(10) })).toMatch(/<dangol-points[^>]*\shidden/);
  });

  test("in a currency that is not the shop's, the rate is said instead of a wrong number", async () => {
    const html = await render({ product: product(15000), cartCurrency: "EUR" });
    expect(text(html)).toContain("Members earn 5P for every 1 USD");
  });

  test.each([
    ["the program is not live", { program: { ...usProgram, live: false } }],
    ["there is no program", { program: undefined }],
    ["the member is blocked", { loyalty: { ...goldMember, state: "blocked" } }],
    ["the product is left out by id", { product: product(16490, { id: 999 }) }],
    ["the product is left out by tag", { product: product(16490, { tags: ["sale", "no-points"] }) }],
    ["it is a gift card", { product: product(16490, { "gift_card?": true }) }],
    ["there is no product", { product: null }],
  ])("nothing when %s; the merchant reads why in the editor", async (_title, options) => {
    const all = { product: product(16490), ...options };
    expect((await render(all)).trim()).toBe("");
    expect(await render({ ...all, designMode: true })).toContain("dangol-note");
  });
});
