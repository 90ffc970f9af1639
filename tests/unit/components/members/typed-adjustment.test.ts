import { expect, test } from "vitest";
import { typedAdjustment } from "#app/components/members/typed-adjustment.ts";
import { parseAdjustment } from "#app/loyalty/members/parse-adjustment.ts";

test.each<["+" | "-", string, number | string]>([
  ["+", "15", 15],
  ["-", "15", -15],
  ["+", " 1,250 ", 1250],
  ["-", "１，２５０", -1250],
  ["+", "1,5", "points_not_a_whole_number"],
  ["+", "", "points_not_a_whole_number"],
  ["-", "--5", "points_not_a_whole_number"],
  ["+", "-500", "points_zero"],
  ["-", "-500", "points_zero"],
  ["-", "0", "points_zero"],
  ["+", "10,000,001", "points_out_of_range"],
])("%s and %j", (sign, amount, result) => {
  const parsed = parseAdjustment({ points: typedAdjustment(sign, amount), reason: "r" });
  expect(parsed.ok ? parsed.points : parsed.errors.points).toBe(result);
});
