import { expect, test } from "vitest";
import { minorToText, textToMinor } from "#app/components/shared/money-text.ts";

test.each([
  [1250, 2, "12.50"],
  [1200, 2, "12"],
  [5, 2, "0.05"],
  [0, 2, "0"],
  [1250, 0, "1250"],
  [1234, 3, "1.234"],
  [-1250, 2, "-12.50"],
])("%d minor units with %d decimals are typed as %s", (minor, exponent, text) => {
  expect(minorToText(minor, exponent)).toBe(text);
});

test.each([
  ["12.50", 2, 1250],
  ["12.5", 2, 1250],
  ["12", 2, 1200],
  [" 1,250 ", 0, 1250],
  ["1,250.05", 2, 125_005],
  ["0", 2, 0],
  ["00.05", 2, 5],
])("%s with %d decimals is read as %d minor units", (text, exponent, minor) => {
  expect(textToMinor(text, exponent)).toBe(minor);
});

test.each([
  "",
  "-1",
  "+1",
  "1e3",
  "1.234",
  "1.",
  ".5",
  "12,34",
  "NaN",
  "Infinity",
  "٣",
  "1 000",
  "9".repeat(20),
])("%j is not an amount of a currency with two decimals", (text) => {
  expect(textToMinor(text, 2)).toBeNull();
});

test("no decimals are accepted where the currency has none", () => {
  expect(textToMinor("100.0", 0)).toBeNull();
});
