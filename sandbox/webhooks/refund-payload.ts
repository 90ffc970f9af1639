import { formatMinor } from "#sandbox/money.ts";
import type { Order, Refund } from "#sandbox/store/order-types.ts";
import type { ShopState } from "#sandbox/store/types.ts";
import { linePayload, transactionPayload } from "./order-parts-payload.ts";
import { gid, moneySet, raw, restId, restTime } from "./payload-values.ts";

/** A refund as REST and refunds/create write it: line subtotals are JSON numbers, everything else strings. */
export function refundPayload(state: ShopState, order: Order, refund: Refund): Record<string, unknown> {
  const time = (instant: string) => restTime(instant, state.shop.timeZone);
  const asNumber = (minor: number) => raw(formatMinor(minor, order.currency));
  return {
    id: restId(refund.id),
    admin_graphql_api_id: gid("Refund", refund.id),
    created_at: time(refund.createdAt),
    note: refund.note,
    order_id: restId(order.id),
    processed_at: time(refund.processedAt),
    restock: refund.restock,
    total_duties_set: moneySet(order, 0),
    user_id: null,
    order_adjustments: refund.adjustments.map((adjustment) => ({
      id: restId(adjustment.id),
      amount: formatMinor(adjustment.amountMinor, order.currency),
      amount_set: moneySet(order, adjustment.amountMinor),
      order_id: restId(order.id),
      reason: adjustment.reason,
      refund_id: restId(refund.id),
      tax_amount: formatMinor(adjustment.taxMinor, order.currency),
      tax_amount_set: moneySet(order, adjustment.taxMinor),
    })),
    transactions: order.transactions
      .filter((transaction) => refund.transactionIds.includes(transaction.id))
      .map((transaction) => transactionPayload(state, order, transaction)),
    refund_line_items: refund.lines.map((entry) => {
      const line = order.lines.find((one) => one.id === entry.lineItemId);
      return {
        id: restId(entry.id),
        line_item_id: restId(entry.lineItemId),
        location_id: null,
        quantity: entry.quantity,
        restock_type: entry.restockType,
        subtotal: asNumber(entry.subtotalMinor),
        subtotal_set: moneySet(order, entry.subtotalMinor),
        total_tax: asNumber(entry.taxMinor),
        total_tax_set: moneySet(order, entry.taxMinor),
        line_item: line === undefined ? null : linePayload(order, line),
      };
    }),
    refund_shipping_lines: refund.shippingLines.map((entry) => ({
      id: restId(entry.id),
      shipping_line: { id: restId(entry.shippingLineId) },
      subtotal_amount_set: moneySet(order, entry.subtotalMinor),
      tax_amount_set: moneySet(order, entry.taxMinor),
    })),
    duties: [],
    additional_fees: [],
    return: null,
  };
}
