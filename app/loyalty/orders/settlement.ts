import { candidates, type PublishedCampaign } from "../earning/campaigns/take-part.ts";
import type { ProgramSettings } from "../program/settings.ts";
import type { AwardSnapshot, OrderDocument, Refunds } from "./order.ts";
import type { PricingRules, Target } from "./target-points.ts";

/** Why an order holds the points it holds. Kept in order_state.outcome, shown in the admin. */
export type SettleOutcome =
  | "settled"
  | "unchanged"
  | "awaiting_order"
  | "awaiting_facts"
  | "source_off"
  | "not_paid"
  | "guest"
  | "test"
  | "cancelled"
  | "blocked"
  | "erased"
  | "uninstalled";

/** What settling an order came to; `posted` is the signed difference of its points. */
export interface Settled {
  outcome: SettleOutcome;
  posted: number;
  /** It was awarded anew, as `anew` asked; absent where it keeps its award. */
  repriced?: true;
}

export interface SettleArgs {
  shopId: string;
  orderId: string;
  now: Date;
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
  /**
   * Award settled orders by today's rules instead of their snapshots. One that would earn nothing were it first looked at
   * now (its source is off, say) keeps its snapshot and is settled by that.
   */
  anew?: boolean;
}

export type SettleSetArgs = Omit<SettleArgs, "orderId"> & { orderIds: readonly string[] };

export interface OrderRow {
  orderId: string;
  memberId: string | null;
  customerId: string | null;
  document: OrderDocument | null;
  refunds: Refunds;
  snapshot: AwardSnapshot | null;
  pointsHeld: number;
  changes: number;
  spentMinor: number;
  outcome: string;
}

export interface ShopRow {
  timeZone: string;
  uninstalledAt: Date | null;
}

/** What all orders of a set are settled by. */
export interface Grounds {
  shopId: string;
  now: Date;
  timeZone: string;
  program: { version: number; settings: ProgramSettings };
  /** Every member concerned, locked; their tiers as the waves before left them. */
  members: ReadonlyMap<string, { tierId: string | null }>;
  /** Those that the orders may take part in, or do. */
  campaigns: readonly PublishedCampaign[];
}

/** Everything that the settlement of one order for its member goes by. */
export interface Settlement {
  orderId: string;
  row: OrderRow;
  order: OrderDocument;
  customerId: string;
  memberId: string;
  /** The order's codes, or what it has used before, concern redemptions. */
  touchesCodes: boolean;
  /** The same for referrals. */
  touchesReferrals: boolean;
  /** To be awarded by today's rules, if it earns by them. Once priced: that it was. */
  anew: boolean;
}

/** An order with the points it is to hold, before anything is posted. */
export interface Priced {
  settlement: Settlement;
  /** Paid for, whether or not its source earns. */
  paid: boolean;
  sourceOff: boolean;
  earned: boolean;
  /** What its snapshot becomes. */
  rules: PricingRules;
  /** The most that its caps leave it now; null without caps. */
  room: number | null;
  target: Target;
  /** What it is to hold from now on. */
  points: number;
  /** What of that is campaigns', where it differs from what it holds by them now. */
  charges: readonly { campaignId: string; points: number }[];
}

/**
 * freshRules with the campaigns whose window holds the order: its goods, its member's segment and the limits are still to
 * be judged.
 *
 * @param tierId undefined where the member is not known: then of every tier
 */
export function freshRulesWithCampaigns(
  grounds: Pick<Grounds, "program" | "campaigns" | "now">,
  order: OrderDocument,
  tierId: string | null | undefined,
): AwardSnapshot {
  const fresh = freshRules(grounds.program, tierId ?? null, grounds.now);
  if (grounds.campaigns.length === 0) return fresh;
  const processedAt = new Date(order.processedAt);
  const tier = tierId === undefined ? undefined : fresh.tierId;
  const campaigns = candidates(grounds.campaigns, { processedAt, tierId: tier });
  if (campaigns.length === 0) return fresh;
  return { ...fresh, campaigns, stacking: grounds.program.settings.earn.stacking };
}

/** The rules as they stand now; they become the order's snapshot when it is first awarded. */
export function freshRules(
  program: { version: number; settings: ProgramSettings },
  tierId: string | null,
  now: Date,
): AwardSnapshot {
  const { earn, tiers } = program.settings;
  const tier = tiers.find((entry) => entry.id === tierId) ?? tiers[0];
  return {
    programVersion: program.version,
    points: earn.points,
    perMinor: earn.perMinor,
    rounding: earn.rounding,
    includedTax: earn.includedTax,
    tierId: tier?.id ?? null,
    tierName: tier?.name ?? null,
    multiplier: tier?.multiplier ?? "1",
    shipping: earn.shipping,
    tender: earn.tender,
    awardedAt: now.toISOString(),
    lines: {},
  };
}

/** An order never grows past the room its caps leave now; what it holds already stays. */
export function withinRoom(points: number, held: number, room: number | null): number {
  return room === null || points <= held ? points : Math.min(points, Math.max(held, room));
}

/** Cancelled, voided or fully refunded: what it used and brought about is undone. */
export function isUndone(order: OrderDocument, target: Pick<Target, "fullyRefunded">): boolean {
  return order.cancelledAt !== null || order.financialStatus === "voided" || target.fullyRefunded;
}
