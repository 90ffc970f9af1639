import type { TierRules } from "#app/loyalty/program/tier-settings.ts";

/** What an order counted for before and after it was settled again. */
interface OrderCounts {
  spentMinor: number;
  points: number;
}

/** What a member has lost of what counts towards tiers, and when the order that lost it was placed. */
export interface ProgressLost {
  amount: number;
  placedAt: Date;
}

/** How much less an order counts towards tiers than before, in the unit of the basis; 0 when it counts as much or more. */
export function progressLost(basis: TierRules["basis"], before: OrderCounts, after: OrderCounts): number {
  switch (basis) {
    case "spent":
      return Math.max(0, before.spentMinor - after.spentMinor);
    case "points":
      return Math.max(0, before.points - after.points);
    case "orders":
      return before.spentMinor > 0 && after.spentMinor <= 0 ? 1 : 0;
  }
}
