import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDecimal, formatMinor, parseMinor, scaleMinor, spreadMinor } from "#sandbox/money.ts";

describe("money", () => {
  it.each([
    ["12.50", "USD", 1250],
    ["12.5", "USD", 1250],
    ["12", "USD", 1200],
    ["12500.0", "KRW", 12_500],
    ["12500", "KRW", 12_500],
    ["1.234", "KWD", 1234],
    ["-5.00", "USD", -500],
  ])("reads %s %s as %d minor units", (text, currency, minor) => {
    expect(parseMinor(text, currency)).toBe(minor);
  });

  it.each(["", "1e3", "NaN", "12.345", "--1", "1,000"])("refuses %j as dollars", (text) => {
    expect(parseMinor(text, "USD")).toBeUndefined();
  });

  it("writes REST and GraphQL amounts as Shopify does", () => {
    expect([formatMinor(1250, "USD"), formatDecimal(1250, "USD")]).toEqual(["12.50", "12.5"]);
    expect([formatMinor(5, "USD"), formatDecimal(500, "USD")]).toEqual(["0.05", "5.0"]);
    expect([formatMinor(12_500, "KRW"), formatDecimal(12_500, "KRW")]).toEqual(["12500", "12500.0"]);
    expect(formatMinor(-5, "KWD")).toBe("-0.005");
  });

  it("comes back the same from text, for every currency", () => {
    const amounts = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(amounts, fc.constantFrom("USD", "KRW", "KWD"), (minor, currency) => {
        expect(parseMinor(formatMinor(minor, currency), currency)).toBe(minor === 0 ? 0 : minor);
        expect(parseMinor(formatDecimal(minor, currency), currency)).toBe(minor === 0 ? 0 : minor);
      }),
    );
  });

  it("rounds half away from zero", () => {
    expect([scaleMinor(5, 1, 2), scaleMinor(-5, 1, 2), scaleMinor(7, 1, 3)]).toEqual([3, -3, 2]);
  });

  it("spreads an amount so that the parts add up, none beyond its weight's share rounded up", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(1_000_000), weights, (amount, list) => {
        const total = list.reduce((sum, one) => sum + one, 0);
        const parts = spreadMinor(amount, list);
        expect(parts.reduce((sum, one) => sum + one, 0)).toBe(total === 0 ? 0 : amount);
        parts.forEach((part, index) =>
          expect(part).toBeLessThanOrEqual(Math.ceil((amount * (list[index] ?? 0)) / (total || 1))),
        );
      }),
    );
  });
});
