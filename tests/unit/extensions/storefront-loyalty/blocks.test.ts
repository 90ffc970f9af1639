import { describe, expect, test } from "vitest";
import { HOSTILE, goldMember, seoulMember, seoulProgram, usProgram } from "./fixtures.ts";
import { renderBlock } from "./render-block.ts";
import type { RenderOptions } from "./render-block.ts";

function text(html: string): string {
  const shown = html
    .replace(/<(svg|template)[\s\S]*?<\/\1>/g, "")
    .replace(/<span[^>]*data-slot="missing" hidden>[^<]*</g, "<")
    .replace(/<button[^>]*data-act="choose" hidden>[\s\S]*?<\/button>/g, "")
    .replace(/<[^>]+>/g, " ");
  return shown.replace(/\s+/g, " ").trim();
}

const us = (block: string, options: Partial<RenderOptions> = {}) =>
  renderBlock({ block, program: usProgram, ...options });
const seoul = (block: string, options: Partial<RenderOptions> = {}) =>
  renderBlock({ block, program: seoulProgram, lang: "ko", ...options });

describe("points widget", () => {
  test("a member finds balance, what expires, rewards with the affordable first, ways to earn, tier and link", async () => {
    const shown = text(await us("points-widget", { loyalty: goldMember }));
    expect(shown).toContain("points Silver 1,250P 200P expire on 31 Dec 300P pending 500P held in codes");
    const titles = ["Free shipping", "$5 off", "10% off", "$20 off"];
    const places = titles.map((title) => shown.indexOf(title));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(shown).toContain("$20 off 2,000P 750P to go");
    const sections = ["Use your points", "My codes", "Ways to earn", "Your tier", "Give $5 off", "Statement"];
    const order = sections.map((title) => shown.indexOf(title));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  test("points that are money are not said twice; points that are not say their worth", async () => {
    expect(text(await seoul("points-widget", { loyalty: seoulMember }))).not.toContain("상당");
    expect(text(await us("points-widget", { loyalty: { ...goldMember, worth: "12.50" } }))).toContain(
      "Worth $12.50",
    );
  });

  test("points owed are said as owed", async () => {
    const shown = text(
      await us("points-widget", { loyalty: { ...goldMember, available: -340, expiring: [] } }),
    );
    expect(shown).toContain("−340P Your balance is below zero. The next points you earn pay it off.");
    expect(shown).toContain("Free shipping 300P 640P to go");
  });

  test("a new member without a metafield starts at nothing", async () => {
    expect(text(await us("points-widget", { customer: true }))).toMatch(
      /points Bronze 0P Your first order starts your balance(?!.*highest tier)/,
    );
  });

  test("a guest sees the program in its own numbers, and both doors", async () => {
    const html = await seoul("points-widget");
    expect(text(html)).toContain("적립금 100원마다 1원 적립 가입은 무료이고 1분이면 돼요. 회원가입 로그인");
    expect(text(html)).toContain("적립금 사용 1,000원부터");
    expect(text(html)).toContain("골드 연간 1,000,000원부터 2배");
    expect(html).toContain('href="/customer_authentication/storefront/login"');
  });

  test("a blocked member sees why, and no balance", async () => {
    const shown = text(await us("points-widget", { loyalty: { ...goldMember, state: "blocked" } }));
    expect(shown).toContain("Points are paused for your account");
    expect(shown).not.toContain("1,250P");
  });

  test("without script the button is a link to the account, or to the log-in for a guest", async () => {
    expect(await us("points-widget", { loyalty: goldMember })).toMatch(
      /<a class="dangol-launcher" href="\/account"/,
    );
    expect(await us("points-widget")).toMatch(/<a class="dangol-launcher" href="\/customer_authentication/);
  });

  test.each([
    [{ hide_cart: true }, { pageType: "cart" }, true],
    [{ hide_cart: true }, { pageType: "product" }, false],
    [{ hide_paths: "/pages/wholesale\n/collections/sale" }, { path: "/collections/sale/shoes" }, true],
    [{ hide_paths: "/pages/wholesale\n\n" }, { path: "/pages/about" }, false],
    [{}, { pageType: "password" }, true],
  ])("with %j on %j it is hidden: %s", async (settings, page, hidden) => {
    const html = await us("points-widget", { settings, ...page });
    expect(html.trim() === "").toBe(hidden);
  });

  test("settings place it and colour it", async () => {
    const settings = { side: "right", offset_y: 96, accent: "#112233", title: "Bean club" };
    const html = await us("points-widget", { settings, loyalty: goldMember });
    expect(html).toContain("dangol-widget--right");
    expect(html).toContain("--dangol-inset-y: 96px;");
    expect(html).toContain("--dangol-accent: #112233;");
    expect(text(html)).toContain("Bean club");
  });

  test("a program that is not live shows shoppers nothing and tells the merchant", async () => {
    const program = { ...usProgram, live: false };
    expect((await us("points-widget", { program })).trim()).toBe("");
    expect(text(await us("points-widget", { program, designMode: true }))).toContain("not live yet");
  });
});

describe("tier badge", () => {
  test("in full it says how far the next tier is, by when, and what keeps this one", async () => {
    const html = await us("tier-badge", { loyalty: goldMember });
    expect(text(html)).toBe(
      "Silver Earns ×1.25 $420 to Gold by 31 Dec Silver until 31 Dec 2027. Spend $300 in a year to keep it.",
    );
    expect(html).toContain('aria-valuenow="58"');
  });

  test("whose period is over says the whole way to the next one until the night has told it anew", async () => {
    const told = (by: string) => ({
      ...goldMember,
      tier: { ...goldMember.tier, next: { ...goldMember.tier.next, by } },
    });
    const shown = await us("tier-badge", { loyalty: told("2026-11-20") });
    expect(text(shown)).toContain("Silver Earns ×1.25 $1,000 to Gold Silver until");
    expect(shown).toContain('aria-valuenow="0"');
    // 21 November there: its last day still counts.
    const lastDay = await us("tier-badge", { loyalty: told("2026-11-21") });
    expect(text(lastDay)).toContain("$420 to Gold by 21 Nov");
    expect(lastDay).toContain('aria-valuenow="58"');
    const { next } = seoulMember.tier;
    const loyalty = { ...seoulMember, tier: { ...seoulMember.tier, next: { ...next, by: "2025-12-31" } } };
    expect(text(await seoul("tier-badge", { loyalty }))).toContain("골드 등급까지 1,000,000원");
  });

  test("in Korean won, without decimals", async () => {
    const shown = text(await seoul("tier-badge", { loyalty: seoulMember }));
    expect(shown).toContain("12월 31일까지 82,000원 더 구매하면 골드 등급");
  });

  test("at the top there is nothing more to reach", async () => {
    const loyalty = { ...goldMember, tier: { ...goldMember.tier, id: "gold", next: null, until: null } };
    expect(text(await us("tier-badge", { loyalty }))).toBe("Silver Earns ×1.25 This is the highest tier");
  });

  test.each([
    ["points", "en", "420P to Gold Silver until 31 Dec 2027. Earn 1,250P in a year to keep it."],
    [
      "points",
      "ko",
      "골드 등급까지 420P 실버 등급은 2027년 12월 31일까지예요. 연간 1,250P 이상 적립하면 유지돼요.",
    ],
    ["orders", "en", "1 order to Gold Silver until 31 Dec 2027. It takes 12 orders in a year to keep it."],
    [
      "orders",
      "ko",
      "골드 등급까지 주문 1건 실버 등급은 2027년 12월 31일까지예요. 연간 주문 12건 이상이면 유지돼요.",
    ],
  ] as const)("counts in %s (%s), without an end where the time rolls along", async (unit, lang, words) => {
    const amounts = unit === "points" ? ["420", "1250"] : ["1", "12"];
    const next = { ...goldMember.tier.next, unit, remaining: amounts[0]!, by: null };
    const tier = { ...goldMember.tier, keep: amounts[1]!, next };
    const program = { ...usProgram, tierUnit: unit, tierWindow: "rolling_12_months" };
    const shown = text(
      await renderBlock({ block: "tier-badge", program, lang, loyalty: { ...goldMember, tier } }),
    );
    expect(shown).toContain(words);
  });

  test.each([
    [
      { inactiveMonths: 6 },
      "Valid until 6 months pass without earning or using any",
      "6개월 동안 적립·사용이 없으면 소멸돼요",
    ],
    [{ expiryDay: { month: 12, day: 31 } }, "Valid until the next 31 Dec", "다음 12월 31일까지 쓸 수 있어요"],
  ])("says how long points last under %o", async (expiry, english, korean) => {
    const program = { ...usProgram, expiryMonths: null, ...expiry };
    const product = {
      id: 7,
      price_varies: false,
      tags: [],
      selected_or_first_available_variant: { id: 11, price: 100 },
      variants: [{ id: 11, price: 100 }],
    };
    const shown = async (lang: "en" | "ko") =>
      text(await renderBlock({ block: "points-on-product", program, product, lang }));
    expect(await shown("en")).toContain(english);
    expect(await shown("ko")).toContain(korean);
  });

  test("says in the ladder what the program counts, and which tier takes an invitation", async () => {
    const [bronze, silver, gold] = usProgram.tiers;
    const program = {
      ...usProgram,
      tierUnit: "orders",
      tierWindow: "lifetime",
      tiers: [bronze!, { ...silver!, threshold: "3" }, { ...gold!, threshold: "9", invitation: true }],
    };
    const shown = text(await renderBlock({ block: "tier-badge", program }));
    expect(shown).toContain("Silver From 3 orders in all");
    expect(shown).toContain("Gold By invitation");
  });

  test("each shape draws another seal, in the tier's colour", async () => {
    const outlines = await Promise.all(
      ["circle", "hexagon", "diamond", "star", "shield"].map(async (shape) => {
        const html = await us("tier-badge", {
          loyalty: { ...goldMember, tier: { ...goldMember.tier, shape } },
        });
        expect(html).toContain('fill="#71797e"');
        return /<path d="([^"]+)"/.exec(html)?.[1];
      }),
    );
    expect(new Set(outlines).size).toBe(5);
  });

  test("compact is a seal and a name", async () => {
    expect(text(await us("tier-badge", { loyalty: goldMember, settings: { form: "compact" } }))).toBe(
      "Your tier: Silver",
    );
  });

  test("guests see the ladder, unless the merchant would rather not", async () => {
    expect(text(await us("tier-badge"))).toContain(
      "Bronze From the day you join Silver From $300 a year ×1.25",
    );
    expect((await us("tier-badge", { settings: { show_to_guests: false } })).trim()).toBe("");
  });
});

describe("referral link", () => {
  test("a member can copy and share the link, and sees what came of it", async () => {
    const html = await us("referral-link", { loyalty: goldMember });
    expect(text(html)).toContain("Give $5 off, get 500P");
    expect(text(html)).toContain("3 joined · 1 ordered");
    expect(html).toContain('value="https://dangol-demo.localhost/?ref=ABC234"');
    expect(html).toContain("https://wa.me/?text=%245%20off%20on%20your%20first%20order");
    expect(html).toContain("https%3A%2F%2Fdangol-demo.localhost%2F%3Fref%3DABC234");
    expect(html).toContain("mailto:?subject=");
  });

  test("channels can be left out", async () => {
    const html = await us("referral-link", { loyalty: goldMember, settings: { kakao: false, x: false } });
    expect(html).not.toContain("KakaoTalk");
    expect(html).not.toContain("x.com");
    expect(html).toContain("LINE");
  });

  test("a shop's apostrophe reaches a friend as an apostrophe", async () => {
    const html = await us("referral-link", { loyalty: goldMember, shopName: "Mina's" });
    // Encoded, or left as it is and then escaped for the attribute: both arrive as an apostrophe.
    expect(html).toMatch(/wa\.me\/\?text=[^"]*at%20Mina(%27|&#39;)s/);
    expect(html).not.toContain("%26%2339");
  });

  test("tells that friends are under review, and no more of it, while there are any", async () => {
    const loyalty = { ...goldMember, referral: { ...goldMember.referral, reviewing: 2 } };
    expect(text(await us("referral-link", { loyalty }))).toContain("3 joined · 1 ordered · 2 under review");
    expect(text(await us("referral-link", { loyalty: goldMember }))).not.toContain("review");
    expect(text(await seoul("referral-link", { loyalty }))).toContain("1명 주문 · 2명 확인 중");
  });

  test("a guest is invited to join", async () => {
    const shown = text(await seoul("referral-link"));
    expect(shown).toContain("친구에게 5,000원 할인, 나는 적립금 5,000원");
    expect(shown).toContain("가입하고 링크 받기");
  });

  test.each([
    ["paid", 0, "once that order is paid.", "그 주문이 결제되면 나도 적립받아요."],
    ["paid", 7, "is paid and its hold is over.", "결제되고 적립 대기 기간이 지나면 나도 적립받아요."],
    ["fulfilled", 0, "once that order has been sent.", "그 주문이 발송되면 나도 적립받아요."],
    ["fulfilled", 7, "sent and its hold is over.", "발송되고 적립 대기 기간이 지나면 나도 적립받아요."],
  ])(
    "says when the member is rewarded: %s, with a hold of %i days",
    async (on, holdDays, english, korean) => {
      const program = { ...usProgram, holdDays, earn: { ...usProgram.earn, on } };
      expect(text(await us("referral-link", { program }))).toContain(english);
      expect(text(await us("referral-link", { program, lang: "ko" }))).toContain(korean);
    },
  );

  test("nothing where referrals are off", async () => {
    const program = { ...usProgram, referral: { ...usProgram.referral, enabled: false } };
    expect((await us("referral-link", { program, loyalty: goldMember })).trim()).toBe("");
  });
});

describe("T41: hostile names and texts are inert", () => {
  const both = { en: HOSTILE, ko: HOSTILE };
  const tiers = usProgram.tiers.map((tier) => ({
    ...tier,
    name: both,
    color: HOSTILE,
    shape: HOSTILE,
    multiplier: "1.5",
  }));
  const program = {
    ...usProgram,
    currency: "USD",
    pointsName: both,
    pointsShort: both,
    tiers,
    rewards: usProgram.rewards.map((reward) => ({ ...reward, id: HOSTILE, title: both, kind: HOSTILE })),
    referral: { ...usProgram.referral, friend: both },
  };
  const tier = {
    ...goldMember.tier,
    name: both,
    color: HOSTILE,
    next: { ...goldMember.tier.next, name: both },
  };
  const loyalty = { ...goldMember, tier, referral: { ...goldMember.referral, url: HOSTILE } };
  const product = {
    id: 7,
    price_varies: true,
    tags: [],
    selected_or_first_available_variant: { id: 11, price: 16490 },
    variants: [{ id: 11, price: 16490 }],
  };
  const settings = {
    title: HOSTILE,
    launcher_text: HOSTILE,
    heading: HOSTILE,
    proxy_path: HOSTILE,
    accent: HOSTILE,
  };

  test.each(["points-widget", "points-on-product", "tier-badge", "referral-link"])("%s", async (block) => {
    for (const shopper of [{}, { loyalty }]) {
      for (const form of ["full", "compact"]) {
        const options = { ...shopper, program, product, settings: { ...settings, form }, shopName: HOSTILE };
        const html = await us(block, options);
        expect(html).not.toContain("<img");
        expect(html).not.toContain("</script>");
        expect(html).not.toContain("Liquid error");
        const attributes = [...html.matchAll(/<[a-z][^>]*>/g)].map(([tag]) => tag);
        for (const tag of attributes) expect(tag).not.toMatch(/\sonerror=alert\(1\)(?![^"]*")/);
        // Tags inside a name are text: they are neither run nor dropped.
        expect(html).toContain("{{ shop.name }}{% if true %}");
      }
    }
  });
});
