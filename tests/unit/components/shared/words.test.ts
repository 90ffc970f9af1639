import { expect, test } from "vitest";
import { dollarWords, wonWords } from "../words-for-tests.ts";

test("points carry the shop's unit, and are named where the unit alone would read as money", () => {
  expect(dollarWords().points(1250)).toBe("1,250P");
  expect(wonWords().points(1250)).toBe("적립금 1,250원");
  expect(wonWords({ locale: "en" }).points(1250)).toBe("1,250P");
});

test("signed points have a sign of their own, and zero has none", () => {
  const words = dollarWords();
  expect(words.signed(1250)).toBe("+1,250P");
  expect(words.signed(-500)).toBe("−500P");
  expect(words.signed(0)).toBe("0P");
});

test("days are those of the shop's time zone", () => {
  expect(dollarWords().date("2026-01-01T03:00:00Z")).toBe("Dec 31, 2025");
  expect(wonWords().date("2026-01-01T03:00:00Z")).toBe("2026년 1월 1일");
});

test("how long ago is told in the largest unit that fits", () => {
  const words = dollarWords();
  const now = "2026-11-21T12:00:00Z";
  expect(words.relative("2026-11-21T11:59:40Z", now)).toBe("just now");
  expect(words.relative("2026-11-21T11:57:00Z", now)).toBe("3 minutes ago");
  expect(words.relative("2026-11-19T11:00:00Z", now)).toBe("2 days ago");
});
