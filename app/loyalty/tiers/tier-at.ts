import type { ProgramSettings, Tier } from "#app/loyalty/program/settings.ts";

/** What is still missing to the tier above the member's. */
export interface NextTier {
  tier: Tier;
  remainingMinor: number;
}

/** What a member's spend entitles them to, and in which year's name it does. */
export interface Entitlement {
  tier: Tier;
  /**
   * this_period: reached by this year's spend, kept to the end of the next. last_period: kept to the end of
   * this year.
   */
  reachedIn: "this_period" | "last_period" | "always";
}

/** The highest tier whose threshold the spend reaches; null only when the program has no tiers. */
export function tierForSpend(settings: Pick<ProgramSettings, "tiers">, spentMinor: number): Tier | null {
  const [lowest, ...higher] = settings.tiers;
  if (!lowest) return null;
  return higher.findLast((tier) => tier.thresholdMinor <= spentMinor) ?? lowest;
}

/**
 * The tier for this year's and last year's spend: a tier reached in one calendar year is kept until the end
 * of the next, so the better of the two counts. The lowest tier is everybody's and never ends.
 */
export function entitledTier(
  settings: Pick<ProgramSettings, "tiers">,
  spent: { thisPeriodMinor: number; lastPeriodMinor: number },
): Entitlement | null {
  const current = tierForSpend(settings, spent.thisPeriodMinor);
  const kept = tierForSpend(settings, spent.lastPeriodMinor);
  if (!current || !kept) return null;
  const tier = kept.thresholdMinor > current.thresholdMinor ? kept : current;
  if (tier.thresholdMinor === 0) return { tier, reachedIn: "always" };
  return { tier, reachedIn: tier === current ? "this_period" : "last_period" };
}

/** A tier of the program by id; null when there is none, e.g. one the merchant has since removed. */
export function tierById(settings: Pick<ProgramSettings, "tiers">, tierId: string | null): Tier | null {
  return settings.tiers.find((tier) => tier.id === tierId) ?? null;
}

/** The tier above the one held, and what this year's spend still lacks for it; null at the top. */
export function nextTier(
  settings: Pick<ProgramSettings, "tiers">,
  heldTierId: string | null,
  spentThisPeriodMinor: number,
): NextTier | null {
  const held = tierById(settings, heldTierId) ?? tierForSpend(settings, spentThisPeriodMinor);
  const tier = settings.tiers.find((entry) => entry.thresholdMinor > (held?.thresholdMinor ?? 0));
  return tier ? { tier, remainingMinor: Math.max(0, tier.thresholdMinor - spentThisPeriodMinor) } : null;
}
