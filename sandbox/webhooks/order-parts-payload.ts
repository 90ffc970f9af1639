import { formatMinor } from "#sandbox/money.ts";
import { currentQuantity, lineTax } from "#sandbox/store/order-totals.ts";
import type { Order, OrderLine, TaxLine, Transaction } from "#sandbox/store/order-types.ts";
import type { ShopState } from "#sandbox/store/types.ts";
import { gid, moneySet, restId, restTime } from "./payload-values.ts";

/** A line item as REST writes it. */
export function linePayload(order: Order, line: OrderLine): Record<string, unknown> {
  const quantity = line.originalQuantity === 0 ? line.quantity : line.originalQuantity;
  const tax = lineTax(order, line, quantity);
  const open = Math.max(0, currentQuantity(order, line) - line.fulfilledQuantity);
  return {
    id: restId(line.id),
    admin_graphql_api_id: gid("LineItem", line.id),
    attributed_staffs: [],
    current_quantity: currentQuantity(order, line),
    fulfillable_quantity: open,
    fulfillment_service: "manual",
    fulfillment_status: line.fulfilledQuantity === 0 ? null : open === 0 ? "fulfilled" : "partial",
    gift_card: line.giftCard,
    grams: 0,
    name: line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    price: formatMinor(line.priceMinor, order.currency),
    price_set: moneySet(order, line.priceMinor),
    product_exists: line.productId !== null,
    product_id: restId(line.productId),
    properties: line.properties,
    quantity: line.quantity,
    requires_shipping: line.requiresShipping,
    sku: line.sku,
    taxable: line.taxable,
    title: line.title,
    total_discount: formatMinor(0, order.currency),
    total_discount_set: moneySet(order, 0),
    variant_id: restId(line.variantId),
    variant_inventory_management: "shopify",
    variant_title: line.variantTitle,
    vendor: line.vendor,
    tax_lines:
      tax === 0 ? [] : [taxPayload(order, { title: order.taxTitle, rate: order.taxRate, amountMinor: tax })],
    duties: [],
    discount_allocations: line.allocations.map((allocation) => allocationPayload(order, allocation)),
  };
}

/** A share of a discount. */
export function allocationPayload(
  order: Order,
  allocation: { applicationIndex: number; amountMinor: number },
): Record<string, unknown> {
  return {
    amount: formatMinor(allocation.amountMinor, order.currency),
    amount_set: moneySet(order, allocation.amountMinor),
    discount_application_index: allocation.applicationIndex,
  };
}

/** A tax line. */
export function taxPayload(order: Order, tax: TaxLine): Record<string, unknown> {
  return {
    price: formatMinor(tax.amountMinor, order.currency),
    price_set: moneySet(order, tax.amountMinor),
    rate: Number(tax.rate),
    title: tax.title,
    channel_liable: false,
  };
}

/** A transaction as REST writes it. */
export function transactionPayload(
  state: ShopState,
  order: Order,
  transaction: Transaction,
): Record<string, unknown> {
  return {
    id: restId(transaction.id),
    admin_graphql_api_id: gid("OrderTransaction", transaction.id),
    amount: formatMinor(transaction.amountMinor, order.currency),
    amount_rounding: null,
    authorization: null,
    created_at: restTime(transaction.createdAt, state.shop.timeZone),
    currency: order.currency,
    device_id: null,
    error_code: null,
    gateway: transaction.gateway,
    kind: transaction.kind,
    location_id: null,
    message: null,
    order_id: restId(order.id),
    parent_id: restId(transaction.parentId),
    payment_id: `${order.name}.${order.transactions.indexOf(transaction) + 1}`,
    processed_at: restTime(transaction.processedAt, state.shop.timeZone),
    receipt: transaction.giftCardId === null ? {} : { gift_card_id: restId(transaction.giftCardId) },
    source_name: order.sourceName,
    status: transaction.status,
    test: order.test,
    user_id: null,
  };
}
