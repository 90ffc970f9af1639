import type { ProgramSettings, Tier } from "#app/loyalty/program/settings.ts";

/** What counts towards tiers, in the unit of the program's basis: minor units of money, points, or orders. */
export interface Progress {
  /** Of the period that runs now. */
  current: number;
  /** Of the calendar year before; 0 where the window knows no period before. */
  previous: number;
}

/** What is still missing to the tier above the member's. */
export interface NextTier {
  tier: Tier;
  remaining: number;
}

/** A stand-in for minus infinity that PostgreSQL's bigint knows too: everybody has as much. */
const NOTHING = -Number.MAX_SAFE_INTEGER;

/** What a tier asks of somebody below it, in it, and above it; null when nothing is enough. */
export interface TierNeed {
  rank: number;
  id: string;
  entry: number | null;
  keep: number;
  below: number | null;
}

/**
 * What every tier asks for. To enter takes its threshold; to keep it, or to fall no deeper than to it, takes its
 * retain threshold. The first tier asks for nothing. One by invitation is never entered or fallen into, and whoever
 * has it keeps it unless it says how much that takes.
 */
export function tierNeeds(settings: Pick<ProgramSettings, "tiers">): TierNeed[] {
  return settings.tiers.map((tier, rank) => {
    const { id } = tier;
    if (rank === 0) return { rank, id, entry: NOTHING, keep: NOTHING, below: NOTHING };
    if (tier.invitationOnly) return { rank, id, entry: null, keep: tier.retainMinor ?? NOTHING, below: null };
    const keep = tier.retainMinor ?? tier.thresholdMinor;
    return { rank, id, entry: tier.thresholdMinor, keep, below: keep };
  });
}

/** What this tier asks of a member who holds the tier of that rank; -1 for none. */
export function needOf(tier: TierNeed, heldRank: number): number | null {
  if (tier.rank > heldRank) return tier.entry;
  return tier.rank === heldRank ? tier.keep : tier.below;
}

/** The rank of the highest tier that an amount is enough for, for a holder of that rank; -1 without tiers. */
export function entitledRank(needs: readonly TierNeed[], heldRank: number, amount: number): number {
  return needs.findLastIndex((tier) => {
    const need = needOf(tier, heldRank);
    return need !== null && need <= amount;
  });
}

/** The highest tier that an amount enters; null only when the program has no tiers. */
export function tierForProgress(settings: Pick<ProgramSettings, "tiers">, amount: number): Tier | null {
  return settings.tiers[entitledRank(tierNeeds(settings), -1, amount)] ?? null;
}

/** A tier of the program by id; null when there is none, e.g. one the merchant has since removed. */
export function tierById(settings: Pick<ProgramSettings, "tiers">, tierId: string | null): Tier | null {
  return settings.tiers.find((tier) => tier.id === tierId) ?? null;
}

/** The next tier above the one held that orders can reach, and what is still missing to it; null at the top. */
export function nextTier(
  settings: Pick<ProgramSettings, "tiers">,
  heldTierId: string | null,
  current: number,
): NextTier | null {
  const held = tierById(settings, heldTierId) ?? tierForProgress(settings, current);
  const rank = held ? settings.tiers.indexOf(held) : -1;
  const tier = settings.tiers.find((entry, index) => index > rank && !entry.invitationOnly);
  return tier ? { tier, remaining: Math.max(0, tier.thresholdMinor - current) } : null;
}

/** The tiers that orders can still lead up from: whoever holds one is told what is missing to the next. */
export function tiersWithNext(settings: Pick<ProgramSettings, "tiers">): string[] {
  const top = settings.tiers.findLastIndex((tier) => !tier.invitationOnly);
  return settings.tiers.slice(0, Math.max(0, top)).map((tier) => tier.id);
}
