import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { entitledRank, needOf, type Progress, type TierNeed, tierNeeds } from "./tier-at.ts";
import type { TierPeriod } from "./tier-period.ts";

/** The tier fields of a member. */
export interface HeldTier {
  tierId: string | null;
  tierSince: Date | null;
  tierUntil: Date | null;
  tierLocked: boolean;
}

export interface TierDecision {
  outcome: "unchanged" | "upgraded" | "lowered";
  tierId: string | null;
  tierSince: Date | null;
  tierUntil: Date | null;
}

type TierSettings = Pick<ProgramSettings, "tiers" | "tierRules">;

/**
 * What settlement makes of a member's tier: up at once to what counts, never down. A tier that the current period
 * reaches (again) lasts through the next; one that it no longer reaches, because a refund took that away, lasts only
 * until the review of this one. One that it did not reach before either (given by hand, or under other rules) lasts as long
 * as was said.
 *
 * @param lost what a refund has just taken off the current period; Infinity where that is not known
 */
export function decideTier(
  settings: TierSettings,
  held: HeldTier,
  progress: Progress,
  dates: { now: Date; period: TierPeriod },
  lost: number = Infinity,
): TierDecision {
  const needs = tierNeeds(settings);
  const heldRank = rankOf(needs, held.tierId);
  const entitled = entitledRank(needs, heldRank, Math.max(progress.current, progress.previous));
  if (held.tierLocked || entitled < 0) return same(held);
  return place(needs, held, { from: heldRank, to: Math.max(entitled, heldRank) }, progress, dates, lost);
}

/**
 * What the review makes of it: a tier whose time is up is kept, raised, or, after its days of grace, lowered to what
 * counts. One that the program no longer has is exchanged at once, and no lock holds it. One without an end, from a program
 * whose tiers had none, is given one and nothing else.
 *
 * @param dates.lowerUpTo a tier that was good until then at the latest is out of its grace
 */
export function reviewTier(
  settings: TierSettings,
  held: HeldTier,
  progress: Progress,
  dates: { now: Date; period: TierPeriod; lowerUpTo: Date },
): TierDecision {
  const needs = tierNeeds(settings);
  const heldRank = rankOf(needs, held.tierId);
  const entitled = entitledRank(needs, heldRank, Math.max(progress.current, progress.previous));
  if ((held.tierLocked && heldRank >= 0) || entitled < 0) return same(held);
  const undated = held.tierUntil === null && heldRank > 0 && settings.tierRules.window !== "lifetime";
  const due = heldRank < 0 || undated || (held.tierUntil !== null && held.tierUntil <= dates.now);
  if (!due) return same(held);
  const lower = entitled < heldRank;
  if (lower && !undated && held.tierUntil !== null && held.tierUntil > dates.lowerUpTo) return same(held);
  // What is over does not last "as long as was said before".
  return place(
    needs,
    { ...held, tierUntil: null },
    { from: heldRank, to: undated ? Math.max(entitled, heldRank) : entitled },
    progress,
    dates,
    Infinity,
  );
}

function place(
  needs: readonly TierNeed[],
  held: HeldTier,
  ranks: { from: number; to: number },
  progress: Progress,
  dates: { now: Date; period: TierPeriod },
  lost: number,
): TierDecision {
  const { from, to } = ranks;
  const tier = needs[to];
  const need = tier ? needOf(tier, from) : null;
  return {
    outcome: to === from ? "unchanged" : to > from ? "upgraded" : "lowered",
    tierId: tier?.id ?? null,
    tierSince: to === from ? held.tierSince : dates.now,
    tierUntil:
      to === 0 ? null : untilOf(need, to === from ? held.tierUntil : null, progress, dates.period, lost),
  };
}

function untilOf(
  need: number | null,
  held: Date | null,
  { current, previous }: Progress,
  { keptUntil, unreachedUntil }: TierPeriod,
  lost: number,
): Date | null {
  if (need !== null && need <= current) return keptUntil;
  const unreached = unreachedUntil ?? held ?? keptUntil;
  const takenAway = need !== null && need <= current + lost;
  // What nothing is enough for gets no later end, or an order in its days of grace would give it another year.
  const enough = need !== null && need <= previous;
  if (takenAway) return enough ? unreached : earlier(held, unreached);
  return enough ? later(held, unreached) : held;
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a !== null && (b === null || a < b) ? a : b;
}

function later(a: Date | null, b: Date | null): Date | null {
  return a !== null && (b === null || a > b) ? a : b;
}

function rankOf(needs: readonly TierNeed[], tierId: string | null): number {
  return needs.findIndex((tier) => tier.id === tierId);
}

function same(held: HeldTier): TierDecision {
  return {
    outcome: "unchanged",
    tierId: held.tierId,
    tierSince: held.tierSince,
    tierUntil: held.tierUntil,
  };
}
