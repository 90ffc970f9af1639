/** The section of the program that says how tiers are reached, kept and lost. */
import { z } from "zod";

export const TIER_LIMITS = {
  graceDaysMax: 365,
  noticeDaysMax: 180,
  entryPointsMax: 1_000_000_000,
} as const;

/** What a tier adds to its name and looks. Its amounts are in the unit of the basis: minor units of money, points, or orders. */
export const tierTerms = (amount: z.ZodInt) => ({
  /** What is enough to keep it once reached; null for as much as reaches it. */
  retainMinor: amount.nullable().default(null),
  /** Points given on entering it: once an entry, and not again within twelve months. */
  entryPoints: z.int().min(0).max(TIER_LIMITS.entryPointsMax).default(0),
  /** Given by hand only; no order reaches it. */
  invitationOnly: z.boolean().default(false),
});

/** How every tier is measured and reviewed. */
export const tierRules = z
  .strictObject({
    /** What counts: money kept on orders, points that orders hold, or orders that are not wholly refunded. */
    basis: z.enum(["spent", "points", "orders"]).default("spent"),
    window: z.enum(["calendar_year", "rolling_12_months", "lifetime"]).default("calendar_year"),
    /** Days after a tier's last one before it is really lowered. */
    graceDays: z.int().min(0).max(TIER_LIMITS.graceDaysMax).default(0),
    /** Days before a tier's last one on which a member who is about to lose it is noted; 0 for never. */
    noticeDays: z.int().min(0).max(TIER_LIMITS.noticeDaysMax).default(30),
  })
  .prefault({});

export type TierRules = z.infer<typeof tierRules>;

interface TierLike {
  thresholdMinor: number;
  retainMinor: number | null;
  entryPoints: number;
  invitationOnly: boolean;
}

/** Refuses tiers out of order and terms that make no sense, each beside its field. */
export function checkTiers(tiers: readonly TierLike[], context: z.RefinementCtx): void {
  const refuse = (index: number, field: keyof TierLike, message: string) =>
    context.addIssue({ code: "custom", path: ["tiers", index, field], message });
  tiers.forEach((tier, index) => {
    if (index === 0 && tier.thresholdMinor !== 0) refuse(0, "thresholdMinor", "first_tier_starts_at_zero");
    // What a tier by invitation was once entered by says nothing: no order reaches it.
    if (index === 0 || !tier.invitationOnly) {
      const before = reachableBefore(tiers, index);
      if (before && tier.thresholdMinor <= before.thresholdMinor)
        refuse(index, "thresholdMinor", "threshold_order");
      if (tier.retainMinor !== null && tier.retainMinor > tier.thresholdMinor)
        refuse(index, "retainMinor", "retain_above_entry");
    }
    // Everybody is in the first tier from the start: there is nothing to enter and nobody to invite.
    if (index === 0 && tier.entryPoints > 0) refuse(0, "entryPoints", "first_tier_is_everyones");
    if (index === 0 && tier.invitationOnly) refuse(0, "invitationOnly", "first_tier_is_everyones");
  });
}

/**
 * The tiers that ask for less to be kept than the one before them, by index: whoever falls would pass the lower one by.
 * Asked when a program is saved; one that is stored so still parses.
 */
export function retainsOutOfOrder(
  tiers: readonly Pick<TierLike, "thresholdMinor" | "retainMinor" | "invitationOnly">[],
): number[] {
  return tiers.flatMap((tier, index) => {
    const before = reachableBefore(tiers, index);
    return before && !tier.invitationOnly && keepOf(tier) < keepOf(before) ? [index] : [];
  });
}

function keepOf(tier: Pick<TierLike, "thresholdMinor" | "retainMinor">): number {
  return tier.retainMinor ?? tier.thresholdMinor;
}

function reachableBefore<T extends Pick<TierLike, "invitationOnly">>(
  tiers: readonly T[],
  index: number,
): T | undefined {
  return tiers.slice(0, index).findLast((tier) => !tier.invitationOnly);
}
