import type { ResultOf } from "gql.tada";
import { UpstreamRefused, UpstreamUnavailable } from "#app/platform/errors.ts";
import type { GatewayResult } from "#app/platform/shopify/gateway.ts";
import { OrderForSettlement } from "#app/platform/shopify/operations/order-for-settlement.ts";
import { OrdersUpdatedSince } from "#app/platform/shopify/operations/orders-updated-since.ts";
import type { Services } from "#app/services.server.ts";
import { hashEmail } from "../members/hash-email.ts";
import { readOrderFromApi } from "./read-order-from-api.ts";
import { recordDocument } from "./record-order.server.ts";
import { settleOrder } from "./settle-order.server.ts";

/** Webhooks may come up to a day late; looking back that far costs one cheap query a page. */
const OVERLAP_MS = 24 * 3_600_000;
/** Without read_all_orders Shopify shows 60 days. */
const FIRST_LOOK_BACK_MS = 60 * 24 * 3_600_000;

export interface ReconcileReport {
  compared: number;
  mended: number;
}

/**
 * Compares what Shopify says of recently updated orders with what we hold, and settles those that differ: Shopify does not
 * promise to deliver every webhook. Moves the shop's watermark only when everything up to it has been seen, so that a
 * crash looks again. Running it twice changes nothing.
 *
 * @throws UpstreamUnavailable when Shopify does not answer (the job is tried again)
 */
export async function reconcileOrders(
  services: Services,
  { shopId }: { shopId: string },
  { now }: { now: Date },
): Promise<ReconcileReport> {
  const [shop] = await services.db.query<{ reconciledUntil: Date | null }>(
    `select reconciled_until as "reconciledUntil" from shop where shop_id = $1 and uninstalled_at is null`,
    [shopId],
  );
  if (!shop) return { compared: 0, mended: 0 };
  const since = new Date(
    shop.reconciledUntil ? shop.reconciledUntil.getTime() - OVERLAP_MS : now.getTime() - FIRST_LOOK_BACK_MS,
  );
  const report = { compared: 0, mended: 0 };
  let after: string | null = null;
  for (;;) {
    const page: ResultOf<typeof OrdersUpdatedSince>["orders"] = read(
      await services.shopify.request(shopId, OrdersUpdatedSince, {
        query: `updated_at:>='${since.toISOString()}'`,
        after,
      }),
    ).orders;
    report.compared += page.nodes.length;
    for (const orderId of await differing(services, shopId, page.nodes)) {
      if (await mend(services, shopId, orderId, now)) report.mended += 1;
    }
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  await services.db.query(
    `update shop set reconciled_until = $2 where shop_id = $1 and uninstalled_at is null`,
    [shopId, now],
  );
  return report;
}

/** Those we do not know, or know only in an older state: one query a page. */
async function differing(
  services: Services,
  shopId: string,
  orders: readonly { legacyResourceId: string; updatedAt: string }[],
): Promise<string[]> {
  const rows = await services.db.query<{ orderId: string }>(
    `select o.id as "orderId"
       from json_to_recordset($2::json) as o(id text, at timestamptz)
       left join order_state s on s.shop_id = $1 and s.order_id = o.id
      where s.updated_at is null or s.updated_at < o.at`,
    [shopId, JSON.stringify(orders.map((order) => ({ id: order.legacyResourceId, at: order.updatedAt })))],
  );
  return rows.map((row) => row.orderId);
}

async function mend(services: Services, shopId: string, orderId: string, now: Date): Promise<boolean> {
  const id = `gid://shopify/Order/${orderId}`;
  const first = read(
    await services.shopify.request(shopId, OrderForSettlement, { id, linesAfter: null }),
  ).order;
  if (!first) return false;
  const lines = [...first.lineItems.nodes];
  let pageInfo = first.lineItems.pageInfo;
  while (pageInfo.hasNextPage) {
    const next = read(
      await services.shopify.request(shopId, OrderForSettlement, {
        id,
        linesAfter: pageInfo.endCursor,
      }),
    ).order;
    if (!next) return false;
    lines.push(...next.lineItems.nodes);
    pageInfo = next.lineItems.pageInfo;
  }
  const { document, refunds, guestEmail } = readOrderFromApi(first, lines);
  const emailHash = guestEmail === null ? null : hashEmail(services.config.hashSecret, shopId, guestEmail);
  return services.db.transaction(async (tx) => {
    const recorded = await recordDocument(tx, { shopId, document, refunds, emailHash });
    const settled = await settleOrder(tx, {
      shopId,
      orderId,
      now,
      newId: services.newId,
      randomBytes: services.randomBytes,
    });
    return recorded.outcome === "recorded" || settled.posted !== 0;
  });
}

function read<Data>(result: GatewayResult<Data>): Data {
  if (result.ok) return result.data;
  if (result.failure.kind === "refused" || result.failure.kind === "unauthorized") {
    throw new UpstreamRefused(`orders_${result.failure.kind}`);
  }
  throw new UpstreamUnavailable(`orders_${result.failure.kind}`);
}
