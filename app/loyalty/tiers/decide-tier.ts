import type { ProgramSettings, Tier } from "#app/loyalty/program/settings.ts";
import { entitledTier, tierById } from "./tier-at.ts";
import type { TierYears } from "./year-period.ts";

/** The tier fields of a member. */
export interface HeldTier {
  tierId: string | null;
  tierSince: Date | null;
  tierUntil: Date | null;
  tierLocked: boolean;
}

export interface TierDecision {
  outcome: "unchanged" | "upgraded";
  tierId: string | null;
  tierSince: Date | null;
  tierUntil: Date | null;
}

/**
 * What settlement makes of a member's tier: up at once to what the spend entitles to, never down. A tier that
 * this year's spend reaches (again) lasts until the end of next year; one that it no longer reaches, because
 * a refund took the spend away, lasts only until this year's review.
 */
export function decideTier(
  settings: Pick<ProgramSettings, "tiers">,
  held: HeldTier,
  spent: { thisPeriodMinor: number; lastPeriodMinor: number },
  dates: { now: Date; years: Pick<TierYears, "thisYearTo" | "nextYearTo"> },
): TierDecision {
  const same: TierDecision = { outcome: "unchanged", ...fieldsOf(held) };
  const entitled = entitledTier(settings, spent);
  if (held.tierLocked || !entitled) return same;
  const current = tierById(settings, held.tierId);
  if (!current || entitled.tier.thresholdMinor > current.thresholdMinor) {
    return {
      outcome: "upgraded",
      tierId: entitled.tier.id,
      tierSince: dates.now,
      tierUntil: untilOf(entitled.tier, spent.thisPeriodMinor, dates.years),
    };
  }
  return { ...same, tierUntil: untilOf(current, spent.thisPeriodMinor, dates.years) };
}

function untilOf(
  tier: Tier,
  thisPeriodMinor: number,
  years: Pick<TierYears, "thisYearTo" | "nextYearTo">,
): Date | null {
  if (tier.thresholdMinor === 0) return null;
  return thisPeriodMinor >= tier.thresholdMinor ? years.nextYearTo : years.thisYearTo;
}

function fieldsOf(held: HeldTier): Pick<TierDecision, "tierId" | "tierSince" | "tierUntil"> {
  return { tierId: held.tierId, tierSince: held.tierSince, tierUntil: held.tierUntil };
}
