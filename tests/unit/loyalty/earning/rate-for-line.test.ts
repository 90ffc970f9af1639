import { describe, expect, it, test } from "vitest";
import { orderSource } from "#app/loyalty/earning/order-source.ts";
import { hasOneRate, needsProductFacts, rateForLine } from "#app/loyalty/earning/rate-for-line.ts";
import { earnSettings, type EarnSettings, type RuleKind } from "#app/loyalty/program/earn-settings.ts";

const PLAIN = {
  points: 5,
  perMinor: 100,
  rounding: "down",
  on: "paid",
  holdDays: 0,
  includedTax: "earns",
  testOrders: false,
} as const;

function earn(over: object = {}): EarnSettings {
  return earnSettings.parse({ ...PLAIN, ...over });
}

const rule = (match: RuleKind, value: string, points: number) => ({
  id: `${match}-${points}`,
  match,
  values: [value],
  points,
  perMinor: 100,
});
const goods = { productId: "10", variantId: "11" };
const facts = { vendor: "Dangol", tags: ["Sale", "spring"], collectionIds: ["20", "21"] };

describe("the rate of a line", () => {
  const all = [
    rule("vendor", "dangol", 6),
    rule("tag", "SALE", 7),
    rule("collection", "21", 8),
    rule("product", "10", 9),
    rule("variant", "11", 10),
  ];

  it.each([
    [5, 10, "variant"],
    [4, 9, "product"],
    [3, 8, "collection"],
    [2, 7, "tag"],
    [1, 6, "vendor"],
    [0, 5, "all"],
  ] as const)("of the first %i rules the most specific wins: %i points, by %s", (count, points, why) => {
    const rate = rateForLine(goods, facts, earn({ rules: all.slice(0, count) }));
    expect([rate.points, rate.why]).toEqual([points, why]);
  });

  it("of two rules of one kind the first listed wins", () => {
    const rules = [rule("tag", "spring", 3), rule("tag", "sale", 4)];
    expect(rateForLine(goods, facts, earn({ rules })).points).toBe(3);
  });

  it.each([
    [{ productIds: ["10"] }],
    [{ collectionIds: ["20"] }],
    [{ tags: ["sPRing"] }],
    [{ vendors: ["DANGOL"] }],
  ])("%j earns nothing, whatever the rules say", (exclude) => {
    expect(rateForLine(goods, facts, earn({ rules: all, exclude }))).toEqual({
      points: 0,
      perMinor: 1,
      why: "excluded",
    });
  });

  it("goods without a product earn at the general rate", () => {
    const settings = earn({ rules: all, exclude: { tags: ["sale"] } });
    expect(rateForLine({ productId: null, variantId: null }, null, settings).why).toBe("all");
  });

  it("asks Shopify for products only where rules are about more than ids", () => {
    expect(needsProductFacts(earn())).toBe(false);
    expect(
      needsProductFacts(earn({ rules: [rule("product", "10", 9)], exclude: { productIds: ["1"] } })),
    ).toBe(false);
    expect(needsProductFacts(earn({ rules: [rule("vendor", "x", 9)] }))).toBe(true);
    expect(needsProductFacts(earn({ exclude: { collectionIds: ["1"] } }))).toBe(true);
    expect(hasOneRate(earn())).toBe(true);
    expect(hasOneRate(earn({ exclude: { productIds: ["1"] } }))).toBe(false);
  });
});

describe("what the settings refuse", () => {
  const refusal = (over: object) => {
    const parsed = earnSettings.safeParse({ ...PLAIN, ...over });
    return parsed.success
      ? []
      : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  };

  it.each([
    ["a rate of 0/0", { rules: [{ ...rule("tag", "a", 1), points: 0, perMinor: 0 }] }, "rules.0.points"],
    ["no values", { rules: [{ ...rule("tag", "a", 1), values: [] }] }, "rules.0.values: bad_value"],
    ["words for ids", { rules: [rule("product", "shirt", 1)] }, "rules.0.values: not_ids"],
    ["words for excluded ids", { exclude: { productIds: ["shirt"] } }, "exclude.productIds: not_ids"],
    ["a repeated id", { rules: [rule("tag", "a", 1), rule("tag", "b", 1)] }, "rules.1.id: repeated_id"],
    ["a day's cap below an order's", { caps: { perOrder: 10, perDay: 5 } }, "caps.perDay: cap_order"],
    [
      "a member's cap below an order's",
      { caps: { perOrder: 10, perMember: 5 } },
      "caps.perMember: cap_order",
    ],
    ["a cap of nothing", { caps: { perOrder: 0 } }, "caps.perOrder"],
    [
      "no source at all",
      { sources: { online: false, pos: false, draft: false, subscription: false } },
      "sources: no_source",
    ],
  ])("%s", (_what, over, expected) => {
    expect(refusal(over).join("\n")).toContain(expected);
  });

  it("nothing of a version that was stored before these settings were there", () => {
    expect(refusal({})).toEqual([]);
    expect(earn()).toMatchObject({
      rules: [],
      shipping: "excluded",
      tender: "money",
      sources: { pos: true },
    });
  });
});

test.each([
  ["web", "online"],
  ["580111", "online"],
  ["", "online"],
  ["pos", "pos"],
  ["shopify_draft_order", "draft"],
  ["subscription_contract", "subscription"],
  ["subscription_contract_checkout_one", "subscription"],
])("an order of source %j comes from %s", (name, source) => {
  expect(orderSource(name)).toBe(source);
});
