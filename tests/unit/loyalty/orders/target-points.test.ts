import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RefundDocument } from "#app/loyalty/orders/order.ts";
import { targetPoints } from "#app/loyalty/orders/target-points.ts";
import { orderDocument as order, orderLine as line } from "#tests/support/order-documents.ts";

const USD = { points: 5, perMinor: 100, rounding: "down", multiplier: "1" } as const;
const KRW = { points: 1, perMinor: 100, rounding: "down", multiplier: "1" } as const;

function rules(over: Partial<Parameters<typeof targetPoints>[2]> = {}): Parameters<typeof targetPoints>[2] {
  return {
    programVersion: 1,
    includedTax: "earns",
    tierId: null,
    tierName: null,
    awardedAt: "2026-11-01T00:00:00Z",
    ...USD,
    ...over,
  };
}

function refund(id: string, over: Partial<RefundDocument> = {}): Record<string, RefundDocument> {
  return {
    [id]: { refundId: id, createdAt: "2026-11-02T00:00:00Z", lines: [], amountMinor: 0, ...over },
  };
}

describe("what an order earns", () => {
  it("T18 earns on the net of discount allocations: 99.00 + 100.00 less 34.10 is 164.90, times 5 is 824", () => {
    const lines = [
      line({ lineId: "1", priceMinor: 9_900, discountMinor: 1_410 }),
      line({ lineId: "2", priceMinor: 10_000, discountMinor: 2_000 }),
    ];
    const target = targetPoints(order(lines), {}, rules());
    expect(target.eligibleMinor).toBe(16_490);
    expect(target.points).toBe(824); // 824.5 rounded down
    expect(target.lines).toEqual({ "1": 424, "2": 400 }); // 424.5 and 400: the floors already add up
  });

  it("earns 500 on a 50,000 won order at 1 per 100, and 750 for a member whose tier multiplies by 1.5", () => {
    const goods = order([line({ priceMinor: 50_000 })], { currency: "KRW" });
    expect(targetPoints(goods, {}, rules(KRW)).points).toBe(500);
    expect(targetPoints(goods, {}, rules({ ...KRW, multiplier: "1.5" })).points).toBe(750);
  });

  it.each([
    ["down", 824],
    ["nearest", 825],
    ["up", 825],
  ] as const)("rounds 824.5 %s to %i, once for the whole order", (rounding, points) => {
    expect(targetPoints(order([line({ priceMinor: 16_490 })]), {}, rules({ rounding })).points).toBe(points);
  });

  it("T17 counts in a currency with three decimals: 1.234 KWD at 5 per 1 KWD is 6", () => {
    const goods = order([line({ priceMinor: 1_234 })], { currency: "KWD" });
    expect(targetPoints(goods, {}, rules({ perMinor: 1000 })).points).toBe(6); // 6.17
  });

  it("T16 leaves gift cards out and gives nothing for a free order", () => {
    const lines = [line({ lineId: "1", giftCard: true }), line({ lineId: "2", priceMinor: 2_000 })];
    expect(targetPoints(order(lines), {}, rules()).points).toBe(100);
    expect(targetPoints(order([line({ discountMinor: 10_000 })]), {}, rules()).points).toBe(0);
  });

  it("takes the tax out of tax-included prices when the setting says so, and never out of prices with tax on top", () => {
    const goods = [line({ priceMinor: 11_000, taxMinor: 1_000 })];
    const won = rules({ ...KRW, includedTax: "excluded" });
    expect(targetPoints(order(goods, { taxesIncluded: true }), {}, won).points).toBe(100);
    expect(targetPoints(order(goods, { taxesIncluded: false }), {}, won).points).toBe(110);
  });
});

describe("what refunds take back", () => {
  const thirds = order([line({ quantity: 3, priceMinor: 10_000 })]);

  it("T27 three refunds of a third end at exactly zero, through 334 and 167", () => {
    const third = (id: string, subtotalMinor: number) =>
      refund(id, { lines: [{ lineId: "1", quantity: 1, subtotalMinor }] });
    const one = third("a", 3_333);
    const two = { ...one, ...third("b", 3_333) };
    const three = { ...two, ...third("c", 3_334) };
    expect(targetPoints(thirds, one, rules()).points).toBe(333); // 500 × 6667/10000 = 333.35
    expect(targetPoints(thirds, two, rules()).points).toBe(166); // 500 × 3334/10000 = 166.7
    expect(targetPoints(thirds, three, rules()).points).toBe(0);
  });

  it("T27 an amount-only refund of a tenth takes a tenth, however the lines are cut", () => {
    const lines = [3_333, 3_333, 3_334].map((priceMinor, index) =>
      line({ lineId: String(index), priceMinor }),
    );
    expect(targetPoints(order(lines), refund("a", { amountMinor: 1_000 }), rules()).points).toBe(450);
  });

  it("T27 a refund of more than the order is capped, and one of shipping only takes nothing", () => {
    expect(targetPoints(thirds, refund("a", { amountMinor: 99_999 }), rules()).points).toBe(0);
    expect(targetPoints(thirds, refund("a"), rules()).points).toBe(500);
  });

  it("T27 refunding the gift card of a mixed order takes nothing of the goods' points", () => {
    const lines = [line({ lineId: "1", giftCard: true }), line({ lineId: "2", priceMinor: 2_000 })];
    const back = refund("a", { lines: [{ lineId: "1", quantity: 1, subtotalMinor: 10_000 }] });
    expect(targetPoints(order(lines), back, rules()).points).toBe(100);
  });

  it("takes back exactly what a whole line was awarded", () => {
    const lines = [line({ lineId: "1", priceMinor: 9_900 }), line({ lineId: "2", priceMinor: 7_333 })];
    const all = targetPoints(order(lines), {}, rules());
    const back = refund("a", { lines: [{ lineId: "2", quantity: 1, subtotalMinor: 7_333 }] });
    expect(targetPoints(order(lines), back, rules()).points).toBe(all.points - (all.lines["2"] ?? 0));
  });
});

describe("laws", () => {
  const lineArb = fc.record({
    quantity: fc.integer({ min: 1, max: 5 }),
    unit: fc.integer({ min: 0, max: 200_000 }),
    discount: fc.double({ min: 0, max: 1, noNaN: true }),
    giftCard: fc.boolean(),
  });
  const ruleArb = fc.record({
    points: fc.integer({ min: 1, max: 50 }),
    perMinor: fc.constantFrom(1, 100, 1000, 333),
    rounding: fc.constantFrom("down" as const, "nearest" as const, "up" as const),
    multiplier: fc.constantFrom("1", "1.25", "1.5", "2", "0.33"),
  });
  const linesOf = (raw: { quantity: number; unit: number; discount: number; giftCard: boolean }[]) =>
    raw.map((entry, index) =>
      line({
        lineId: String(index),
        quantity: entry.quantity,
        priceMinor: entry.unit * entry.quantity,
        discountMinor: Math.floor(entry.unit * entry.quantity * entry.discount),
        giftCard: entry.giftCard,
      }),
    );

  it("the parts of an award add up to it", () => {
    fc.assert(
      fc.property(fc.array(lineArb, { minLength: 1, maxLength: 8 }), ruleArb, (raw, rate) => {
        const target = targetPoints(order(linesOf(raw)), {}, rules(rate));
        expect(Object.values(target.lines).reduce((sum, part) => sum + part, 0)).toBe(target.awarded);
        expect(target.points).toBe(target.awarded);
      }),
    );
  });

  it("refunds only ever lower what an order holds, their sequence does not matter, and a full refund ends at zero", () => {
    const refundArb = fc.array(
      fc.record({ index: fc.nat(7), quantity: fc.integer({ min: 1, max: 3 }), amount: fc.nat(50_000) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(
        fc.array(lineArb, { minLength: 1, maxLength: 8 }),
        ruleArb,
        refundArb,
        (raw, rate, cuts) => {
          const lines = linesOf(raw);
          const goods = order(lines);
          const pieces = cuts.map((cut, id) => {
            const target = lines[cut.index % lines.length];
            const net = target ? target.priceMinor - target.discountMinor : 0;
            const quantity = Math.min(cut.quantity, target?.quantity ?? 1);
            return refund(String(id), {
              lines: [
                {
                  lineId: target?.lineId ?? "0",
                  quantity,
                  subtotalMinor: Math.floor((net * quantity) / (target?.quantity ?? 1)),
                },
              ],
              amountMinor: cut.amount,
            });
          });
          let seen = {};
          let before = targetPoints(goods, {}, rules(rate)).points;
          for (const piece of pieces) {
            seen = { ...seen, ...piece };
            const now = targetPoints(goods, seen, rules(rate)).points;
            expect(now).toBeLessThanOrEqual(before);
            expect(now).toBeGreaterThanOrEqual(0);
            before = now;
          }
          const backwards = Object.assign({}, ...pieces.toReversed()) as typeof seen;
          expect(targetPoints(goods, backwards, rules(rate)).points).toBe(before);
          const everything = refund("all", {
            lines: lines.map((entry) => ({
              lineId: entry.lineId,
              quantity: entry.quantity,
              subtotalMinor: entry.priceMinor - entry.discountMinor,
            })),
          });
          expect(targetPoints(goods, { ...seen, ...everything }, rules(rate)).points).toBe(0);
        },
      ),
    );
  });
});
