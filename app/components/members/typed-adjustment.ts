import { readWhole } from "#app/components/shared/typed-values.ts";

/**
 * The points that a typed number and its direction stand for, as parseAdjustment takes them: 0 for what is not above 0, so
 * that "-500" never adds or takes anything; null for what is no whole number.
 */
export function typedAdjustment(sign: "+" | "-", amount: string): number | null {
  const whole = readWhole(amount);
  if (typeof whole !== "number") return null;
  if (whole <= 0) return 0;
  return sign === "-" ? -whole : whole;
}
