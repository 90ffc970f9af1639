import type { Tx } from "#app/platform/db/database.server.ts";
import { AppError, NotFound } from "#app/platform/errors.ts";
import { isRetryable } from "#app/platform/jobs/classify-failure.ts";
import type { Services } from "#app/services.server.ts";
import { fetchOrder } from "../orders/fetch-order.server.ts";
import type { ApiOrder } from "../orders/read-order-from-api.ts";
import { readOrderFromApi } from "../orders/read-order-from-api.ts";
import type { ReadOrder } from "../orders/read-order-payload.ts";
import { recordDocuments } from "../orders/record-order.server.ts";
import { settleOrders } from "../orders/settle-order.server.ts";
import { lockActiveRun } from "./backfill-run.server.ts";

/** Orders settled in one transaction: enough to share a commit, few enough not to keep members waiting. */
const CHUNK_ORDERS = 100;

interface Waiting {
  orderId: string;
  processedAt: Date;
  node: { refunds?: readonly unknown[] };
  /** Goods and shipping, in the file's sequence. */
  children: { id: string }[] | null;
}

interface Ready extends Pick<Waiting, "orderId" | "processedAt"> {
  read: Pick<ReadOrder, "document" | "refunds">;
}

interface Run {
  shopId: string;
  runId: string;
}

/**
 * Settles the next orders that are staged, oldest first: exactly what a webhook of the same state would do, so that orders
 * heard of meanwhile end alike. An order's staged row goes in the transaction that settles it. One that cannot be read or
 * settled is set aside with its reason and holds up nothing.
 *
 * @param chunkOrders how many, in one transaction
 * @throws UpstreamUnavailable when Shopify has to be asked for an order and does not answer
 */
export async function settleBackfillChunk(
  services: Services,
  run: Run,
  now: Date,
  chunkOrders = CHUNK_ORDERS,
): Promise<{ outcome: "more" | "held" | "empty" }> {
  const waiting = await services.db.query<Waiting>(
    `select o.order_id as "orderId", o.processed_at as "processedAt", o.node,
            (select jsonb_agg(l.node order by l.position) from backfill_line l
              where l.shop_id = o.shop_id and l.run_id = o.run_id and l.order_id = o.order_id) as children
       from backfill_order o
      where o.shop_id = $1 and o.run_id = $2 and o.failure is null
      order by o.processed_at, o.order_id limit $3`,
    [run.shopId, run.runId, chunkOrders],
  );
  if (waiting.length === 0) return { outcome: "empty" };
  const ready: Ready[] = [];
  for (const order of waiting) {
    const read = await attempt(services, run, order.orderId, () => readStaged(services, run.shopId, order));
    if (read) ready.push({ orderId: order.orderId, processedAt: order.processedAt, read });
  }
  const settle = (orders: readonly Ready[]): Promise<boolean> =>
    services.db.transaction((tx) => settleAll(tx, services, run, orders, now));
  try {
    return { outcome: (await settle(ready)) ? "more" : "held" };
  } catch (error) {
    if (isRetryable(error)) throw error;
  }
  // One of them cannot be settled; the others can.
  for (const order of ready) {
    const held = await attempt(services, run, order.orderId, () => settle([order]));
    if (held === false) return { outcome: "held" };
  }
  return { outcome: "more" };
}

/** The staged order as settlement reads it. One with refunds is asked for by itself: an export cannot hold their lines. */
async function readStaged(
  services: Services,
  shopId: string,
  order: Waiting,
): Promise<Pick<ReadOrder, "document" | "refunds">> {
  if ((order.node.refunds ?? []).length > 0) {
    const read = await fetchOrder(services, shopId, order.orderId);
    // Without its refunds it would be awarded in full.
    if (!read) throw new NotFound("backfill_order");
    return read;
  }
  const children = order.children ?? [];
  const of = (type: string) => children.filter(({ id }) => id.startsWith(`gid://shopify/${type}/`));
  // The export's fields are those of the query these types are made from; its connections came as lines of their own.
  const node = { ...order.node, refunds: [], shippingLines: { nodes: of("ShippingLine") } };
  return readOrderFromApi(
    node as unknown as ApiOrder,
    of("LineItem") as unknown as ApiOrder["lineItems"]["nodes"],
  );
}

/** @returns false when the run was paused, stopped or finished by somebody else */
async function settleAll(
  tx: Tx,
  { newId, randomBytes }: Services,
  { shopId, runId }: Run,
  orders: readonly Ready[],
  now: Date,
): Promise<boolean> {
  if (!(await lockActiveRun(tx, shopId, runId))) return false;
  const ids = orders.map(({ orderId }) => orderId);
  const claimed = await tx.query<{ orderId: string; emailHash: string | null; forgotten: boolean }>(
    `delete from backfill_order where shop_id = $1 and run_id = $2 and order_id = any($3) and failure is null
      returning order_id as "orderId", email_hash as "emailHash", node ? 'forgotten' as forgotten`,
    [shopId, runId, ids],
  );
  await tx.query(`delete from backfill_line where shop_id = $1 and run_id = $2 and order_id = any($3)`, [
    shopId,
    runId,
    ids,
  ]);
  const mine = new Map(claimed.map((row) => [row.orderId, row]));
  const chunk = orders.filter(({ orderId }) => mine.has(orderId));
  await recordDocuments(tx, {
    shopId,
    states: chunk.map(({ orderId, read }) => {
      const { emailHash = null, forgotten = false } = mine.get(orderId) ?? {};
      // Read before the lock; whose it was may have been erased in between.
      return forgotten
        ? { ...read, document: { ...read.document, customerId: null }, emailHash }
        : { ...read, emailHash };
    }),
  });
  const orderIds = chunk.map(({ orderId }) => orderId);
  const settled = await settleOrders(tx, { shopId, orderIds, now, newId, randomBytes });
  const results = [...settled.values()];
  await tx.query(
    `update backfill_run
        set orders_settled = orders_settled + $3, orders_awarded = orders_awarded + $4, orders_guest = orders_guest + $5,
            points_posted = points_posted + $6, settled_until = coalesce($7, settled_until)
      where shop_id = $1 and run_id = $2`,
    [
      shopId,
      runId,
      chunk.length,
      results.filter(({ posted }) => posted > 0).length,
      results.filter(({ outcome }) => outcome === "guest").length,
      results.reduce((sum, { posted }) => sum + posted, 0),
      chunk.at(-1)?.processedAt ?? null,
    ],
  );
  return true;
}

/** Does it, or sets the order aside with the reason; null then. What may pass by itself is thrown on. */
async function attempt<Value>(
  services: Services,
  { shopId, runId }: Run,
  orderId: string,
  work: () => Value | Promise<Value>,
): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    if (isRetryable(error)) throw error;
    const failure = error instanceof AppError ? error.code : "unexpected";
    services.log.warn("a past order was set aside", { shopId, orderId, error });
    await services.db.transaction(async (tx) => {
      const set = await tx.query(
        `update backfill_order set failure = $4
          where shop_id = $1 and run_id = $2 and order_id = $3 and failure is null returning 1`,
        [shopId, runId, orderId, failure],
      );
      await tx.query(
        `update backfill_run set orders_failed = orders_failed + $3 where shop_id = $1 and run_id = $2`,
        [shopId, runId, set.length],
      );
    });
    return null;
  }
}
