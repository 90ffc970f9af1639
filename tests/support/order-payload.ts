/** Order and refund webhooks as Shopify sends them, reduced to what matters and easy to vary. */

export interface LineSpec {
  id?: string;
  price: string;
  quantity?: number;
  currentQuantity?: number;
  discount?: string;
  giftCard?: boolean;
  productId?: string | null;
  variantId?: string;
}

export interface OrderSpec {
  id?: string;
  currency?: string;
  customerId?: string | null;
  email?: string;
  updatedAt?: string;
  cancelledAt?: string | null;
  financialStatus?: string;
  test?: boolean;
  lines?: LineSpec[];
  refunds?: unknown[];
  codes?: string[];
  taxesIncluded?: boolean;
  sourceName?: string;
  processedAt?: string;
  gateways?: string[];
  shipping?: string;
}

export const ORDER_ID = "820982911946154508";
export const CUSTOMER_ID = "115310627314723954";

function moneySet(amount: string, currency: string): unknown {
  const money = { amount, currency_code: currency };
  return { shop_money: money, presentment_money: money };
}

export function orderPayload(spec: OrderSpec = {}): Record<string, unknown> {
  const currency = spec.currency ?? "USD";
  const id = spec.id ?? ORDER_ID;
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: "#1001",
    currency,
    presentment_currency: currency,
    test: spec.test ?? false,
    source_name: spec.sourceName ?? "web",
    created_at: "2026-11-20T10:00:00-05:00",
    processed_at: spec.processedAt ?? "2026-11-20T10:00:00-05:00",
    updated_at: spec.updatedAt ?? "2026-11-20T10:00:05-05:00",
    cancelled_at: spec.cancelledAt ?? null,
    financial_status: spec.financialStatus ?? "paid",
    fulfillment_status: null,
    taxes_included: spec.taxesIncluded ?? false,
    customer: spec.customerId === null ? null : { id: spec.customerId ?? CUSTOMER_ID },
    email: spec.email ?? "someone@example.com",
    discount_codes: (spec.codes ?? []).map((code) => ({ code, amount: "0.00", type: "fixed_amount" })),
    line_items: (spec.lines ?? [{ price: "100.00" }]).map((line, index) => ({
      id: line.id ?? String(9001 + index),
      product_id: line.productId === undefined ? "1" : line.productId,
      variant_id: line.variantId ?? "1",
      quantity: line.quantity ?? 1,
      current_quantity: line.currentQuantity ?? line.quantity ?? 1,
      price: line.price,
      price_set: moneySet(line.price, currency),
      gift_card: line.giftCard ?? false,
      discount_allocations: line.discount
        ? [
            {
              amount: line.discount,
              amount_set: moneySet(line.discount, currency),
              discount_application_index: 0,
            },
          ]
        : [],
      tax_lines: [],
    })),
    shipping_lines: spec.shipping
      ? [
          {
            price: spec.shipping,
            price_set: moneySet(spec.shipping, currency),
            discount_allocations: [],
            tax_lines: [],
          },
        ]
      : [],
    payment_gateway_names: spec.gateways ?? ["bogus"],
    refunds: spec.refunds ?? [],
  };
}

export function refundPayload(
  spec: {
    id?: string;
    orderId?: string;
    currency?: string;
    lines?: { lineId?: string; quantity?: number; subtotal: string }[];
    amountOnly?: string;
    shipping?: string;
  } = {},
): Record<string, unknown> {
  const currency = spec.currency ?? "USD";
  return {
    id: spec.id ?? "509562969",
    order_id: spec.orderId ?? ORDER_ID,
    created_at: "2026-11-20T12:00:00-05:00",
    refund_line_items: (spec.lines ?? []).map((line, index) => ({
      id: String(1 + index),
      line_item_id: line.lineId ?? "9001",
      quantity: line.quantity ?? 1,
      subtotal: Number(line.subtotal),
      subtotal_set: moneySet(line.subtotal, currency),
    })),
    order_adjustments: spec.amountOnly
      ? [
          {
            id: "1",
            kind: "refund_discrepancy",
            amount: `-${spec.amountOnly}`,
            amount_set: moneySet(`-${spec.amountOnly}`, currency),
          },
        ]
      : [],
    transactions: [],
    refund_shipping_lines: spec.shipping ? [{ subtotal_amount_set: moneySet(spec.shipping, currency) }] : [],
  };
}
