import type { Tx } from "#app/platform/db/database.server.ts";
import type { Posting } from "../ledger/plan-transfers.ts";
import { grantExpiresAt } from "../members/grant-expiry.ts";
import type { SettleArgs, Settlement } from "./settlement.ts";
import { awardDetail, type PricingRules, type Target } from "./target-points.ts";

/** What an order has to be given: pending through the hold, else available at once. */
export function earning(
  args: SettleArgs,
  settlement: Settlement,
  rules: PricingRules,
  target: Target,
  points: number,
): Posting {
  const { row, order, program, shop, memberId } = settlement;
  const { earn, expiry } = program.settings;
  // An order we first hear of as paid was paid when it was placed; one we knew unpaid was paid at its latest change.
  const paidLater = row.outcome === "not_paid" || row.changes > 0;
  const occurredAt = new Date(paidLater ? order.updatedAt : order.processedAt);
  const availableAt = new Date(occurredAt.getTime() + earn.holdDays * 86_400_000);
  return {
    memberId,
    from: "issued",
    to: availableAt > args.now ? "pending" : "available",
    points,
    reason: "earn",
    source: "order",
    sourceId: args.orderId,
    idempotencyKey: `order:${args.orderId}:${row.changes + 1}`,
    occurredAt,
    detail: {
      orderName: order.name,
      currency: order.currency,
      eligibleMinor: target.eligibleMinor,
      points: rules.points,
      perMinor: rules.perMinor,
      multiplier: rules.multiplier,
      tierName: rules.tierName,
      rounding: rules.rounding,
      awarded: target.awarded,
      heldBefore: row.pointsHeld,
      programVersion: rules.programVersion,
      ...awardDetail(rules, target),
    },
    lot: {
      availableAt,
      expiresAt: grantExpiresAt(expiry, occurredAt, shop.timeZone),
      orderId: args.orderId,
    },
  };
}

/** This order's pending points first, then available from its own lot, then the rest; what is missing is owed or absorbed. */
export async function clawback(
  tx: Tx,
  args: SettleArgs,
  settlement: Settlement,
  target: Target,
  points: number,
): Promise<Posting[]> {
  const { row, order, program, memberId } = settlement;
  const [state] = await tx.query<{ pending: number; available: number }>(
    `select coalesce((select sum(remaining)::bigint from points_lot
                       where shop_id = $1 and member_id = $2 and order_id = $3 and state = 'pending'), 0) as pending,
            available
       from member where shop_id = $1 and member_id = $2`,
    [args.shopId, memberId, args.orderId],
  );
  const fromPending = Math.min(points, state?.pending ?? 0);
  const fromAvailable = points - fromPending;
  const owed = fromAvailable - Math.min(fromAvailable, Math.max(0, state?.available ?? 0));
  const key = `order:${args.orderId}:${row.changes + 1}`;
  const base = {
    memberId,
    source: "order" as const,
    sourceId: args.orderId,
    occurredAt: new Date(order.cancelledAt ?? order.updatedAt),
    detail: {
      orderName: order.name,
      currency: order.currency,
      cause: order.cancelledAt ? "cancelled" : Object.keys(row.refunds).length > 0 ? "refunded" : "edited",
      awarded: target.awarded,
      heldBefore: row.pointsHeld,
      heldAfter: row.pointsHeld - points,
      keptMinor: target.keptMinor,
    },
  };
  const takeFrom = { orderId: args.orderId };
  const postings: Posting[] = [];
  if (fromPending > 0) {
    postings.push({
      ...base,
      from: "pending",
      to: "reversed",
      points: fromPending,
      reason: "clawback",
      idempotencyKey: `${key}:pending`,
      takeFrom,
    });
  }
  if (fromAvailable > 0) {
    postings.push({
      ...base,
      from: "available",
      to: "reversed",
      points: fromAvailable,
      reason: "clawback",
      idempotencyKey: key,
      takeFrom,
    });
  }
  if (owed > 0 && program.settings.shortfall === "absorb") {
    postings.push({
      ...base,
      from: "forgiven",
      to: "available",
      points: owed,
      reason: "forgive",
      idempotencyKey: `${key}:forgiven`,
    });
  }
  return postings;
}
