import type { Tx } from "#app/platform/db/database.server.ts";
import type { Dispute } from "./dispute.ts";
import { asRefund, disputeRefundId, holdsBack } from "./dispute.ts";

/**
 * Keeps what Shopify says of a dispute beside its order, and puts it among the order's refunds or takes it out again. The
 * order is settled by the caller. Saying the same twice changes nothing.
 *
 * @returns whether anything became different
 */
export async function recordDispute(
  tx: Tx,
  args: { shopId: string; dispute: Dispute; now: Date },
): Promise<{ outcome: "recorded" | "unchanged" }> {
  const { shopId, dispute, now } = args;
  const { orderId, disputeId } = dispute;
  // The order's row is the lock of everything about it.
  await tx.query(`insert into order_state (shop_id, order_id) values ($1, $2) on conflict do nothing`, [
    shopId,
    orderId,
  ]);
  await tx.query(`select 1 from order_state where shop_id = $1 and order_id = $2 for update`, [
    shopId,
    orderId,
  ]);
  const changed = await tx.query(
    `insert into order_dispute as known (shop_id, order_id, dispute_id, kind, status, first_seen_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (shop_id, order_id, dispute_id) do update
       set kind = excluded.kind, status = excluded.status, changed_at = excluded.changed_at
     where known.kind <> excluded.kind or known.status <> excluded.status
     returning 1`,
    [shopId, orderId, disputeId, dispute.kind, dispute.status, now],
  );
  if (changed.length === 0) return { outcome: "unchanged" };
  const id = disputeRefundId(disputeId);
  if (holdsBack(dispute)) {
    await tx.query(
      `update order_state set refunds = refunds || $3::jsonb
        where shop_id = $1 and order_id = $2 and not refunds ? $4`,
      [shopId, orderId, JSON.stringify({ [id]: asRefund(dispute, now) }), id],
    );
  } else {
    await tx.query(
      `update order_state set refunds = refunds - $3::text where shop_id = $1 and order_id = $2`,
      [shopId, orderId, id],
    );
  }
  return { outcome: "recorded" };
}
