import { fullName } from "#sandbox/store/full-name.ts";
import { toLiquidId, toLiquidPrice } from "./liquid-values.ts";
import {
  currentQuantity,
  financialStatus,
  fulfillmentStatus,
  lineNet,
  originalTotals,
  refundedMinor,
  shippingNet,
} from "#sandbox/store/order-totals.ts";
import type { Order, OrderLine } from "#sandbox/store/order-types.ts";
import type { ShopState } from "#sandbox/store/types.ts";

/** The order status page's address on the shop. */
export function orderStatusPath(order: Order): string {
  return `/orders/${order.token}`;
}

function buildLine(state: ShopState, order: Order, line: OrderLine) {
  const product = line.productId === null ? undefined : state.products.get(line.productId);
  const price = (minor: number) => toLiquidPrice(minor, order.currency);
  return {
    id: toLiquidId(line.id),
    title: line.title,
    variant_title: line.variantTitle === "Default Title" ? null : line.variantTitle,
    quantity: line.originalQuantity,
    current_quantity: currentQuantity(order, line),
    price: price(line.priceMinor),
    final_line_price: price(lineNet(line, line.originalQuantity)),
    original_line_price: price(line.priceMinor * line.originalQuantity),
    url: product ? `/products/${product.handle}` : null,
    image: product ? { src: product.images[0]?.path ?? `/cdn/products/${product.handle}.svg` } : null,
    gift_card: line.giftCard,
  };
}

/** An order as Liquid has it, with what the order status page shows besides. */
export function buildOrder(state: ShopState, order: Order) {
  const totals = originalTotals(order);
  const price = (minor: number) => toLiquidPrice(minor, order.currency);
  const refunded = price(refundedMinor(order));
  return {
    id: toLiquidId(order.id),
    name: order.name,
    order_number: order.number,
    email: order.email,
    created_at: order.processedAt,
    cancelled: order.cancelledAt !== null,
    cancelled_at: order.cancelledAt,
    financial_status: financialStatus(order),
    fulfillment_status: fulfillmentStatus(order) ?? "unfulfilled",
    line_items: order.lines.map((line) => buildLine(state, order, line)),
    item_count: order.lines.reduce((sum, line) => sum + line.originalQuantity, 0),
    line_items_subtotal_price: price(totals.linesMinor),
    subtotal_price: price(totals.subtotalMinor),
    shipping_price: price(totals.shippingMinor),
    shipping_methods: order.shippingLines.map((line) => ({
      title: line.title,
      price: price(shippingNet(line)),
    })),
    tax_price: price(totals.taxMinor),
    taxes_included: order.taxesIncluded,
    total_discounts: price(totals.discountMinor + totals.shippingDiscountMinor),
    discount_codes: order.discountCodes.map((entry) => ({
      code: entry.code,
      amount: price(entry.amountMinor),
    })),
    total_price: price(totals.totalMinor),
    total_refunded_amount: refunded,
    total_net_amount: price(totals.totalMinor) - refunded,
    transactions: order.transactions
      .filter((entry) => entry.kind === "sale" || entry.kind === "capture" || entry.kind === "authorization")
      .map((entry) => ({ gateway: entry.gateway, amount: price(entry.amountMinor), kind: entry.kind })),
    shipping_address: order.shippingAddress && {
      name: fullName(order.shippingAddress.firstName, order.shippingAddress.lastName),
      address1: order.shippingAddress.address1,
      city: order.shippingAddress.city,
      province: order.shippingAddress.province,
      zip: order.shippingAddress.zip,
      country: order.shippingAddress.country,
    },
    customer_url: orderStatusPath(order),
    order_status_url: orderStatusPath(order),
  };
}
