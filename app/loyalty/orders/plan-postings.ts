import type { Posting } from "../ledger/plan-transfers.ts";
import { heldGrantExpiresAt } from "../members/grant-expiry.ts";
import { isDisputed } from "./dispute.ts";
import type { OrderDocument, Refunds } from "./order.ts";
import type { Grounds, Priced } from "./settlement.ts";
import { awardDetail } from "./target-points.ts";

/** What there is to take points from. */
export interface Takeable {
  /** Of this order's own lots. */
  pending: number;
  /** The member's balance; below zero when points are owed already. */
  available: number;
}

/** What an order has to be given: pending through the hold, else available at once. */
export function earning(grounds: Grounds, priced: Priced, points: number): Posting {
  const { rules, target } = priced;
  const { orderId, row, order, memberId } = priced.settlement;
  const { earn, expiry } = grounds.program.settings;
  // An order settled for the first time was paid when it was placed; what comes to one that was settled before, unpaid or
  // worth less, comes by its latest change. One that only waited for facts was not settled yet.
  const paidLater = row.memberId !== null || row.changes > 0;
  const occurredAt = new Date(paidLater ? order.updatedAt : order.processedAt);
  const availableAt = new Date(occurredAt.getTime() + earn.holdDays * 86_400_000);
  return {
    memberId,
    from: "issued",
    to: availableAt > grounds.now ? "pending" : "available",
    points,
    reason: "earn",
    source: "order",
    sourceId: orderId,
    idempotencyKey: `order:${orderId}:${row.changes + 1}`,
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
      expiresAt: heldGrantExpiresAt(expiry, { earnedAt: occurredAt, availableAt }, grounds.timeZone),
      orderId,
    },
  };
}

/** This order's pending points first, then available from its own lot, then the rest; what is missing is owed or absorbed. */
export function clawback(grounds: Grounds, priced: Priced, points: number, takeable: Takeable): Posting[] {
  const { target } = priced;
  const { orderId, row, order, memberId } = priced.settlement;
  const fromPending = Math.min(points, takeable.pending);
  const fromAvailable = points - fromPending;
  const owed = fromAvailable - Math.min(fromAvailable, Math.max(0, takeable.available));
  const key = `order:${orderId}:${row.changes + 1}`;
  const base = {
    memberId,
    source: "order" as const,
    sourceId: orderId,
    occurredAt: new Date(order.cancelledAt ?? order.updatedAt),
    detail: {
      orderName: order.name,
      currency: order.currency,
      cause: causeOf(order, row.refunds),
      awarded: target.awarded,
      heldBefore: row.pointsHeld,
      heldAfter: row.pointsHeld - points,
      keptMinor: target.keptMinor,
    },
  };
  const takeFrom = { orderId };
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
  if (owed > 0 && grounds.program.settings.shortfall === "absorb") {
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

/** Why an order holds less than before. A chargeback takes everything that refunds have left, so it goes before them. */
function causeOf(order: OrderDocument, refunds: Refunds): "cancelled" | "disputed" | "refunded" | "edited" {
  if (order.cancelledAt) return "cancelled";
  if (isDisputed(refunds)) return "disputed";
  return Object.keys(refunds).length > 0 ? "refunded" : "edited";
}
