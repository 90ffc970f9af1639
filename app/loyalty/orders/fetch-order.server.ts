import { UpstreamRefused, UpstreamUnavailable } from "#app/platform/errors.ts";
import type { GatewayResult } from "#app/platform/shopify/gateway.ts";
import { OrderForSettlement } from "#app/platform/shopify/operations/order-for-settlement.ts";
import { RefundLines } from "#app/platform/shopify/operations/refund-lines.ts";
import { toGid } from "#app/platform/shopify/ids.ts";
import type { Services } from "#app/services.server.ts";
import { type ApiOrder, readOrderFromApi } from "./read-order-from-api.ts";
import type { ReadOrder } from "./read-order-payload.ts";

/**
 * Asks Shopify for one order with all its lines and refunds, and all lines of those.
 *
 * @returns null when Shopify does not show it (deleted, or older than we may read)
 * @throws UpstreamUnavailable when Shopify does not answer, UpstreamRefused when it will not
 */
export async function fetchOrder(
  services: Pick<Services, "shopify">,
  shopId: string,
  orderId: string,
): Promise<ReadOrder | null> {
  const id = `gid://shopify/Order/${orderId}`;
  const page = async (linesAfter: string | null) =>
    dataOf(await services.shopify.request(shopId, OrderForSettlement, { id, linesAfter })).order;
  const first = await page(null);
  if (!first) return null;
  const lines = [...first.lineItems.nodes];
  let { pageInfo } = first.lineItems;
  while (pageInfo.hasNextPage) {
    const next = await page(pageInfo.endCursor);
    if (!next) return null;
    lines.push(...next.lineItems.nodes);
    pageInfo = next.lineItems.pageInfo;
  }
  const refunds: ApiOrder["refunds"] = [];
  for (const refund of first.refunds) refunds.push(await withAllLines(services, shopId, refund));
  return readOrderFromApi({ ...first, refunds }, lines);
}

/** A refund comes with its first lines; one of a great order has more. */
async function withAllLines(
  services: Pick<Services, "shopify">,
  shopId: string,
  refund: ApiOrder["refunds"][number],
): Promise<ApiOrder["refunds"][number]> {
  const nodes = [...refund.refundLineItems.nodes];
  let { pageInfo } = refund.refundLineItems;
  while (pageInfo.hasNextPage) {
    const asked = { id: toGid("Refund", refund.legacyResourceId), after: pageInfo.endCursor };
    const page = dataOf(await services.shopify.request(shopId, RefundLines, asked)).refund?.refundLineItems;
    // Gone between two pages: what is known of it would be too little for ever.
    if (!page) throw new UpstreamUnavailable("orders_refund_lines");
    nodes.push(...page.nodes);
    pageInfo = page.pageInfo;
  }
  return { ...refund, refundLineItems: { ...refund.refundLineItems, nodes } };
}

/** The data of an answer. @throws as above when there is none */
export function dataOf<Data>(result: GatewayResult<Data>): Data {
  if (result.ok) return result.data;
  const { kind } = result.failure;
  if (kind === "refused" || kind === "unauthorized") throw new UpstreamRefused(`orders_${kind}`);
  throw new UpstreamUnavailable(`orders_${kind}`);
}
