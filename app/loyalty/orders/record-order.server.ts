import { TransactionConflict, type Tx } from "#app/platform/db/database.server.ts";
import { mergeRefunds } from "./merge-refunds.ts";
import type { OrderDocument, OrderLine, RefundDocument, Refunds } from "./order.ts";
import { isLater } from "./order.ts";
import { readOrderPayload, readRefundPayload } from "./read-order-payload.ts";

export type RecordOutcome = "recorded" | "stale";

/**
 * Keeps the latest state of an order. A newer state replaces an older one, an older one is ignored (its refunds still
 * count: they accumulate by id, each as the latest state tells of it), the same one twice changes nothing. Locks the
 * order's row until the transaction ends.
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

/** A state of an order, as its webhook or Shopify's API gave it. */
export interface OrderState {
  document: OrderDocument;
  refunds: readonly RefundDocument[];
  emailHash: string | null;
}

/** The same for a state that was read from Shopify's API rather than sent by it. */
export async function recordDocument(
  tx: Tx,
  { shopId, ...state }: OrderState & { shopId: string },
): Promise<{ orderId: string; outcome: RecordOutcome }> {
  const { orderId } = state.document;
  const recorded = await recordDocuments(tx, { shopId, states: [state] });
  return { orderId, outcome: recorded.get(orderId) ?? "stale" };
}

/**
 * The same for the states of many orders, each order once: one statement for those that are new, one more for those that
 * were known. Locks the orders in the sequence of their ids.
 *
 * @throws TransactionConflict when others are locked and somebody else records one for the first time at this moment
 */
export async function recordDocuments(
  tx: Tx,
  { shopId, states }: { shopId: string; states: readonly OrderState[] },
): Promise<Map<string, RecordOutcome>> {
  if (states.length === 0) return new Map();
  const known = await lockOrders(tx, shopId, states);
  const outcomes = new Map<string, RecordOutcome>();
  const changes = states.flatMap((state) => {
    const { orderId } = state.document;
    const before = known.get(orderId);
    // Not known before: it was written as it is.
    const change = before ? changeOf(state, before) : null;
    outcomes.set(orderId, !before || change?.document ? "recorded" : "stale");
    return change ? [change] : [];
  });
  await writeChanges(tx, shopId, changes);
  return outcomes;
}

interface Known {
  document: OrderDocument | null;
  refunds: Refunds;
}

interface Change {
  state: OrderState;
  /** Null when what is stored is as late. */
  document: OrderDocument | null;
  /** All of them, as they are from now on. */
  refunds: Refunds;
}

function changeOf(state: OrderState, { document: known, refunds: had }: Known): Change | null {
  const candidate = withGoodsOf(state.document, known);
  if (!known || isLater(candidate, known)) {
    const document = withKnownPayments(candidate, known);
    const refunds = mergeRefunds(had, state.refunds, "later");
    return { state: { ...state, document }, document, refunds };
  }
  const refunds = mergeRefunds(had, state.refunds, isLater(known, candidate) ? "older" : "same");
  // An older state may still know what a line was of.
  const filled = withGoodsOf(known, state.document);
  if (filled !== known) return { state: { ...state, document: filled }, document: filled, refunds };
  return refunds === had ? null : { state, document: null, refunds };
}

const LOCK_SQL = `
with known as materialized (
  select order_id, document, refunds from order_state
   where shop_id = $1 and order_id = any($2::text[])
   order by order_id
     for update
), inserted as (
  insert into order_state (shop_id, order_id, document, name, customer_id, processed_at, updated_at, email_hash, refunds)
  select $1, n.order_id, n.document, n.name, n.customer_id, n.processed_at, n.updated_at, n.email_hash, n.refunds
    from json_to_recordset($3::json) as n(order_id text, document jsonb, name text, customer_id text,
         processed_at timestamptz, updated_at timestamptz, email_hash text, refunds jsonb)
   where not exists (select from known where known.order_id = n.order_id)
   order by n.order_id
  on conflict do nothing
  returning order_id
)
select order_id as "orderId", document, refunds, false as inserted
  from known
union all
select order_id, null, null, true from inserted`;

type LockedRow = Known & { orderId: string; inserted: boolean };

/** Writes the orders that are not known and locks all of them; returns what was stored of the others. */
async function lockOrders(
  tx: Tx,
  shopId: string,
  states: readonly OrderState[],
): Promise<ReadonlyMap<string, Known>> {
  const ids = [...new Set(states.map(({ document }) => document.orderId))];
  const values = [shopId, ids, JSON.stringify(states.map(toRow))];
  let rows = await tx.query<LockedRow>(LOCK_SQL, values);
  if (rows.length < ids.length) {
    // Somebody else wrote it between our look and our insert. What is locked already must not wait for it out of turn.
    if (rows.length > 0) throw new TransactionConflict("an order came in between");
    rows = await tx.query<LockedRow>(LOCK_SQL, values);
  }
  return new Map(rows.filter(({ inserted }) => !inserted).map((row) => [row.orderId, row]));
}

function toRow({ document, refunds, emailHash }: OrderState): Record<string, unknown> {
  return {
    order_id: document.orderId,
    document,
    name: document.name,
    customer_id: document.customerId,
    processed_at: document.processedAt,
    updated_at: document.updatedAt,
    email_hash: document.customerId === null ? emailHash : null,
    refunds: byId(refunds),
  };
}

async function writeChanges(tx: Tx, shopId: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ state, document, refunds }) => ({
    ...toRow(state),
    document,
    refunds,
    later: document !== null,
  }));
  await tx.query(
    `update order_state o
        set refunds = n.refunds,
            document = case when n.later then n.document else o.document end,
            name = case when n.later then n.name else o.name end,
            customer_id = case when n.later then coalesce(n.customer_id, o.customer_id) else o.customer_id end,
            processed_at = case when n.later then n.processed_at else o.processed_at end,
            updated_at = case when n.later then n.updated_at else o.updated_at end,
            email_hash = case when not n.later then o.email_hash
                              when n.customer_id is null then coalesce(n.email_hash, o.email_hash) end
       from json_to_recordset($2::json) as n(order_id text, document jsonb, name text, customer_id text,
            processed_at timestamptz, updated_at timestamptz, email_hash text, refunds jsonb, later boolean)
      where o.shop_id = $1 and o.order_id = n.order_id`,
    [shopId, JSON.stringify(rows)],
  );
}

/**
 * Once a product is deleted Shopify says nothing of what a line was of. Another state of the order may have said so, and
 * rules go by what was bought. The same document when there is nothing to fill in.
 */
function withGoodsOf(document: OrderDocument, other: OrderDocument | null): OrderDocument {
  const goods = new Map(other?.lines.map((line) => [line.lineId, line]));
  const isFilled = (line: OrderLine): boolean =>
    line.productId === null && (goods.get(line.lineId)?.productId ?? null) !== null;
  if (!document.lines.some(isFilled)) return document;
  const lines = document.lines.map((line) => {
    const { productId, variantId } = goods.get(line.lineId) ?? line;
    return isFilled(line) ? { ...line, productId, variantId } : line;
  });
  return { ...document, lines };
}

/** What Shopify was asked about this very state need not be asked again. */
function withKnownPayments(document: OrderDocument, known: OrderDocument | null): OrderDocument {
  const payments = known?.updatedAt === document.updatedAt ? known.payments : null;
  return document.payments === null && payments ? { ...document, payments } : document;
}

/**
 * Adds a refund to its order, also when the order itself is not known yet: it then waits for it. The same refund twice
 * is one refund; it is told of when it is made, so what a state of its order said of it already is at least as late.
 *
 * @param args.exponent digits after the decimal point of the shop's currency
 * @throws Malformed when the payload is not a refund
 */
export async function recordRefund(
  tx: Tx,
  args: { shopId: string; payload: unknown; exponent: number },
): Promise<{ orderId: string; outcome: RecordOutcome }> {
  const { orderId, refund } = readRefundPayload(args.payload, args.exponent);
  const added = await addRefund(tx, args.shopId, orderId, refund);
  return { orderId, outcome: added ? "recorded" : "stale" };
}

/** Makes sure of the order's row, locks it and adds to its refunds; every writer of an order locks its row first. */
async function addRefund(tx: Tx, shopId: string, orderId: string, refund: RefundDocument): Promise<boolean> {
  await tx.query(`insert into order_state (shop_id, order_id) values ($1, $2) on conflict do nothing`, [
    shopId,
    orderId,
  ]);
  const rows = await tx.query(
    `update order_state set refunds = $3::jsonb || refunds
      where shop_id = $1 and order_id = $2 and not refunds ? $4 returning 1`,
    [shopId, orderId, JSON.stringify(byId([refund])), refund.refundId],
  );
  return rows.length > 0;
}

function byId(refunds: readonly RefundDocument[]): Record<string, RefundDocument> {
  return Object.fromEntries(refunds.map((refund) => [refund.refundId, refund]));
}
