import { parseSearch } from "../search.ts";
import type { SearchFields } from "../search.ts";
import {
  currentTotals,
  financialStatus,
  fulfillmentStatus,
  originalTotals,
  outstandingMinor,
  receivedMinor,
  refundedMinor,
} from "#sandbox/store/order-totals.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Source } from "../api.ts";
import { connection, sortedConnection } from "../connection.ts";
import type { SortKey } from "../connection.ts";
import { hasScope } from "../scopes.ts";
import { bag, dateTime, textArg } from "../values.ts";
import { addressNode, customerNode } from "./customer-node.ts";
import { metafieldFields } from "./metafield-fields.ts";
import {
  discountApplicationNode,
  lineNode,
  shippingLineNode,
  taxLines,
  transactionNode,
} from "./order-parts.ts";
import { refundNode } from "./refund-node.ts";

/** Without read_all_orders an app sees the orders of the last 60 days. */
const VISIBLE_DAYS = 60;
const DAY_MS = 86_400_000;
const FULFILLMENT = { none: "UNFULFILLED", partial: "PARTIALLY_FULFILLED", fulfilled: "FULFILLED" } as const;

/** An order. */
export function orderNode(api: Api, order: Order): Source {
  const customer = order.customerId === null ? undefined : api.state.customers.get(order.customerId);
  return {
    __typename: "Order",
    id: gid("Order", order.id),
    legacyResourceId: order.id,
    name: order.name,
    number: order.number,
    email: order.email,
    phone: order.phone,
    customerLocale: order.locale,
    note: order.note,
    tags: order.tags,
    test: order.test,
    confirmed: true,
    edited:
      order.refunds.some((refund) => refund.byEdit) ||
      order.lines.some((line) => line.originalQuantity !== line.quantity),
    sourceName: order.sourceName,
    sourceIdentifier: null,
    currencyCode: order.currency,
    presentmentCurrencyCode: order.presentment?.currency ?? order.currency,
    taxesIncluded: order.taxesIncluded,
    taxExempt: order.taxExempt,
    createdAt: dateTime(order.createdAt),
    processedAt: dateTime(order.processedAt),
    updatedAt: dateTime(order.updatedAt),
    cancelledAt: dateTime(order.cancelledAt),
    cancelReason: order.cancelReason?.toUpperCase() ?? null,
    closedAt: dateTime(order.closedAt),
    closed: order.closedAt !== null,
    displayFinancialStatus: financialStatus(order).toUpperCase(),
    displayFulfillmentStatus: FULFILLMENT[fulfillmentStatus(order) ?? "none"],
    fullyPaid: outstandingMinor(order) <= 0 && receivedMinor(order) > 0,
    unpaid: receivedMinor(order) === 0,
    statusPageUrl: `${api.sandbox.shopUrl(api.shop)}/orders/${order.token}`,
    paymentGatewayNames: [
      ...new Set(order.transactions.filter((one) => one.kind !== "refund").map((one) => one.gateway)),
    ],
    customAttributes: order.noteAttributes.map((one) => ({ key: one.name, value: one.value })),
    discountCode: order.discountCodes[0]?.code ?? null,
    discountCodes: order.discountCodes.map((one) => one.code),
    requiresShipping: order.lines.some((line) => line.requiresShipping),
    customer: () => (customer === undefined ? null : customerNode(api, customer)),
    billingAddress: order.billingAddress === null ? null : addressNode(order.billingAddress),
    shippingAddress: order.shippingAddress === null ? null : addressNode(order.shippingAddress),
    ...orderMoney(order),
    ...orderLists(api, order),
    ...metafieldFields(api, gid("Order", order.id)),
  };
}

function orderMoney(order: Order): Source {
  const original = originalTotals(order);
  const current = currentTotals(order);
  const received = receivedMinor(order);
  const refunded = refundedMinor(order);
  const discrepancy = order.refunds
    .flatMap((refund) => refund.adjustments)
    .filter((adjustment) => adjustment.kind !== "pending_refund_discrepancy")
    .reduce((sum, adjustment) => sum + adjustment.amountMinor, 0);
  const shippingBack = order.refunds
    .flatMap((refund) => refund.shippingLines)
    .reduce((sum, line) => sum + line.subtotalMinor, 0);
  return {
    subtotalPriceSet: bag(order, original.subtotalMinor),
    totalPriceSet: bag(order, original.totalMinor),
    originalTotalPriceSet: bag(order, original.totalMinor),
    totalTaxSet: bag(order, original.taxMinor),
    totalDiscountsSet: bag(order, original.discountMinor + original.shippingDiscountMinor),
    totalShippingPriceSet: bag(order, original.shippingMinor + original.shippingDiscountMinor),
    currentSubtotalPriceSet: bag(order, current.subtotalMinor),
    currentTotalPriceSet: bag(order, current.totalMinor),
    currentTotalTaxSet: bag(order, current.taxMinor),
    currentTotalDiscountsSet: bag(order, current.discountMinor + current.shippingDiscountMinor),
    currentShippingPriceSet: bag(order, current.shippingMinor),
    totalOutstandingSet: bag(order, outstandingMinor(order)),
    totalReceivedSet: bag(order, received),
    totalRefundedSet: bag(order, refunded),
    totalRefundedShippingSet: bag(order, shippingBack),
    netPaymentSet: bag(order, received - refunded),
    refundDiscrepancySet: bag(order, discrepancy),
    totalTipReceivedSet: bag(order, 0),
    taxLines: taxLines(order, original.taxMinor),
    currentTaxLines: taxLines(order, current.taxMinor),
  };
}

function orderLists(api: Api, order: Order): Source {
  const firstOf = <T>(items: readonly T[], args: Args): T[] =>
    items.slice(0, typeof args["first"] === "number" ? args["first"] : items.length);
  return {
    lineItems: (args: Args) => connection(order.lines, args, (line) => lineNode(api, order, line)),
    shippingLine: () =>
      order.shippingLines[0] === undefined ? null : shippingLineNode(order, order.shippingLines[0]),
    shippingLines: (args: Args) =>
      connection(order.shippingLines, args, (line) => shippingLineNode(order, line)),
    discountApplications: (args: Args) =>
      connection(order.discountApplications, args, (one) => discountApplicationNode(order, one)),
    refunds: (args: Args) => firstOf(order.refunds, args).map((refund) => refundNode(api, order, refund)),
    transactions: (args: Args) => firstOf(order.transactions, args).map((one) => transactionNode(order, one)),
    disputes: () =>
      (order.disputes ?? []).map((one) => ({
        __typename: "OrderDisputeSummary",
        id: gid("ShopifyPaymentsDispute", one.id),
        initiatedAs: one.kind,
        status: one.status,
      })),
    fulfillments: (args: Args) =>
      firstOf(order.fulfillments, args).map((one) => ({
        __typename: "Fulfillment",
        id: gid("Fulfillment", one.id),
        name: one.name,
        status: one.status.toUpperCase(),
        createdAt: dateTime(one.createdAt),
        updatedAt: dateTime(one.updatedAt),
      })),
    subtotalLineItemsQuantity: order.lines.reduce((sum, line) => sum + line.originalQuantity, 0),
  };
}

const FIELDS: SearchFields<Order> = {
  id: { kind: "number", read: (one) => [one.id] },
  name: { kind: "text", read: (one) => [one.name, one.name.replace("#", "")] },
  email: { kind: "text", read: (one) => [one.email] },
  tag: { kind: "text", read: (one) => one.tags },
  customer_id: { kind: "number", read: (one) => [one.customerId] },
  discount_code: { kind: "text", read: (one) => one.discountCodes.map((code) => code.code) },
  financial_status: { kind: "text", read: (one) => [financialStatus(one)] },
  chargeback_status: {
    kind: "text",
    read: (one) => (one.disputes ?? []).map((dispute) => dispute.status.toLowerCase()),
  },
  fulfillment_status: {
    kind: "text",
    read: (one) => [
      fulfillmentStatus(one) ?? "unfulfilled",
      fulfillmentStatus(one) === null ? "unshipped" : "shipped",
    ],
  },
  status: {
    kind: "text",
    read: (one) => [
      "any",
      one.cancelledAt === null ? (one.closedAt === null ? "open" : "closed") : "cancelled",
    ],
  },
  test: { kind: "text", read: (one) => [String(one.test)] },
  source_name: { kind: "text", read: (one) => [one.sourceName] },
  created_at: { kind: "instant", read: (one) => [one.createdAt] },
  processed_at: { kind: "instant", read: (one) => [one.processedAt] },
  updated_at: { kind: "instant", read: (one) => [one.updatedAt] },
};

/** The orders of a list that the caller may see and the query asks for. */
export function findOrders(api: Api, orders: readonly Order[], args: Args): Order[] {
  const query = textArg(args, "query");
  const matches =
    query === undefined || query.trim() === ""
      ? () => true
      : parseSearch(query, FIELDS, (one) => [one.name, one.email]);
  return orders.filter((order) => isVisible(api, order) && matches(order));
}

/** Whether the caller may see an order at all. */
export function isVisible(api: Api, order: Order): boolean {
  if (hasScope(api, "read_all_orders")) return true;
  return Date.parse(order.createdAt) >= api.sandbox.now().getTime() - VISIBLE_DAYS * DAY_MS;
}

/** A connection of orders as the Order connections everywhere take their arguments. */
export function orderConnection(api: Api, orders: readonly Order[], args: Args): Source {
  return sortedConnection(findOrders(api, orders, args), args, orderSortKey(args), (order) =>
    orderNode(api, order),
  );
}

function orderSortKey(args: Args): (order: Order) => SortKey {
  switch (textArg(args, "sortKey")) {
    case "UPDATED_AT":
      return (one) => [one.updatedAt, one.id];
    case "CREATED_AT":
      return (one) => [one.createdAt, one.id];
    case "ORDER_NUMBER":
      return (one) => [one.number, one.id];
    case "TOTAL_PRICE":
      return (one) => [originalTotals(one).totalMinor, one.id];
    case "ID":
      return (one) => [one.id.padStart(20, "0"), one.id];
    default:
      return (one) => [one.processedAt, one.id];
  }
}
