import { formatMinor } from "#sandbox/money.ts";
import {
  currentTotals,
  financialStatus,
  fulfillmentStatus,
  originalTotals,
  outstandingMinor,
  shippingNet,
  shippingTax,
} from "#sandbox/store/order-totals.ts";
import type { Order, ShippingLine } from "#sandbox/store/order-types.ts";
import type { ShopState } from "#sandbox/store/types.ts";
import { customerPayload, postalAddress } from "./customer-payload.ts";
import { gid, moneySet, presentmentMinor, restId, restTime } from "./payload-values.ts";
import { allocationPayload, linePayload, taxPayload } from "./order-parts-payload.ts";
import { refundPayload } from "./refund-payload.ts";

/** An order as REST and the orders/* webhooks write it. */
export function orderPayload(state: ShopState, order: Order): Record<string, unknown> {
  const customer = order.customerId === null ? undefined : state.customers.get(order.customerId);
  return {
    id: restId(order.id),
    admin_graphql_api_id: gid("Order", order.id),
    ...orderFacts(state, order),
    ...orderSums(order),
    discount_codes: order.discountCodes.map((code) => ({
      code: code.code,
      amount: formatMinor(code.amountMinor, order.currency),
      type: code.type,
    })),
    discount_applications: order.discountApplications.map((application) => ({
      target_type: application.targetType,
      type: application.type,
      value: application.value,
      value_type: application.valueType,
      allocation_method: application.allocationMethod,
      target_selection: application.targetSelection,
      ...(application.code === null
        ? { title: application.title, description: application.title }
        : { code: application.code }),
    })),
    customer: customer === undefined ? null : customerPayload(state.shop, customer),
    billing_address: order.billingAddress === null ? null : postalAddress(order.billingAddress),
    shipping_address: order.shippingAddress === null ? null : postalAddress(order.shippingAddress),
    fulfillments: order.fulfillments.map((fulfillment) => ({
      id: restId(fulfillment.id),
      admin_graphql_api_id: gid("Fulfillment", fulfillment.id),
      order_id: restId(order.id),
      name: fulfillment.name,
      status: fulfillment.status,
      created_at: restTime(fulfillment.createdAt, state.shop.timeZone),
      updated_at: restTime(fulfillment.updatedAt, state.shop.timeZone),
      tracking_number: fulfillment.trackingNumber,
      line_items: fulfillment.lines.map((entry) => ({
        id: restId(entry.lineItemId),
        quantity: entry.quantity,
      })),
    })),
    line_items: order.lines.map((line) => linePayload(order, line)),
    payment_terms: null,
    refunds: order.refunds.map((refund) => refundPayload(state, order, refund)),
    returns: [],
    shipping_lines: order.shippingLines.map((line) => shippingPayload(order, line)),
  };
}

function orderFacts(state: ShopState, order: Order): Record<string, unknown> {
  const time = (instant: string | null) => restTime(instant, state.shop.timeZone);
  const gateways = [
    ...new Set(order.transactions.filter((one) => one.kind !== "refund").map((one) => one.gateway)),
  ];
  return {
    app_id: null,
    browser_ip: null,
    buyer_accepts_marketing: false,
    cancel_reason: order.cancelReason,
    cancelled_at: time(order.cancelledAt),
    cart_token: order.cartToken,
    checkout_token: order.checkoutToken,
    closed_at: time(order.closedAt),
    confirmation_number: order.token.slice(0, 9).toUpperCase(),
    confirmed: true,
    contact_email: order.email,
    created_at: time(order.createdAt),
    currency: order.currency,
    customer_locale: order.locale,
    email: order.email,
    estimated_taxes: false,
    financial_status: financialStatus(order),
    fulfillment_status: fulfillmentStatus(order),
    landing_site: null,
    location_id: null,
    name: order.name,
    note: order.note,
    note_attributes: order.noteAttributes,
    number: order.number - 1000,
    order_number: order.number,
    order_status_url: `https://${state.shop.domain}/${state.shop.id}/orders/${order.token}/authenticate?key=${order.token.slice(0, 16)}`,
    payment_gateway_names: gateways,
    phone: order.phone,
    po_number: null,
    presentment_currency: order.presentment?.currency ?? order.currency,
    processed_at: time(order.processedAt),
    referring_site: null,
    source_identifier: null,
    source_name: order.sourceName,
    source_url: null,
    tags: order.tags.join(", "),
    tax_exempt: order.taxExempt,
    taxes_included: order.taxesIncluded,
    test: order.test,
    token: order.token,
    updated_at: time(order.updatedAt),
    user_id: null,
  };
}

function orderSums(order: Order): Record<string, unknown> {
  const original = originalTotals(order);
  const current = currentTotals(order);
  const money = (minor: number) => formatMinor(minor, order.currency);
  const set = (minor: number) => moneySet(order, minor);
  return {
    current_shipping_price_set: set(current.shippingMinor),
    current_subtotal_price: money(current.subtotalMinor),
    current_subtotal_price_set: set(current.subtotalMinor),
    current_total_additional_fees_set: null,
    current_total_discounts: money(current.discountMinor + current.shippingDiscountMinor),
    current_total_discounts_set: set(current.discountMinor + current.shippingDiscountMinor),
    current_total_duties_set: null,
    current_total_price: money(current.totalMinor),
    current_total_price_set: set(current.totalMinor),
    current_total_tax: money(current.taxMinor),
    current_total_tax_set: set(current.taxMinor),
    original_total_additional_fees_set: null,
    original_total_duties_set: null,
    subtotal_price: money(original.subtotalMinor),
    subtotal_price_set: set(original.subtotalMinor),
    tax_lines:
      original.taxMinor === 0
        ? []
        : [taxPayload(order, { title: order.taxTitle, rate: order.taxRate, amountMinor: original.taxMinor })],
    total_cash_rounding_payment_adjustment_set: set(0),
    total_cash_rounding_refund_adjustment_set: set(0),
    total_discounts: money(original.discountMinor + original.shippingDiscountMinor),
    total_discounts_set: set(original.discountMinor + original.shippingDiscountMinor),
    total_line_items_price: money(original.linesMinor),
    total_line_items_price_set: set(original.linesMinor),
    total_outstanding: formatMinor(
      presentmentMinor(order, outstandingMinor(order)),
      order.presentment?.currency ?? order.currency,
    ),
    total_price: money(original.totalMinor),
    total_price_set: set(original.totalMinor),
    total_shipping_price_set: set(original.shippingMinor + original.shippingDiscountMinor),
    total_tax: money(original.taxMinor),
    total_tax_set: set(original.taxMinor),
    total_tip_received: money(0),
    total_weight: 0,
  };
}

function shippingPayload(order: Order, line: ShippingLine): Record<string, unknown> {
  const back = order.refunds
    .flatMap((refund) => refund.shippingLines)
    .filter((entry) => entry.shippingLineId === line.id)
    .reduce((sum, entry) => sum + entry.subtotalMinor, 0);
  const net = shippingNet(line);
  const tax = shippingTax(order, net);
  return {
    id: restId(line.id),
    carrier_identifier: null,
    code: line.code,
    current_discounted_price_set: moneySet(order, net - back),
    discounted_price: formatMinor(net, order.currency),
    discounted_price_set: moneySet(order, net),
    is_removed: false,
    phone: null,
    price: formatMinor(line.priceMinor, order.currency),
    price_set: moneySet(order, line.priceMinor),
    requested_fulfillment_service_id: null,
    source: "shopify",
    title: line.title,
    tax_lines:
      tax === 0 ? [] : [taxPayload(order, { title: order.taxTitle, rate: order.taxRate, amountMinor: tax })],
    discount_allocations: line.allocations.map((allocation) => allocationPayload(order, allocation)),
  };
}
