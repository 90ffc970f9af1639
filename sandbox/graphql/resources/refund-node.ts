import type { Order, Refund } from "#sandbox/store/order-types.ts";
import { formatMinor } from "#sandbox/money.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { bag, dateTime } from "../values.ts";
import { lineNode, shippingLineNode, transactionNode } from "./order-parts.ts";

/** A refund. Its adjustments are discrepancies alone; refunded shipping has its own list. */
export function refundNode(api: Api, order: Order, refund: Refund): Source {
  const transactions = order.transactions.filter((one) => refund.transactionIds.includes(one.id));
  const refunded = transactions
    .filter((one) => one.status === "success")
    .reduce((sum, one) => sum + one.amountMinor, 0);
  return {
    __typename: "Refund",
    id: gid("Refund", refund.id),
    legacyResourceId: refund.id,
    note: refund.note,
    createdAt: dateTime(refund.createdAt),
    processedAt: dateTime(refund.processedAt),
    updatedAt: dateTime(refund.createdAt),
    duties: [],
    return: null,
    order: () => api.nodes.order(api, order),
    totalRefundedSet: bag(order, refunded),
    transactions: (args: Args) => connection(transactions, args, (one) => transactionNode(order, one)),
    refundLineItems: (args: Args) =>
      connection(refund.lines, args, (one) => refundLineNode(api, order, refund, one)),
    refundShippingLines: (args: Args) =>
      connection(refund.shippingLines, args, (one) => ({
        __typename: "RefundShippingLine",
        id: gid("RefundShippingLine", one.id),
        subtotalAmountSet: bag(order, one.subtotalMinor),
        taxAmountSet: bag(order, one.taxMinor),
        shippingLine: () => {
          const line = order.shippingLines.find((candidate) => candidate.id === one.shippingLineId);
          return line === undefined ? null : shippingLineNode(order, line);
        },
      })),
    orderAdjustments: (args: Args) =>
      connection(refund.adjustments, args, (one) => ({
        __typename: "OrderAdjustment",
        id: gid("OrderAdjustment", one.id),
        reason: one.kind.toUpperCase(),
        amountSet: bag(order, one.amountMinor),
        taxAmountSet: bag(order, one.taxMinor),
      })),
  };
}

function refundLineNode(api: Api, order: Order, refund: Refund, entry: Refund["lines"][number]): Source {
  const line = order.lines.find((one) => one.id === entry.lineItemId);
  return {
    __typename: "RefundLineItem",
    id: gid("RefundLineItem", entry.id),
    quantity: entry.quantity,
    restockType: entry.restockType.toUpperCase(),
    restocked: refund.restock && entry.restockType !== "no_restock",
    price: formatMinor(line?.priceMinor ?? 0, order.currency),
    priceSet: bag(order, line?.priceMinor ?? 0),
    subtotalSet: bag(order, entry.subtotalMinor),
    totalTaxSet: bag(order, entry.taxMinor),
    lineItem: () => (line === undefined ? null : lineNode(api, order, line)),
  };
}
