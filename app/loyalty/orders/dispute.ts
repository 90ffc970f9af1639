/**
 * What a chargeback means for an order's points: while the bank holds the money the order earns nothing, exactly as if all
 * of it had been refunded, and when the shop wins it earns again. An inquiry moves no money and no points.
 */
import type { RefundDocument, Refunds } from "./order.ts";

/** Shopify's refund ids are digits: none of them begins like this. */
const DISPUTE_PREFIX = "dispute:";

export type DisputeKind = "chargeback" | "inquiry";
export type DisputeStatus =
  | "needs_response"
  | "under_review"
  | "accepted"
  | "lost"
  | "won"
  | "prevented"
  | "charge_refunded";

export interface Dispute {
  orderId: string;
  disputeId: string;
  kind: DisputeKind;
  status: DisputeStatus;
}

/**
 * Whether the order's money is away: a chargeback that is open or was not won. What the merchant refunded instead is a
 * refund of the order already and counts as that.
 */
export function holdsBack({ kind, status }: Dispute): boolean {
  return (
    kind === "chargeback" &&
    (status === "needs_response" || status === "under_review" || status === "accepted" || status === "lost")
  );
}

/** Its place among the order's refunds: the law of refunds then holds for it, in any sequence with real ones. */
export function disputeRefundId(disputeId: string): string {
  return `${DISPUTE_PREFIX}${disputeId}`;
}

/** Whether an entry among an order's refunds is a chargeback. */
export function isDispute(refundId: string): boolean {
  return refundId.startsWith(DISPUTE_PREFIX);
}

/** Whether a chargeback is among an order's refunds. */
export function isDisputed(refunds: Refunds): boolean {
  return Object.keys(refunds).some(isDispute);
}

/** A chargeback as a refund of everything, whatever the order comes to after edits. */
export function asRefund(dispute: Dispute, at: Date): RefundDocument {
  return {
    refundId: disputeRefundId(dispute.disputeId),
    createdAt: at.toISOString(),
    lines: [],
    amountMinor: Number.MAX_SAFE_INTEGER,
  };
}
