import { describe, expect, it } from "vitest";
import { currencyExponent, parseMinor, toDecimal } from "#app/loyalty/program/money.ts";

describe("money", () => {
  it.each([
    ["KRW", 0, "12900", 12_900],
    ["KRW", 0, "12900.0", 12_900],
    ["USD", 2, "164.90", 16_490],
    ["USD", 2, "164.9", 16_490],
    ["JPY", 0, "1980", 1_980],
    ["KWD", 3, "12.345", 12_345],
    ["KWD", 3, "0.005", 5],
  ])("in %s has %i digits: %s is %i", (currency, exponent, text, minor) => {
    expect(currencyExponent(currency)).toBe(exponent);
    expect(parseMinor(text, exponent)).toBe(minor);
    expect(parseMinor(toDecimal(minor, exponent), exponent)).toBe(minor);
  });

  it.each([
    ["12900.5", 0],
    ["1.234", 2],
    ["1.2345", 3],
    ["1e3", 2],
    ["NaN", 2],
    ["", 2],
    ["1,000", 0],
    ["9007199254740993", 0],
  ])("%j is no amount with %i digits", (text, exponent) => {
    expect(parseMinor(text, exponent)).toBeNull();
  });
});
