import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdWithin, limitGrowth, roomOf } from "#app/loyalty/earning/campaigns/campaign-room.ts";
import type { AwardedCampaign, OrderDocument, OrderLine, RefundDocument } from "#app/loyalty/orders/order.ts";
import { awardDetail, targetPoints, type PricingRules } from "#app/loyalty/orders/target-points.ts";
import { orderDocument, orderLine, pricingRules, refundDocument } from "#tests/support/order-documents.ts";

const NO_GOODS = { variantIds: [], productIds: [], collectionIds: [], tags: [], vendors: [] };

function times(multiplier: string, over: Partial<AwardedCampaign> = {}): AwardedCampaign {
  return {
    campaignId: `x${multiplier}`,
    name: { en: "Double points weekend", ko: "더블 적립 주말" },
    award: { kind: "multiplier", multiplier },
    products: NO_GOODS,
    lineIds: null,
    limit: null,
    awarded: 0,
    ...over,
  };
}

function bonus(points: number, minimumMinor = 0, over: Partial<AwardedCampaign> = {}): AwardedCampaign {
  return times("1", { campaignId: `+${points}`, award: { kind: "bonus", points, minimumMinor }, ...over });
}

const line = (lineId: string, priceMinor: number, over: Partial<OrderLine> = {}) =>
  orderLine({ lineId, priceMinor, ...over });

const order = (lines: OrderLine[], over: Partial<OrderDocument> = {}) =>
  orderDocument(lines, {
    shipping: { priceMinor: 0, discountMinor: 0, taxMinor: 0 },
    payments: { paidMinor: 0, creditMinor: 0 },
    ...over,
  });

const unitsBack = (id: string, lineId: string, quantity: number, subtotalMinor: number) =>
  refundDocument(id, { lines: [{ lineId, quantity, subtotalMinor }] });

/** The base, then what each campaign has given, and what of it is kept. */
function shares(goods: OrderDocument, rules: PricingRules, refunds = {}) {
  const target = targetPoints(goods, refunds, rules);
  const sum = (field: "awarded" | "points") =>
    target.campaigns.reduce((total, campaign) => total + campaign[field], 0);
  return {
    awarded: [target.awarded - sum("awarded"), ...target.campaigns.map(({ awarded }) => awarded)],
    kept: [target.points - sum("points"), ...target.campaigns.map(({ points }) => points)],
  };
}

const KRW = { ...pricingRules, points: 1, perMinor: 100 };
const JPY = { ...pricingRules, points: 1, perMinor: 100 };
const KWD = { ...pricingRules, points: 5, perMinor: 1_000 };

describe("what campaigns add, by worked numbers", () => {
  it("KRW: 12,350 won at 1 per 100 in a tier of 1.5, doubled: 185.25 and 370.5, so 185 and 185 more", () => {
    const goods = order([line("1", 12_350)], { currency: "KRW" });
    const rules = { ...KRW, multiplier: "1.5", campaigns: [times("2")] };
    expect(shares(goods, rules).awarded).toEqual([185, 185]);
    expect(targetPoints(goods, {}, rules).points).toBe(370);
  });

  it("KRW, best only: the tier's 1.5 gives way to the campaign's 2, and a campaign of 1.2 adds nothing", () => {
    const goods = order([line("1", 12_350)], { currency: "KRW" });
    const rules = { ...KRW, multiplier: "1.5", stacking: "best_only" as const };
    // 185.25 → 185; doubled alone 247 → 62 more.
    expect(shares(goods, { ...rules, campaigns: [times("2")] }).awarded).toEqual([185, 62]);
    expect(shares(goods, { ...rules, campaigns: [times("1.2")] }).awarded).toEqual([185, 0]);
    // Three times 123.5 is 370.5: the second campaign adds what it is better by.
    expect(shares(goods, { ...rules, campaigns: [times("2"), times("3")] }).awarded).toEqual([185, 62, 123]);
    expect(shares(goods, { ...rules, campaigns: [times("3"), times("2")] }).awarded).toEqual([185, 185, 0]);
  });

  it("USD: two campaigns on one order multiply, each rounded once", () => {
    // 33.33 × 5 = 166.65 → 166; × 1.5 = 249.975 → 249; × 1.5 × 1.25 = 312.46875 → 312.
    const rules = { ...pricingRules, campaigns: [times("1.5"), times("1.25")] };
    expect(shares(order([line("1", 3_333)]), rules).awarded).toEqual([166, 83, 63]);
  });

  it("USD: a campaign on some goods doubles those alone, and shipping not", () => {
    const goods = order([line("1", 10_000), line("2", 5_000)], {
      shipping: { priceMinor: 1_000, discountMinor: 0, taxMinor: 0 },
    });
    const rules: PricingRules = { ...pricingRules, shipping: "earns" };
    const some = { ...rules, campaigns: [times("2", { lineIds: ["2"] })] };
    expect(shares(goods, some).awarded).toEqual([800, 250]);
    expect(targetPoints(goods, {}, some).lines).toEqual({ "1": 500, "2": 500, shipping: 50 });
    const all = { ...rules, campaigns: [times("2")] };
    expect(targetPoints(goods, {}, all).lines).toEqual({ "1": 1_000, "2": 500, shipping: 100 });
  });

  it("JPY: 300 points from 5,000 yen on, spread over the goods by largest remainder", () => {
    const goods = order([line("1", 3_333), line("2", 1_667)], { currency: "JPY" });
    const rules = { ...JPY, campaigns: [bonus(300, 5_000)] };
    expect(shares(goods, rules).awarded).toEqual([50, 300]);
    // 33.33 + 16.67 → 33 and 17; of the bonus 199.98 and 100.02 → 200 and 100.
    expect(targetPoints(goods, {}, rules).lines).toEqual({ "1": 233, "2": 117 });
    expect(shares(order([line("1", 4_999)]), rules).awarded).toEqual([49, 0]);
  });

  it("KWD: a bonus asks for the minimum on its own goods, paid with money", () => {
    const goods = order([line("1", 12_345), line("2", 4_000)], { currency: "KWD" });
    const rules = { ...KWD, campaigns: [bonus(100, 4_000, { lineIds: ["2"] })] };
    // 16.345 × 5 = 81.725.
    expect(shares(goods, rules).awarded).toEqual([81, 100]);
    const credit = { ...goods, payments: { paidMinor: 16_345, creditMinor: 1 } };
    expect(shares(credit, rules).awarded).toEqual([81, 0]);
    const free = order([line("2", 0)], { currency: "KWD" });
    expect(shares(free, { ...KWD, campaigns: [bonus(100, 0)] }).awarded).toEqual([0, 0]);
  });

  it("bonuses add up, or only the biggest counts", () => {
    const goods = order([line("1", 10_000)]);
    const campaigns = [bonus(100), bonus(300), bonus(200)];
    expect(shares(goods, { ...pricingRules, campaigns }).awarded).toEqual([500, 100, 300, 200]);
    expect(shares(goods, { ...pricingRules, stacking: "best_only", campaigns }).awarded).toEqual([
      500, 100, 200, 0,
    ]);
  });

  it("what is excluded is in no campaign either", () => {
    const rates = { "2": { points: 0, perMinor: 1, why: "excluded" as const } };
    const goods = order([line("1", 10_000), line("2", 90_000)]);
    expect(
      shares(goods, { ...pricingRules, rates, campaigns: [times("2"), bonus(50, 10_001)] }).awarded,
    ).toEqual([500, 500, 0]);
  });
});

describe("limits and caps", () => {
  it("a limit cuts the campaign and says by how much; the others are as they were", () => {
    const goods = order([line("1", 10_000)]);
    const rules = { ...pricingRules, campaigns: [times("2", { limit: 120 }), times("1.5")] };
    const target = targetPoints(goods, {}, rules);
    expect(shares(goods, rules).awarded).toEqual([500, 120, 500]);
    expect(awardDetail(rules, target).campaigns).toEqual([
      { id: "x2", name: { en: "Double points weekend", ko: "더블 적립 주말" }, points: 120, cut: 380 },
      { id: "x1.5", name: { en: "Double points weekend", ko: "더블 적립 주말" }, points: 500 },
    ]);
  });

  it("an order's cap cuts the last campaign first and the base last", () => {
    const goods = order([line("1", 10_000)]);
    const capped = (points: number): PricingRules => ({
      ...pricingRules,
      cap: { points, by: "perOrder" },
      campaigns: [times("2"), bonus(200)],
    });
    expect(shares(goods, capped(1_150)).awarded).toEqual([500, 500, 150]);
    expect(shares(goods, capped(700)).awarded).toEqual([500, 200, 0]);
    expect(shares(goods, capped(300)).awarded).toEqual([300, 0, 0]);
    expect(awardDetail(capped(700), targetPoints(goods, {}, capped(700))).capped).toEqual({
      by: "perOrder",
      uncapped: 1_200,
    });
  });

  it("best only: a campaign with nothing left to give makes way for a smaller one", () => {
    const rules = {
      ...pricingRules,
      stacking: "best_only" as const,
      campaigns: [times("3", { limit: 0 }), times("2")],
    };
    expect(shares(order([line("1", 10_000)]), rules).awarded).toEqual([500, 0, 500]);
  });
});

describe("refunds", () => {
  it("in thirds, then all: 500 points doubled on three units, each part rounded down on what is left", () => {
    const goods = order([line("1", 10_000, { quantity: 3 })]);
    const rules = { ...pricingRules, campaigns: [times("2")] };
    const one = unitsBack("a", "1", 1, 3_333);
    const two = { ...one, ...unitsBack("b", "1", 1, 3_333) };
    const three = { ...two, ...unitsBack("c", "1", 1, 3_334) };
    // 66.67 of 100.00 is left: 333.35 of 500, 666.7 of 1,000. Then 166.7 and 333.4.
    expect(shares(goods, rules, one).kept).toEqual([333, 333]);
    expect(shares(goods, rules, two).kept).toEqual([166, 167]);
    expect(shares(goods, rules, three).kept).toEqual([0, 0]);
  });

  it("a bonus over some goods goes back with them, and not with others", () => {
    const goods = order([line("1", 10_000), line("2", 6_000, { quantity: 2 }), line("3", 2_000)]);
    const rules = { ...pricingRules, campaigns: [bonus(100, 8_000, { lineIds: ["2", "3"] })] };
    expect(shares(goods, rules).awarded).toEqual([900, 100]); // 75 and 25
    expect(shares(goods, rules, unitsBack("a", "1", 1, 10_000)).kept).toEqual([400, 100]);
    expect(shares(goods, rules, unitsBack("a", "2", 2, 6_000)).kept).toEqual([600, 25]);
    expect(shares(goods, rules, unitsBack("a", "2", 1, 3_000)).kept).toEqual([750, 62]); // 37.5 + 25
  });
});

describe("room", () => {
  it("is what others leave of the budget and of the member's cap, the smaller of the two", () => {
    const standing = { spent: 900, held: 100, elsewhere: 30 };
    expect(roomOf({ budget: 1_000, perMember: null }, standing)).toEqual({ held: 100, most: 200 });
    expect(roomOf({ budget: 1_000, perMember: 50 }, standing)).toEqual({ held: 100, most: 20 });
    expect(roomOf({ budget: null, perMember: 20 }, standing)).toEqual({ held: 100, most: 0 });
    expect(roomOf({ budget: null, perMember: null }, standing)).toEqual({ held: 100, most: null });
  });

  it("limits what an edit adds, and never what was given before", () => {
    const grown = { before: 500, after: 900 };
    expect(limitGrowth(null, grown, { held: 500, most: null })).toBeNull();
    expect(limitGrowth(null, grown, { held: 500, most: 1_000 })).toBeNull();
    expect(limitGrowth(null, grown, { held: 500, most: 600 })).toBe(600);
    expect(limitGrowth(550, grown, { held: 500, most: 600 })).toBe(550);
    expect(limitGrowth(null, grown, { held: 500, most: 200 })).toBe(500);
    expect(limitGrowth(null, { before: 500, after: 400 }, { held: 500, most: 0 })).toBeNull();
  });

  it("holds the whole within the program's caps: campaigns give way from the last, the base stays", () => {
    const target = {
      points: 1_200,
      campaigns: [
        { campaignId: "a", points: 500 },
        { campaignId: "b", points: 200 },
      ],
    };
    const free = () => ({ held: 0, most: null });
    const held = (most: number) => {
      const { points, campaigns } = holdWithin(target, free, (whole) => Math.min(whole, most));
      return [points, ...campaigns.values()];
    };
    expect(held(2_000)).toEqual([1_200, 500, 200]);
    expect(held(1_100)).toEqual([1_100, 500, 100]);
    expect(held(800)).toEqual([800, 300, 0]);
    expect(held(400)).toEqual([400, 0, 0]);
    const short = holdWithin(
      target,
      (id) => (id === "a" ? { held: 400, most: 300 } : free()),
      (whole) => whole,
    );
    expect([short.points, ...short.campaigns.values()]).toEqual([1_100, 400, 200]);
  });
});

describe("laws of campaigns", () => {
  const lineArb = fc.record({
    price: fc.nat(200_000),
    quantity: fc.integer({ min: 1, max: 4 }),
    rate: fc.option(fc.record({ points: fc.nat(20), perMinor: fc.integer({ min: 1, max: 999 }) })),
  });
  const campaignArb = fc
    .record({
      award: fc.oneof(
        fc.record({
          kind: fc.constant("multiplier" as const),
          multiplier: fc.constantFrom("1.01", "1.5", "2", "3.33", "20"),
        }),
        fc.record({
          kind: fc.constant("bonus" as const),
          points: fc.integer({ min: 1, max: 5_000 }),
          minimumMinor: fc.nat(100_000),
        }),
      ),
      lineIds: fc.option(fc.subarray(["0", "1", "2", "3"])),
      limit: fc.option(fc.nat(1_000)),
    })
    .map((entry) => times("1", entry));
  const ruleArb = fc.record({
    rounding: fc.constantFrom("down" as const, "nearest" as const, "up" as const),
    multiplier: fc.constantFrom("1", "1.25", "0.33"),
    shipping: fc.constantFrom("earns" as const, "excluded" as const),
    stacking: fc.constantFrom("multiplied" as const, "best_only" as const),
    cap: fc.option(fc.nat(3_000)),
    credit: fc.nat(1_000),
    campaigns: fc.array(campaignArb, { maxLength: 4 }),
  });
  const cutArb = fc.record({
    index: fc.nat(7),
    quantity: fc.integer({ min: 1, max: 2 }),
    amount: fc.nat(9_000),
    shipping: fc.nat(9_000),
  });
  type Line = typeof lineArb extends fc.Arbitrary<infer Value> ? Value : never;
  type Rule = typeof ruleArb extends fc.Arbitrary<infer Value> ? Value : never;

  const build = (raw: readonly Line[], { cap, credit, ...rule }: Rule) => {
    const lines = raw.map(({ price, quantity }, index) =>
      line(String(index), price * quantity, { quantity }),
    );
    const goods = order(lines, {
      shipping: { priceMinor: 5_000, discountMinor: 0, taxMinor: 0 },
      payments: { paidMinor: 1_000, creditMinor: credit },
    });
    const rules: PricingRules = {
      ...pricingRules,
      ...rule,
      ...(cap === null ? {} : { cap: { points: cap, by: "perOrder" as const } }),
      rates: Object.fromEntries(
        raw.flatMap(({ rate }, index) => (rate ? [[String(index), { ...rate, why: "tag" as const }]] : [])),
      ),
    };
    return { lines, goods, rules };
  };
  const linesArb = fc.array(lineArb, { minLength: 1, maxLength: 5 });

  it("parts add up; limits and the cap hold; without campaigns nothing differs", () => {
    fc.assert(
      fc.property(linesArb, ruleArb, (raw, rule) => {
        const { goods, rules } = build(raw, rule);
        const target = targetPoints(goods, {}, rules);
        const plain = targetPoints(goods, {}, { ...rules, campaigns: [] });
        const { campaigns: _none, stacking: _too, ...before } = rules;
        expect(targetPoints(goods, {}, before)).toEqual(plain);
        expect(Object.values(target.lines).reduce((sum, part) => sum + part, 0)).toBe(target.awarded);
        const extra = target.campaigns.reduce((sum, { awarded }) => sum + awarded, 0);
        expect(target.awarded - extra).toBe(plain.awarded);
        expect(target.points).toBe(target.awarded);
        if (rule.cap !== null) expect(target.awarded).toBeLessThanOrEqual(rule.cap);
        target.campaigns.forEach(({ awarded, points, cut }, index) => {
          expect(awarded).toBeGreaterThanOrEqual(0);
          expect(cut).toBeGreaterThanOrEqual(0);
          expect(points).toBe(awarded);
          expect(awarded).toBeLessThanOrEqual(rule.campaigns[index]?.limit ?? Infinity);
        });
      }),
    );
  });

  it("refunds, however split, ordered or repeated, end at the same points and the same cost; all of it at zero", () => {
    fc.assert(
      fc.property(linesArb, ruleArb, fc.array(cutArb, { maxLength: 5 }), (raw, rule, cuts) => {
        const { lines, goods, rules } = build(raw, rule);
        const pieces = cuts.map((cut, id) => {
          const hit = lines[cut.index % lines.length] ?? line("0", 0);
          const quantity = Math.min(cut.quantity, hit.quantity);
          const subtotalMinor = Math.floor((hit.priceMinor * quantity) / hit.quantity);
          return refundDocument(String(id), {
            lines: [{ lineId: hit.lineId, quantity, subtotalMinor }],
            amountMinor: cut.amount,
            shippingMinor: cut.shipping,
          });
        });
        const cost = (refunds: Record<string, RefundDocument>) => {
          const target = targetPoints(goods, refunds, rules);
          const campaigns = target.campaigns.map(({ points }) => points);
          expect(Math.min(target.points, ...campaigns)).toBeGreaterThanOrEqual(0);
          expect(campaigns.reduce((sum, points) => sum + points, 0)).toBeLessThanOrEqual(target.points);
          target.campaigns.forEach(({ points, awarded }) => expect(points).toBeLessThanOrEqual(awarded));
          return { points: target.points, campaigns };
        };
        const forwards = Object.assign({}, ...pieces) as Record<string, RefundDocument>;
        const backwards = Object.assign({}, ...pieces.toReversed(), ...pieces) as typeof forwards;
        expect(cost(backwards)).toEqual(cost(forwards));
        const everything = refundDocument("all", {
          lines: lines.map(({ lineId, quantity, priceMinor }) => ({
            lineId,
            quantity,
            subtotalMinor: priceMinor,
          })),
        });
        const none = { points: 0, campaigns: rule.campaigns.map(() => 0) };
        expect(cost({ ...forwards, ...everything })).toEqual(none);
      }),
    );
  });
});
