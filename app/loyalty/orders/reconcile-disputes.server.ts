import type { ResultOf } from "gql.tada";
import { DisputedOrders, DisputesOfOrders } from "#app/platform/shopify/operations/disputed-orders.ts";
import type { Services } from "#app/services.server.ts";
import type { Dispute, DisputeKind, DisputeStatus } from "./dispute.ts";
import { dataOf } from "./fetch-order.server.ts";

/** nodes(ids:) takes 250; a page of orders with their disputes costs little. */
const IDS_A_QUERY = 100;

/**
 * Disputes that are not as we have them: those Shopify says are open, and what became of those we hold as open. They are
 * looked up because the disputes/* webhooks need a scope (read_shopify_payments_disputes) that says far more than this.
 *
 * @throws UpstreamUnavailable when Shopify does not answer
 */
export async function changedDisputes(services: Services, shopId: string): Promise<Dispute[]> {
  const said = [...(await openAtShopify(services, shopId)), ...(await knownAsOpen(services, shopId))];
  const unique = new Map(said.map((dispute) => [`${dispute.orderId}:${dispute.disputeId}`, dispute]));
  // Orders of before our time stay out: they hold no points to take.
  return services.db.query<Dispute>(
    `select s."orderId", s."disputeId", s.kind, s.status
       from json_to_recordset($2::json) as s("orderId" text, "disputeId" text, kind text, status text)
       join order_state o on o.shop_id = $1 and o.order_id = s."orderId" and o.document is not null
      where not exists (select 1 from order_dispute d
                         where d.shop_id = $1 and d.order_id = s."orderId" and d.dispute_id = s."disputeId"
                           and d.kind = s.kind and d.status = s.status)
      order by 1, 2`,
    [shopId, JSON.stringify([...unique.values()])],
  );
}

async function openAtShopify(services: Services, shopId: string): Promise<Dispute[]> {
  const found: Dispute[] = [];
  let after: string | null = null;
  for (;;) {
    const page: ResultOf<typeof DisputedOrders>["orders"] = dataOf(
      await services.shopify.request(shopId, DisputedOrders, {
        query: "chargeback_status:needs_response OR chargeback_status:under_review",
        after,
      }),
    ).orders;
    found.push(...page.nodes.flatMap(disputesOf));
    if (!page.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor;
  }
}

async function knownAsOpen(services: Services, shopId: string): Promise<Dispute[]> {
  const orders = await services.db.query<{ orderId: string }>(
    `select distinct order_id as "orderId" from order_dispute
      where shop_id = $1 and status in ('needs_response', 'under_review') order by 1`,
    [shopId],
  );
  const found: Dispute[] = [];
  for (let at = 0; at < orders.length; at += IDS_A_QUERY) {
    const ids = orders.slice(at, at + IDS_A_QUERY).map(({ orderId }) => `gid://shopify/Order/${orderId}`);
    const { nodes } = dataOf(await services.shopify.request(shopId, DisputesOfOrders, { ids }));
    found.push(...nodes.flatMap((node) => (node && "disputes" in node ? disputesOf(node) : [])));
  }
  return found;
}

interface DisputedOrder {
  legacyResourceId: string;
  disputes: readonly { id: string; initiatedAs: string; status: string }[];
}

function disputesOf(order: DisputedOrder): Dispute[] {
  return order.disputes.map((dispute) => ({
    orderId: order.legacyResourceId,
    disputeId: dispute.id.slice(dispute.id.lastIndexOf("/") + 1),
    // Shopify's names in small letters are ours; a name it adds later is refused by the table's CHECK, loudly.
    kind: dispute.initiatedAs.toLowerCase() as DisputeKind,
    status: dispute.status.toLowerCase() as DisputeStatus,
  }));
}
