import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awardPoints } from "#app/loyalty/earning/award-points.ts";
import { allowance } from "#app/loyalty/earning/caps.ts";
import { moneyShare, paymentsNamed, paymentsOf } from "#app/loyalty/earning/payments.ts";

const plain = { multiplier: "1", rounding: "down" } as const;

describe("the award, by worked numbers", () => {
  it("USD: 100.00 at 5 per 1.00 and 20.00 at 10 per 1.00, times 1.25, is 875", () => {
    const parts = [
      { eligibleMinor: 10_000, points: 5, perMinor: 100 },
      { eligibleMinor: 2_000, points: 10, perMinor: 100 },
    ];
    expect(awardPoints(parts, { ...plain, multiplier: "1.25" })).toEqual({
      total: 875, // 625 + 250
      uncapped: 875,
      parts: [625, 250],
    });
  });

  it("KRW: 12,340 at 1 per 100 and 9,990 at 3 per 1,000 is 153.37, rounded once", () => {
    const parts = [
      { eligibleMinor: 12_340, points: 1, perMinor: 100 }, // 123.4
      { eligibleMinor: 9_990, points: 3, perMinor: 1_000 }, // 29.97
    ];
    expect(awardPoints(parts, plain)).toMatchObject({ total: 153, parts: [123, 30] });
  });

  it("JPY: 1,000 at 1 per 3 and 500 at 1 per 7 is 404.76, a fraction no decimal could hold", () => {
    const parts = [
      { eligibleMinor: 1_000, points: 1, perMinor: 3 }, // 333.33…
      { eligibleMinor: 500, points: 1, perMinor: 7 }, // 71.43…
    ];
    expect(awardPoints(parts, { ...plain, rounding: "nearest" })).toMatchObject({
      total: 405,
      parts: [333, 72],
    });
  });

  it("T17 KWD: 12.345 at 5 per 1.000, of which 2.000 of 12.345 was store credit, is 51", () => {
    const share = moneyShare({ paidMinor: 12_345, creditMinor: 2_000 });
    const parts = [{ eligibleMinor: 12_345, points: 5, perMinor: 1_000 }];
    expect(awardPoints(parts, { ...plain, share }).total).toBe(51); // 10.345 × 5 = 51.725
  });

  it("a cap cuts the whole and keeps the proportions: 875 to 100 is 71 and 29", () => {
    const parts = [
      { eligibleMinor: 10_000, points: 5, perMinor: 100 },
      { eligibleMinor: 4_000, points: 5, perMinor: 100 },
    ];
    expect(awardPoints(parts, { ...plain, cap: 100 })).toEqual({
      total: 100,
      uncapped: 700,
      parts: [71, 29],
    });
    expect(awardPoints(parts, { ...plain, cap: 0 })).toEqual({ total: 0, uncapped: 700, parts: [0, 0] });
  });
});

describe("caps", () => {
  it.each([
    [{ perOrder: 500, perDay: null, perMember: null }, 0, 0, { points: 500, by: "perOrder" }],
    [{ perOrder: 500, perDay: 600, perMember: null }, 200, 200, { points: 400, by: "perDay" }],
    [{ perOrder: 500, perDay: 600, perMember: 1_000 }, 0, 900, { points: 100, by: "perMember" }],
    [{ perOrder: null, perDay: null, perMember: 1_000 }, 0, 1_200, { points: 0, by: "perMember" }],
  ] as const)("%j with %i today and %i in all leaves %j", (caps, sameDay, everywhere, expected) => {
    expect(allowance(caps, { sameDay, everywhere })).toEqual(expected);
  });

  it("are none by default", () => {
    expect(
      allowance({ perOrder: null, perDay: null, perMember: null }, { sameDay: 9, everywhere: 9 }),
    ).toBeNull();
  });
});

describe("what was paid with money", () => {
  it("is everything unless a gateway says otherwise, and then it is to be asked", () => {
    expect(paymentsNamed(["shopify_payments"])).toEqual({ paidMinor: 0, creditMinor: 0 });
    expect(paymentsNamed(["shopify_payments", "gift_card"])).toBeNull();
    expect(paymentsNamed(["shopify_store_credit"])).toBeNull();
  });

  it("counts what was taken, and neither what failed nor what was given back", () => {
    const taken = (kind: string, gateway: string, amountMinor: number, status = "SUCCESS") => ({
      kind,
      gateway,
      amountMinor,
      status,
    });
    const payments = paymentsOf([
      taken("SALE", "gift_card", 3_000),
      taken("AUTHORIZATION", "bogus", 7_000),
      taken("CAPTURE", "bogus", 7_000),
      taken("SALE", "bogus", 7_000, "FAILURE"),
      taken("REFUND", "gift_card", 1_000),
    ]);
    expect(payments).toEqual({ paidMinor: 10_000, creditMinor: 3_000 });
    expect(moneyShare(payments)).toEqual({ num: 7_000n, den: 10_000n });
    expect(moneyShare({ paidMinor: 500, creditMinor: 500 }).num).toBe(0n);
  });
});

describe("laws", () => {
  const entry = fc.record({
    eligibleMinor: fc.nat(5_000_000),
    points: fc.nat(50),
    perMinor: fc.integer({ min: 1, max: 5_000 }),
  });
  const args = fc.record({
    multiplier: fc.constantFrom("1", "1.25", "0.33", "3"),
    rounding: fc.constantFrom("down" as const, "nearest" as const, "up" as const),
    cap: fc.option(fc.nat(2_000)),
    share: fc.nat(1_000).map((num) => ({ num: BigInt(num), den: 1_000n })),
  });

  it("parts add up to the total, the total never passes the cap, and what earns nothing gets no part", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), args, (entries, rules) => {
        const { total, uncapped, parts } = awardPoints(entries, rules);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
        expect(total).toBe(Math.min(uncapped, rules.cap ?? uncapped));
        parts.forEach((part, index) => {
          expect(part).toBeGreaterThanOrEqual(0);
          const { eligibleMinor = 0, points = 0 } = entries[index] ?? {};
          if (eligibleMinor === 0 || points === 0) expect(part).toBe(0);
        });
      }),
    );
  });
});
