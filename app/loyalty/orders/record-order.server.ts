import type { Tx } from "#app/platform/db/database.server.ts";
import type { OrderDocument, RefundDocument } from "./order.ts";
import { isLater } from "./order.ts";
import { readOrderPayload, readRefundPayload } from "./read-order-payload.ts";

export type RecordOutcome = "recorded" | "stale";

/**
 * Keeps the latest state of an order. A newer state replaces an older one, an older one is ignored (its refunds still
 * count: they accumulate by id), the same one twice changes nothing. Locks the order's row until the transaction ends.
 *
 * @param args.hashEmail keyed hash of a guest's e-mail; the address itself is not kept
 * @throws Malformed when the payload is not an order
 */
export async function recordOrder(
  tx: Tx,
  args: { shopId: string; payload: unknown; hashEmail: (email: string) => string },
): Promise<{ orderId: string; outcome: RecordOutcome }> {
  const { document, refunds, guestEmail } = readOrderPayload(args.payload);
  const emailHash = guestEmail === null ? null : args.hashEmail(guestEmail);
  return recordDocument(tx, { shopId: args.shopId, document, refunds, emailHash });
}

/** The same for a state that was read from Shopify's API rather than sent by it. */
export async function recordDocument(
  tx: Tx,
  args: {
    shopId: string;
    document: OrderDocument;
    refunds: readonly RefundDocument[];
    emailHash: string | null;
  },
): Promise<{ orderId: string; outcome: RecordOutcome }> {
  const { shopId, document } = args;
  const known = await lockOrder(tx, shopId, document.orderId);
  await addRefunds(tx, shopId, document.orderId, args.refunds);
  if (known && !isLater(document, known)) return { orderId: document.orderId, outcome: "stale" };
  await tx.query(
    `update order_state
        set document = $3::jsonb, name = $4, customer_id = coalesce($5, customer_id), processed_at = $6, updated_at = $7,
            email_hash = case when $5::text is null then coalesce($8, email_hash) end
      where shop_id = $1 and order_id = $2`,
    [
      shopId,
      document.orderId,
      JSON.stringify(withKnownPayments(document, known)),
      document.name,
      document.customerId,
      document.processedAt,
      document.updatedAt,
      args.emailHash,
    ],
  );
  return { orderId: document.orderId, outcome: "recorded" };
}

/** What Shopify was asked about this very state need not be asked again. */
function withKnownPayments(document: OrderDocument, known: OrderDocument | null): OrderDocument {
  const payments = known?.updatedAt === document.updatedAt ? known.payments : null;
  return document.payments === null && payments ? { ...document, payments } : document;
}

/**
 * Adds a refund to its order, also when the order itself is not known yet: it then waits for it. The same refund twice
 * is one refund.
 *
 * @param args.exponent digits after the decimal point of the shop's currency
 * @throws Malformed when the payload is not a refund
 */
export async function recordRefund(
  tx: Tx,
  args: { shopId: string; payload: unknown; exponent: number },
): Promise<{ orderId: string; outcome: RecordOutcome }> {
  const { orderId, refund } = readRefundPayload(args.payload, args.exponent);
  await lockOrder(tx, args.shopId, orderId);
  const added = await addRefunds(tx, args.shopId, orderId, [refund]);
  return { orderId, outcome: added ? "recorded" : "stale" };
}

/** Makes sure of the order's row and locks it; every writer of an order goes through here first. */
async function lockOrder(tx: Tx, shopId: string, orderId: string): Promise<OrderDocument | null> {
  await tx.query(`insert into order_state (shop_id, order_id) values ($1, $2) on conflict do nothing`, [
    shopId,
    orderId,
  ]);
  const [row] = await tx.query<{ document: OrderDocument | null }>(
    `select document from order_state where shop_id = $1 and order_id = $2 for update`,
    [shopId, orderId],
  );
  return row?.document ?? null;
}

async function addRefunds(
  tx: Tx,
  shopId: string,
  orderId: string,
  refunds: readonly RefundDocument[],
): Promise<boolean> {
  if (refunds.length === 0) return false;
  const byId = Object.fromEntries(refunds.map((refund) => [refund.refundId, refund]));
  const rows = await tx.query(
    `update order_state set refunds = $3::jsonb || refunds
      where shop_id = $1 and order_id = $2 and not refunds ?& $4 returning 1`,
    [shopId, orderId, JSON.stringify(byId), Object.keys(byId)],
  );
  return rows.length > 0;
}
