import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADJUSTMENT_MAX_POINTS,
  ADJUSTMENT_REASON_MAX,
  parseAdjustment,
} from "#app/loyalty/members/parse-adjustment.ts";

const points = (value: unknown) => {
  const parsed = parseAdjustment({ points: value, reason: "Goodwill" });
  return parsed.ok ? parsed.points : parsed.errors.points;
};

describe("T31 points adjusted by hand", () => {
  it.each([
    ["250", 250],
    [" -250 ", -250],
    ["+5", 5],
    [250, 250],
    [-1, -1],
    ["007", 7],
    [String(ADJUSTMENT_MAX_POINTS), ADJUSTMENT_MAX_POINTS],
  ])("%j is %i", (value, expected) => {
    expect(points(value)).toBe(expected);
  });

  it.each([
    "",
    " ",
    "1e3",
    "1.5",
    "1,000",
    "0x10",
    "1 000",
    "--5",
    "-",
    "-0",
    "NaN",
    "Infinity",
    "１２",
    "9".repeat(20),
    NaN,
    Infinity,
    -0,
    1.5,
    1e21,
    null,
    undefined,
    true,
    {},
    [],
    [5],
  ])("%j is no whole number", (value) => {
    expect(points(value)).toBe("points_not_a_whole_number");
  });

  it("zero and too much are told apart from nonsense", () => {
    expect(points("0")).toBe("points_zero");
    expect(points(ADJUSTMENT_MAX_POINTS + 1)).toBe("points_out_of_range");
    expect(points(String(-ADJUSTMENT_MAX_POINTS - 1))).toBe("points_out_of_range");
  });

  it("needs a reason of a bearable length, and names both faults at once", () => {
    expect(parseAdjustment({ points: "1", reason: "  " })).toEqual({
      ok: false,
      errors: { reason: "reason_missing" },
    });
    expect(parseAdjustment({ points: "1", reason: "x".repeat(ADJUSTMENT_REASON_MAX + 1) })).toEqual({
      ok: false,
      errors: { reason: "reason_too_long" },
    });
    expect(parseAdjustment({ points: "x", reason: 5 })).toEqual({
      ok: false,
      errors: { points: "points_not_a_whole_number", reason: "reason_missing" },
    });
    expect(parseAdjustment({ points: "1", reason: " Lost parcel " })).toEqual({
      ok: true,
      points: 1,
      reason: "Lost parcel",
    });
  });

  it("never gives anything but a safe whole number within bounds, whatever comes in", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseAdjustment({ points: value, reason: "r" });
        if (!parsed.ok) return;
        expect(Number.isSafeInteger(parsed.points)).toBe(true);
        expect(parsed.points).not.toBe(0);
        expect(Math.abs(parsed.points)).toBeLessThanOrEqual(ADJUSTMENT_MAX_POINTS);
      }),
    );
  });
});
