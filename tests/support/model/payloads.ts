/** Webhooks as Shopify writes them, of what is true. */
import { toDecimal } from "#app/loyalty/program/money.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import type { ModelShop } from "./shops.ts";
import type { TrueOrder, TrueRefund } from "./shopify-truth.ts";

export function orderWebhook(
  order: TrueOrder,
  shop: ModelShop,
  code: string | null,
): Record<string, unknown> {
  const { currency } = shop;
  const money = (minor: number) => toDecimal(minor, shop.currencyExponent);
  const refunded = (line: string) =>
    order.refunds.flatMap((refund) => refund.lines).filter((entry) => entry.line === line);
  const payload = orderPayload({
    id: order.id,
    customerId: order.customer,
    currency,
    processedAt: order.processed.toISOString(),
    updatedAt: order.updated.toISOString(),
    cancelledAt: order.cancelled?.toISOString() ?? null,
    financialStatus: order.status,
    taxesIncluded: order.taxesIncluded,
    sourceName: order.pos ? "pos" : "web",
    codes: code === null ? [] : [code],
    refunds: order.refunds.map((refund) => refundWebhook(order.id, refund, shop)),
    ...(order.shipping > 0 && { shipping: money(order.shipping) }),
    lines: order.lines.map((line) => ({
      id: line.id,
      price: money(line.unit),
      quantity: line.ordered,
      currentQuantity: line.quantity - refunded(line.id).reduce((sum, { quantity }) => sum + quantity, 0),
      giftCard: line.gift,
      productId: line.product,
      variantId: line.variant,
      ...(line.discount > 0 && { discount: money(line.discount) }),
    })),
  });
  const lines = payload["line_items"] as Record<string, unknown>[];
  for (const [index, { tax }] of order.lines.entries()) {
    const amount = { shop_money: { amount: money(tax), currency_code: currency } };
    if (tax > 0) lines[index]!["tax_lines"] = [{ price: money(tax), price_set: amount }];
  }
  return { ...payload, fulfillment_status: order.fulfilled ? "fulfilled" : null };
}

export function refundWebhook(orderId: string, refund: TrueRefund, shop: ModelShop): Record<string, unknown> {
  const money = (minor: number) => toDecimal(minor, shop.currencyExponent);
  const payload = refundPayload({
    id: refund.id,
    orderId,
    currency: shop.currency,
    lines: refund.lines.map(({ line, quantity, subtotal }) => ({
      lineId: line,
      quantity,
      subtotal: money(subtotal),
    })),
    ...(refund.amount > 0 && { amountOnly: money(refund.amount) }),
    ...(refund.shipping > 0 && { shipping: money(refund.shipping) }),
  });
  return { ...payload, created_at: refund.at.toISOString() };
}
