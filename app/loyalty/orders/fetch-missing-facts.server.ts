import { Malformed } from "#app/platform/errors.ts";
import { toGid } from "#app/platform/shopify/ids.ts";
import { OrderTransactions } from "#app/platform/shopify/operations/order-transactions.ts";
import type { Services } from "#app/services.server.ts";
import { paymentsOf } from "../earning/payments.ts";
import { relevantCampaigns } from "../earning/campaigns/relevant-campaigns.server.ts";
import { fetchProductFacts } from "../earning/product-facts.server.ts";
import { errorOfFailure } from "../members/gateway-error.ts";
import { currencyExponent, parseMinor } from "../program/money.ts";
import { liveProgram } from "../program/program.server.ts";
import type { AwardSnapshot, OrderDocument, Payments } from "./order.ts";
import { pricingRules } from "./price-order.server.ts";
import { freshRulesWithCampaigns } from "./settlement.ts";

/**
 * Asks Shopify for what an order's price depends on and no webhook tells: products that the rules are about, and what gift
 * cards and store credit paid. Keeps the answers for the transaction that settles; changes no points.
 *
 * @param args.anew the order is to be priced as if it had never been awarded
 * @throws UpstreamUnavailable when Shopify does not answer
 */
export async function fetchMissingFacts(
  services: Pick<Services, "db" | "shopify">,
  args: { shopId: string; orderId: string; now: Date; anew?: boolean },
): Promise<void> {
  const { shopId, orderId, now } = args;
  const [row] = await services.db.query<{ document: OrderDocument | null; snapshot: AwardSnapshot | null }>(
    `select o.document, o.snapshot
       from order_state o
       join shop s on s.shop_id = o.shop_id
      where o.shop_id = $1 and o.order_id = $2 and s.uninstalled_at is null`,
    [shopId, orderId],
  );
  if (!row?.document) return;
  const { document: order } = row;
  const snapshot = args.anew ? null : row.snapshot;
  const program = await liveProgram(services.db, shopId);
  const campaigns = await relevantCampaigns(services.db, { shopId, orderIds: [orderId] });
  const fresh = freshRulesWithCampaigns({ program, campaigns, now }, order, undefined);
  const { missing } = await pricingRules(services.db, { shopId, order, snapshot, fresh, program, now });
  if (!missing) return;
  await fetchProductFacts(services, { shopId, productIds: missing.productIds, now });
  if (!missing.payments) return;
  const payments = await fetchPayments(services, shopId, orderId);
  await services.db.query(
    `update order_state set document = jsonb_set(document, '{payments}', $4::jsonb)
      where shop_id = $1 and order_id = $2 and document->>'updatedAt' = $3`,
    [shopId, orderId, order.updatedAt, JSON.stringify(payments)],
  );
}

/** An order that Shopify no longer shows counts as paid with money: nothing can say otherwise any more. */
async function fetchPayments(
  services: Pick<Services, "shopify">,
  shopId: string,
  orderId: string,
): Promise<Payments> {
  const reply = await services.shopify.request(shopId, OrderTransactions, { id: toGid("Order", orderId) });
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const { order } = reply.data;
  if (!order) return { paidMinor: 0, creditMinor: 0 };
  const exponent = currencyExponent(order.currencyCode);
  return paymentsOf(
    order.transactions.map(({ kind, status, gateway, amountSet }) => {
      const amountMinor = parseMinor(amountSet.shopMoney.amount, exponent);
      if (amountMinor === null) throw new Malformed("not_an_amount", { data: { exponent } });
      return { kind, status, gateway: gateway ?? null, amountMinor };
    }),
  );
}
