import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings, Tier } from "#app/loyalty/program/settings.ts";
import type { TierRules } from "#app/loyalty/program/tier-settings.ts";

/** What the storefront is told that amounts towards tiers are counted in. */
export const TIER_UNITS: Record<TierRules["basis"], "money" | "points" | "orders"> = {
  spent: "money",
  points: "points",
  orders: "orders",
};

/** An amount towards tiers as the storefront reads it: money with its decimals, anything else as a whole number. */
export function tierAmount(
  amount: number,
  settings: Pick<ProgramSettings, "tierRules">,
  currencyExponent: number,
): string {
  return settings.tierRules.basis === "spent" ? toDecimal(amount, currencyExponent) : String(amount);
}

/** What is enough to keep a tier; null for one that is not lost by too little. */
export function tierKeep(
  tier: Tier,
  settings: Pick<ProgramSettings, "tierRules">,
  currencyExponent: number,
): string | null {
  if (settings.tierRules.window === "lifetime") return null;
  const amount = tier.retainMinor ?? (tier.invitationOnly ? 0 : tier.thresholdMinor);
  return amount > 0 ? tierAmount(amount, settings, currencyExponent) : null;
}
