import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderDocument, OrderLine, RefundDocument } from "#app/loyalty/orders/order.ts";
import { awardDetail, targetPoints, type PricingRules } from "#app/loyalty/orders/target-points.ts";
import { orderDocument, orderLine, pricingRules, refundDocument } from "#tests/support/order-documents.ts";

const line = (lineId: string, priceMinor: number, over: Partial<OrderLine> = {}) =>
  orderLine({ lineId, priceMinor, ...over });

const order = (lines: OrderLine[], over: Partial<OrderDocument> = {}) =>
  orderDocument(lines, {
    shipping: { priceMinor: 0, discountMinor: 0, taxMinor: 0 },
    payments: { paidMinor: 0, creditMinor: 0 },
    ...over,
  });

const excluded = { points: 0, perMinor: 1, why: "excluded" as const };

describe("an order by more than one rate", () => {
  const goods = order([line("1", 10_000), line("2", 5_000), line("3", 2_000)]);
  const rules: PricingRules = {
    ...pricingRules,
    rates: { "2": { points: 20, perMinor: 100, why: "tag", ruleId: "r" }, "3": excluded },
  };

  it("earns each line at its own, and says so", () => {
    const target = targetPoints(goods, {}, rules);
    expect(target.points).toBe(1_500); // 500 + 1,000 + 0
    expect(target.eligibleMinor).toBe(15_000);
    expect(awardDetail(rules, target)).toEqual({
      rates: [
        { eligibleMinor: 10_000, points: 5, perMinor: 100, why: "all" },
        { eligibleMinor: 5_000, points: 20, perMinor: 100, why: "tag" },
      ],
    });
  });

  it("takes back of a refunded line what that line was awarded; of an excluded one nothing", () => {
    const back = (lineId: string, subtotalMinor: number) =>
      refundDocument(lineId, { lines: [{ lineId, quantity: 1, subtotalMinor }] });
    expect(targetPoints(goods, back("2", 5_000), rules).points).toBe(500);
    expect(targetPoints(goods, back("3", 2_000), rules).points).toBe(1_500);
  });
});

describe("shipping", () => {
  const goods = order([line("1", 10_000)], {
    shipping: { priceMinor: 1_000, discountMinor: 200, taxMinor: 0 },
  });

  it("earns nothing by default, and 40 of 8.00 where it earns", () => {
    expect(targetPoints(goods, {}, pricingRules).points).toBe(500);
    expect(targetPoints(goods, {}, { ...pricingRules, shipping: "earns" }).points).toBe(540);
  });

  it("T27 refunding shipping takes back what it earned and nothing else", () => {
    const back = refundDocument("a", { shippingMinor: 400 });
    expect(targetPoints(goods, back, pricingRules).points).toBe(500);
    expect(targetPoints(goods, back, { ...pricingRules, shipping: "earns" }).points).toBe(520);
    const all = refundDocument("a", {
      shippingMinor: 800,
      lines: [{ lineId: "1", quantity: 1, subtotalMinor: 10_000 }],
    });
    expect(targetPoints(goods, all, { ...pricingRules, shipping: "earns" }).points).toBe(0);
  });

  it("of a document from before shipping was kept earns nothing and breaks nothing", () => {
    const { shipping: _shipping, payments: _payments, ...old } = goods;
    expect(targetPoints(old, {}, { ...pricingRules, shipping: "earns" }).points).toBe(500);
  });
});

describe("gift cards and store credit", () => {
  const paid = order([line("1", 10_000)], { payments: { paidMinor: 10_000, creditMinor: 3_000 } });

  it("do not earn by default: 30.00 of 100.00 leaves 350; they may be made to", () => {
    const target = targetPoints(paid, {}, pricingRules);
    expect([target.points, target.eligibleMinor, target.creditMinor]).toEqual([350, 10_000, 3_000]);
    expect(targetPoints(paid, {}, { ...pricingRules, tender: "all" }).points).toBe(500);
  });

  it("of an order from before the setting count as they did then", () => {
    const { tender: _tender, ...old } = pricingRules;
    expect(targetPoints(paid, {}, old).points).toBe(500);
  });
});

describe("a cap", () => {
  it("is the most an order holds, and refunds take their share of what was awarded", () => {
    const rules: PricingRules = { ...pricingRules, cap: { points: 300, by: "perOrder" } };
    const goods = order([line("1", 10_000), line("2", 5_000)]);
    const target = targetPoints(goods, {}, rules);
    expect([target.points, target.uncapped, target.lines]).toEqual([300, 750, { "1": 200, "2": 100 }]);
    expect(awardDetail(rules, target)).toEqual({ capped: { by: "perOrder", uncapped: 750 } });
    const back = refundDocument("a", { lines: [{ lineId: "2", quantity: 1, subtotalMinor: 5_000 }] });
    expect(targetPoints(goods, back, rules).points).toBe(200);
  });
});

describe("laws, with rates, shipping, credit and caps", () => {
  const lineArb = fc.record({
    price: fc.nat(200_000),
    quantity: fc.integer({ min: 1, max: 4 }),
    rate: fc.option(fc.record({ points: fc.nat(20), perMinor: fc.integer({ min: 1, max: 999 }) })),
  });
  const ruleArb = fc.record({
    rounding: fc.constantFrom("down" as const, "nearest" as const, "up" as const),
    multiplier: fc.constantFrom("1", "1.25", "0.33"),
    shipping: fc.constantFrom("earns" as const, "excluded" as const),
    cap: fc.option(fc.nat(3_000)),
    credit: fc.nat(1_000),
    shippingMinor: fc.nat(20_000),
  });
  const cutArb = fc.record({
    index: fc.nat(7),
    quantity: fc.integer({ min: 1, max: 2 }),
    amount: fc.nat(9_000),
    shipping: fc.nat(9_000),
  });

  it("parts add up, refunds only lower, their sequence does not matter, a full refund ends at zero", () => {
    fc.assert(
      fc.property(
        fc.array(lineArb, { minLength: 1, maxLength: 6 }),
        ruleArb,
        fc.array(cutArb, { maxLength: 5 }),
        (raw, rate, cuts) => {
          const lines = raw.map((entry, index) =>
            line(String(index), entry.price * entry.quantity, { quantity: entry.quantity }),
          );
          const goods = order(lines, {
            shipping: { priceMinor: rate.shippingMinor, discountMinor: 0, taxMinor: 0 },
            payments: { paidMinor: 1_000, creditMinor: rate.credit },
          });
          const { cap: capPoints, rounding, multiplier, shipping } = rate;
          const rules: PricingRules = {
            ...pricingRules,
            rounding,
            multiplier,
            shipping,
            ...(capPoints === null ? {} : { cap: { points: capPoints, by: "perOrder" as const } }),
            rates: Object.fromEntries(
              raw.flatMap((entry, index) =>
                entry.rate ? [[String(index), { ...entry.rate, why: "tag" as const }]] : [],
              ),
            ),
          };
          const first = targetPoints(goods, {}, rules);
          expect(Object.values(first.lines).reduce((sum, part) => sum + part, 0)).toBe(first.awarded);
          if (capPoints !== null) expect(first.points).toBeLessThanOrEqual(capPoints);
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
          let seen: Record<string, RefundDocument> = {};
          let before = first.points;
          for (const piece of pieces) {
            seen = { ...seen, ...piece };
            const { points } = targetPoints(goods, seen, rules);
            expect(points).toBeLessThanOrEqual(before);
            expect(points).toBeGreaterThanOrEqual(0);
            before = points;
          }
          const backwards = Object.assign({}, ...pieces.toReversed()) as typeof seen;
          expect(targetPoints(goods, backwards, rules).points).toBe(before);
          const everything = refundDocument("all", {
            lines: lines.map((entry) => ({
              lineId: entry.lineId,
              quantity: entry.quantity,
              subtotalMinor: entry.priceMinor,
            })),
          });
          expect(targetPoints(goods, { ...seen, ...everything }, rules).points).toBe(0);
        },
      ),
    );
  });
});
