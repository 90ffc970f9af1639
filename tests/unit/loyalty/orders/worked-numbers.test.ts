import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { awardPoints, type Rounding } from "#app/loyalty/earning/award-points.ts";
import { readOrderPayload } from "#app/loyalty/orders/read-order-payload.ts";
import { type PricingRules, targetPoints } from "#app/loyalty/orders/target-points.ts";
import { currencyExponent, parseMinor, toDecimal } from "#app/loyalty/program/money.ts";
import { type OrderSpec, orderPayload, refundPayload } from "#tests/support/order-payload.ts";

// Every rule about what an order earns and keeps, by numbers worked by hand, in a currency without decimals at 1 point per
// 100 (KRW), one with two at 5 per 1.00 (USD), another without at 5 per 100 (JPY), and one with three at 5 per 1.000 (KWD).

const RATES = {
  KRW: { points: 1, perMinor: 100 },
  USD: { points: 5, perMinor: 100 },
  JPY: { points: 5, perMinor: 100 },
  KWD: { points: 5, perMinor: 1_000 },
} as const;
type Currency = keyof typeof RATES;

const rulesFor = (currency: Currency, over: Partial<PricingRules> = {}): PricingRules => ({
  programVersion: 1,
  rounding: "down",
  includedTax: "earns",
  tierId: null,
  tierName: null,
  multiplier: "1",
  awardedAt: "2026-11-20T15:00:00Z",
  shipping: "excluded",
  tender: "money",
  ...RATES[currency],
  ...over,
});

type Spec = OrderSpec & { taxes?: string[]; paid?: { paidMinor: number; creditMinor: number } };

/** The target of an order as Shopify tells it, decimal strings and all. */
function target(currency: Currency, { taxes = [], paid, ...spec }: Spec, over: Partial<PricingRules> = {}) {
  const payload = orderPayload({ ...spec, currency }) as { line_items: Record<string, unknown>[] };
  taxes.forEach((price, index) => Object.assign(payload.line_items[index]!, { tax_lines: [{ price }] }));
  const { document, refunds } = readOrderPayload(payload);
  const known = Object.fromEntries(refunds.map((refund) => [refund.refundId, refund]));
  return targetPoints(paid ? { ...document, payments: paid } : document, known, rulesFor(currency, over));
}

describe("1 · price × quantity − discounts", () => {
  test.each([
    // 3 × 12,900 − 3,870 = 34,830
    ["KRW", [{ price: "12900", quantity: 3, discount: "3870" }], 34_830, 348],
    // 99.00 − 14.10 and 100.00 − 20.00 = 164.90, × 5 = 824.5
    [
      "USD",
      [
        { price: "99.00", discount: "14.10" },
        { price: "100.00", discount: "20.00" },
      ],
      16_490,
      824,
    ],
    // 2 × 1,980 − 396 = 3,564, × 5 ÷ 100 = 178.2
    ["JPY", [{ price: "1980", quantity: 2, discount: "396" }], 3_564, 178],
    // 3 × 4.250 − 1.275 = 11.475, × 5 = 57.375
    ["KWD", [{ price: "4.250", quantity: 3, discount: "1.275" }], 11_475, 57],
  ] as const)("%s", (currency, lines, eligibleMinor, points) => {
    expect(target(currency, { lines: [...lines] })).toMatchObject({ eligibleMinor, points, awarded: points });
  });

  test.each([
    ["KRW", "5000"],
    ["USD", "50.00"],
    ["JPY", "5000"],
    ["KWD", "5.000"],
  ] as const)(
    "%s: a free order, a gift card and a discount of everything earn nothing",
    (currency, price) => {
      expect(target(currency, { lines: [{ price: toDecimal(0, currencyExponent(currency)) }] }).points).toBe(
        0,
      );
      expect(target(currency, { lines: [{ price, giftCard: true }] }).points).toBe(0);
      expect(target(currency, { lines: [{ price, discount: price }] }).points).toBe(0);
    },
  );
});

describe("1 · tax", () => {
  test.each([
    // 11,000 − 1,100 = 9,900, of which 900 is tax
    ["KRW", { price: "11000", discount: "1100" }, "900", 99, 90],
    // 107.00 − 10.70 = 96.30, of which 6.30: 481.5, or 90.00 × 5
    ["USD", { price: "107.00", discount: "10.70" }, "6.30", 481, 450],
    // 2,200 − 220 = 1,980, of which 180
    ["JPY", { price: "2200", discount: "220" }, "180", 99, 90],
    // 10.500 − 1.050 = 9.450, of which 0.450: 47.25, or 9.000 × 5
    ["KWD", { price: "10.500", discount: "1.050" }, "0.450", 47, 45],
  ] as const)(
    "%s: inside a discounted price earns, or is taken out; on top it never earns",
    (currency, line, tax, earns, excluded) => {
      const order = { lines: [line], taxes: [tax] };
      const points = (taxesIncluded: boolean, includedTax: "earns" | "excluded") =>
        target(currency, { ...order, taxesIncluded }, { includedTax }).points;
      expect(points(true, "earns")).toBe(earns);
      expect(points(true, "excluded")).toBe(excluded);
      expect(points(false, "earns")).toBe(earns);
      expect(points(false, "excluded")).toBe(earns);
    },
  );
});

describe("1 · gift cards and store credit as payment", () => {
  test.each([
    // 53,000 with shipping, 10,000 of it credit: 50,000 × 43 ÷ 53 = 40,566.04
    ["KRW", "50000", { paidMinor: 53_000, creditMinor: 10_000 }, 405, 9_434],
    ["USD", "100.00", { paidMinor: 10_000, creditMinor: 3_000 }, 350, 3_000],
    // 3,300 with tax, a third of it credit: 2,000 × 5 ÷ 100
    ["JPY", "3000", { paidMinor: 3_300, creditMinor: 1_100 }, 100, 1_000],
    // 10.345 × 5 = 51.725
    ["KWD", "12.345", { paidMinor: 12_345, creditMinor: 2_000 }, 51, 2_000],
  ] as const)("%s %s: what they paid earns nothing", (currency, price, paid, points, creditMinor) => {
    const order = { lines: [{ price }], paid };
    expect(target(currency, order)).toMatchObject({ points, creditMinor });
    expect(target(currency, order, { tender: "all" }).creditMinor).toBe(0);
    const allCredit = { ...order, paid: { ...paid, creditMinor: paid.paidMinor } };
    expect(target(currency, allCredit).points).toBe(0);
  });
});

describe("1 · shipping", () => {
  test.each([
    ["KRW", "50000", "3000", 500, 530, "1500", 515],
    ["USD", "100.00", "8.00", 500, 540, "4.00", 520],
    ["JPY", "3000", "500", 150, 175, "100", 170],
    // 67.5; the goods' part is 60, shipping's 7; a third of 1.500 leaves 7 × 2 ÷ 3 = 4.67
    ["KWD", "12.000", "1.500", 60, 67, "0.500", 64],
  ] as const)("%s: %s and %s of shipping", (currency, price, shipping, without, withIt, back, left) => {
    const order = { lines: [{ price }], shipping };
    expect(target(currency, order).points).toBe(without);
    expect(target(currency, order, { shipping: "earns" }).points).toBe(withIt);
    const refunds = [refundPayload({ currency, shipping: back })];
    expect(target(currency, { ...order, refunds }).points).toBe(without);
    expect(target(currency, { ...order, refunds }, { shipping: "earns" }).points).toBe(left);
  });
});

describe("2 · rates as fractions", () => {
  test.each([
    // 123.4 at 1 per 100, and 29.97 at 3 per 1,000
    ["KRW", "12340", "9990", { points: 3, perMinor: 1_000 }, 153, { "9001": 123, "9002": 30 }],
    // 50.00 × 5 = 250, and 19.99 at 2 per 3.00 = 13.33
    ["USD", "50.00", "19.99", { points: 2, perMinor: 300 }, 263, { "9001": 250, "9002": 13 }],
    // 1,000 at 5 per 100 = 50, and 500 at 1 per 7 = 71.43
    ["JPY", "1000", "500", { points: 1, perMinor: 7 }, 121, { "9001": 50, "9002": 71 }],
    // 2.500 × 5 = 12.5, and 0.999 at 1 per 0.250 = 3.996
    ["KWD", "2.500", "0.999", { points: 1, perMinor: 250 }, 16, { "9001": 12, "9002": 4 }],
  ] as const)("%s: %s and %s at another rate", (currency, first, second, rate, points, lines) => {
    const rates = { "9002": { ...rate, why: "tag" as const } };
    const order = { lines: [{ price: first }, { price: second }] };
    expect(target(currency, order, { rates })).toMatchObject({ points, lines });
  });
});

describe("3 · the tier's multiplier comes before rounding", () => {
  test.each([
    // 348.9 × 1.25 = 436.125; rounded first it would be 435
    ["KRW", "34890", "1.25", 436],
    // 824.9 × 1.5 = 1,237.35; rounded first 1,236
    ["USD", "164.98", "1.5", 1_237],
    // 178.95 × 1.25 = 223.69; rounded first 222
    ["JPY", "3579", "1.25", 223],
    // 57.375 × 1.5 = 86.0625; rounded first 85
    ["KWD", "11.475", "1.5", 86],
  ] as const)("%s %s × %s", (currency, price, multiplier, points) => {
    expect(target(currency, { lines: [{ price }] }, { multiplier }).points).toBe(points);
  });
});

describe("4 · rounding, once per order", () => {
  test.each([
    // amount · exact · down, nearest, up
    ["KRW", "12350", "123.5", [123, 124, 124]],
    ["KRW", "12349", "123.49", [123, 123, 124]],
    ["KRW", "12300", "123", [123, 123, 123]],
    ["USD", "164.90", "824.5", [824, 825, 825]],
    ["USD", "164.89", "824.45", [824, 824, 825]],
    ["USD", "164.80", "824", [824, 824, 824]],
    ["JPY", "2490", "124.5", [124, 125, 125]],
    ["JPY", "2489", "124.45", [124, 124, 125]],
    ["JPY", "2480", "124", [124, 124, 124]],
    ["KWD", "11.500", "57.5", [57, 58, 58]],
    ["KWD", "11.499", "57.495", [57, 57, 58]],
    ["KWD", "11.400", "57", [57, 57, 57]],
  ] as const)("%s %s is %s points", (currency, price, _exact, expected) => {
    const points = (["down", "nearest", "up"] as const).map(
      (rounding) => target(currency, { lines: [{ price }] }, { rounding }).points,
    );
    expect(points).toEqual(expected);
  });

  test.each([
    // Each line by itself would be rounded to more, or less: 3 × 10.5, 3 × 166.5, 3 × 52.5, 3 × 5.5
    ["KRW", "1050", [31, 32, 32]],
    ["USD", "33.30", [499, 500, 500]],
    ["JPY", "1050", [157, 158, 158]],
    ["KWD", "1.100", [16, 17, 17]],
  ] as const)("%s: three lines of %s are rounded together", (currency, price, expected) => {
    const lines = [{ price }, { price }, { price }];
    const points = (["down", "nearest", "up"] as const).map(
      (rounding) => target(currency, { lines }, { rounding }).points,
    );
    expect(points).toEqual(expected);
  });
});

describe("4 · parts by largest remainder; between equals the earlier line first", () => {
  test.each([
    ["KRW", ["1050", "1050", "1050"], "down", [11, 10, 10]], // 31 of 10.5 each
    ["KRW", ["1050", "1050", "1050"], "up", [11, 11, 10]], // 32
    ["USD", ["10.10", "10.10"], "down", [51, 50]], // 101 of 50.5 each
    ["USD", ["10.00", "10.14", "10.19"], "down", [50, 50, 51]], // 50, 50.7 and 50.95 are 151.65
    ["JPY", ["1990", "1990"], "down", [100, 99]], // 199 of 99.5 each
    ["KWD", ["1.100", "1.100"], "down", [6, 5]], // 11 of 5.5 each
  ] as const)("%s %j, rounded %s, is %j", (currency, prices, rounding, parts) => {
    const { lines, awarded } = target(currency, { lines: prices.map((price) => ({ price })) }, { rounding });
    expect(Object.values(lines)).toEqual(parts);
    expect(parts.reduce<number>((sum, part) => sum + part, 0)).toBe(awarded);
  });
});

describe("6 · a cap of 300 on the order", () => {
  test.each([
    ["KRW", ["20000", "30000"], 500, { "9001": 120, "9002": 180 }],
    ["USD", ["100.00", "50.00"], 750, { "9001": 200, "9002": 100 }],
    ["JPY", ["6000", "3000"], 450, { "9001": 200, "9002": 100 }],
    ["KWD", ["60.000", "30.000"], 450, { "9001": 200, "9002": 100 }],
  ] as const)("%s %j keeps the proportions of %i", (currency, prices, uncapped, lines) => {
    const order = { lines: prices.map((price) => ({ price })) };
    const cap = { points: 300, by: "perOrder" as const };
    expect(target(currency, order, { cap })).toMatchObject({ points: 300, uncapped, lines });
    const refunds = [refundPayload({ currency, lines: [{ lineId: "9002", subtotal: prices[1] }] })];
    expect(target(currency, { ...order, refunds }, { cap }).points).toBe(lines["9001"]);
  });
});

describe("T27 refunds of one unit after another", () => {
  test.each([
    ["KRW", "3333", [99, 66, 33, 0]], // 99.99
    ["USD", "33.33", [499, 332, 166, 0]], // 499.95; 499 × 2 ÷ 3 = 332.67
    ["JPY", "1111", [166, 110, 55, 0]], // 166.65; 110.67; 55.33
    ["KWD", "1.111", [16, 10, 5, 0]], // 16.665; 10.67; 5.33
  ] as const)("%s: three of %s leave %j", (currency, price, expected) => {
    const units = [1, 2, 3].map((id) =>
      refundPayload({ id: String(id), currency, lines: [{ subtotal: price }] }),
    );
    const points = [0, 1, 2, 3].map(
      (count) => target(currency, { lines: [{ price, quantity: 3 }], refunds: units.slice(0, count) }).points,
    );
    expect(points).toEqual(expected);
  });

  test.each(["no_restock", "return", "cancel", "legacy_restock"])(
    "count alike, restocked as %s or not",
    (restockType) => {
      const refund = refundPayload({ lines: [{ subtotal: "40.00" }] }) as {
        refund_line_items: Record<string, unknown>[];
      };
      Object.assign(refund.refund_line_items[0]!, { restock_type: restockType });
      // Where the units stay to be fulfilled, Shopify leaves the current quantity as it was.
      for (const currentQuantity of restockType === "no_restock" ? [2, 1] : [1]) {
        const lines = [{ price: "40.00", quantity: 2, currentQuantity }];
        expect(target("USD", { lines, refunds: [refund] }).points).toBe(200);
      }
    },
  );
});

describe("T27 amount-only refunds take the same share of every line", () => {
  test.each([
    ["KRW", ["7000", "3000"], "1000", 90],
    ["USD", ["33.33", "66.67"], "10.00", 450],
    ["JPY", ["700", "300"], "250", 37], // 50 × 0.75 = 37.5
    ["KWD", ["7.000", "3.000"], "0.001", 49], // 50 × 9.999 ÷ 10 = 49.995
  ] as const)("%s %j less %s leaves %i", (currency, prices, amountOnly, points) => {
    const lines = prices.map((price) => ({ price }));
    const refunds = [refundPayload({ currency, amountOnly })];
    expect(target(currency, { lines, refunds }).points).toBe(points);
  });

  // What comes back is of what was paid: 100.00 and 10.00 of tax on it.
  test.each([
    [false, "55.00", 250], // half of 110.00
    [false, "110.00", 0],
    [true, "50.00", 250], // half of 100.00, the tax is in it
  ] as const)("USD with the tax inside: %s, less %s leaves %i", (taxesIncluded, amountOnly, points) => {
    const lines = [{ price: "40.00" }, { price: "60.00" }];
    const refunds = [refundPayload({ currency: "USD", amountOnly })];
    expect(target("USD", { lines, taxes: ["4.00", "6.00"], taxesIncluded, refunds }).points).toBe(points);
  });
});

describe("edits and exchanges on the same order", () => {
  test.each([
    ["KRW", "10000", "4000", [360, 270]],
    ["USD", "10.00", "4.00", [180, 135]],
    ["JPY", "1000", "400", [180, 135]],
    ["KWD", "1.000", "0.400", [18, 13]], // 13.5
  ] as const)("%s: four of %s less %s, then three", (currency, price, discount, expected) => {
    const points = [4, 3].map(
      (currentQuantity) =>
        target(currency, { lines: [{ price, quantity: 4, currentQuantity, discount }] }).points,
    );
    expect(points).toEqual(expected);
    const more = target(currency, { lines: [{ price, quantity: 5, discount }] }).eligibleMinor;
    const exponent = currencyExponent(currency);
    expect(more).toBe(5 * parseMinor(price, exponent)! - parseMinor(discount, exponent)!);
  });

  test.each([
    ["KRW", "30000", "45000", 300, 450],
    ["USD", "100.00", "120.00", 500, 600],
    ["JPY", "3000", "2000", 150, 100],
    ["KWD", "12.000", "15.500", 60, 77],
  ] as const)("%s: %s is given back for %s", (currency, old, fresh, before, after) => {
    expect(target(currency, { lines: [{ price: old }] }).points).toBe(before);
    const refunds = [refundPayload({ currency, lines: [{ subtotal: old }] })];
    const lines = [{ price: old, currentQuantity: 0 }, { price: fresh }];
    expect(target(currency, { lines, refunds }).points).toBe(after);
  });
});

describe("T17 what the shopper paid in another currency earns by the shop's", () => {
  test.each([
    ["KRW", "50000", { currency_code: "USD", amount: "36.20" }, 500],
    ["USD", "100.00", { currency_code: "JPY", amount: "15500" }, 500],
    ["JPY", "3000", { currency_code: "KWD", amount: "5.925" }, 150],
    ["KWD", "12.000", { currency_code: "KRW", amount: "54000" }, 60],
  ] as const)("%s %s, shown as %j, earns %j", (currency, price, presentment, points) => {
    const payload = orderPayload({ currency, lines: [{ price }] }) as {
      line_items: Record<string, unknown>[];
    };
    const set = { shop_money: { amount: price, currency_code: currency }, presentment_money: presentment };
    // REST's plain price is in the shop's currency too; only the set says so.
    Object.assign(payload.line_items[0]!, { price_set: set });
    const { document } = readOrderPayload({ ...payload, presentment_currency: presentment.currency_code });
    expect(document.currency).toBe(currency);
    expect(targetPoints(document, {}, rulesFor(currency)).points).toBe(points);
  });
});

describe("T17 laws of every currency", () => {
  const lineArb = fc.record({ minor: fc.nat(3_000_000), quantity: fc.integer({ min: 1, max: 9 }) });

  it.each(["KRW", "USD", "JPY", "KWD"] as const)(
    "%s: the parts add up to the total times the rate, rounded as said, without a float",
    (currency) => {
      const { points, perMinor } = RATES[currency];
      fc.assert(
        fc.property(
          fc.array(lineArb, { minLength: 1, maxLength: 9 }),
          fc.constantFrom<Rounding>("down", "nearest", "up"),
          (raw, rounding) => {
            const entries = raw.map(({ minor, quantity }) => ({
              eligibleMinor: minor * quantity,
              points,
              perMinor,
            }));
            const { total, parts } = awardPoints(entries, { multiplier: "1", rounding });
            const exact =
              entries.reduce((sum, entry) => sum + BigInt(entry.eligibleMinor), 0n) * BigInt(points);
            const per = BigInt(perMinor);
            const down = exact / per;
            const up = (exact + per - 1n) / per;
            const nearest = (exact % per) * 2n >= per ? up : down;
            expect(BigInt(total)).toBe({ down, nearest, up }[rounding]);
            expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
            parts.forEach((part, index) => {
              const own = BigInt(entries[index]!.eligibleMinor) * BigInt(points);
              // No line is further than one point from its own share.
              expect(BigInt(part)).toBeGreaterThanOrEqual(own / per);
              expect(BigInt(part)).toBeLessThanOrEqual(own / per + 1n);
            });
          },
        ),
      );
    },
  );
});
