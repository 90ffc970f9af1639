/** What an order may hold by its campaigns now: rooms in budgets and below caps per member. Pure. */
import type { TargetCampaign } from "../../orders/target-points.ts";

/** Where one campaign stands for one order. */
export interface CampaignRoom {
  /** What the order holds by it now. */
  held: number;
  /** The most it may hold by it: what others leave of the budget and of the member's cap; null without limits. */
  most: number | null;
}

/** @param standing what all orders hold by the campaign, what this order does, and what the member's other orders do */
export function roomOf(
  limits: { budget: number | null; perMember: number | null },
  standing: { spent: number; held: number; elsewhere: number },
): CampaignRoom {
  const rooms = [
    ...(limits.budget === null ? [] : [limits.budget - (standing.spent - standing.held)]),
    ...(limits.perMember === null ? [] : [limits.perMember - standing.elsewhere]),
  ];
  return { held: standing.held, most: rooms.length === 0 ? null : Math.max(0, Math.min(...rooms)) };
}

/**
 * The limit of a campaign whose award grew, by an edit of the order: what it gave before and the room that is left now.
 * One that did not grow keeps its limit.
 */
export function limitGrowth(
  limit: number | null,
  { before, after }: { before: number; after: number },
  { held, most }: CampaignRoom,
): number | null {
  if (most === null || after <= before) return limit;
  const allowed = before + Math.max(0, most - held);
  return after <= allowed ? limit : Math.min(limit ?? allowed, allowed);
}

/**
 * What the order holds from now on, in all and by campaign. What it holds already stays, growing ends at the room; where
 * the whole is cut, campaigns lose first, the last one before the others.
 *
 * @param most of the whole order, by the program's caps
 */
export function holdWithin(
  target: { points: number; campaigns: readonly Pick<TargetCampaign, "campaignId" | "points">[] },
  roomFor: (campaignId: string) => CampaignRoom,
  most: (points: number) => number,
): { points: number; campaigns: Map<string, number> } {
  const wanted = target.campaigns.reduce((sum, { points }) => sum + points, 0);
  const campaigns = new Map<string, number>();
  let whole = target.points - wanted;
  for (const { campaignId, points } of target.campaigns) {
    const room = roomFor(campaignId);
    const kept = room.most === null ? points : Math.min(points, Math.max(room.held, room.most));
    campaigns.set(campaignId, kept);
    whole += kept;
  }
  const points = most(whole);
  let over = whole - points;
  for (const [campaignId, kept] of [...campaigns].toReversed()) {
    const less = Math.min(kept, over);
    campaigns.set(campaignId, kept - less);
    over -= less;
  }
  return { points, campaigns };
}
