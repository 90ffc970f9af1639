import type { Posting } from "../ledger/plan-transfers.ts";
import { heldGrantExpiresAt } from "../members/grant-expiry.ts";
import type { Grounds, Priced } from "./settlement.ts";
import { awardDetail } from "./target-points.ts";

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
