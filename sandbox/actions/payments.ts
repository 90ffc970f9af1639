import type { World } from "#sandbox/context.ts";
import {
  currentQuantity,
  financialStatus,
  outstandingMinor,
  receivedMinor,
  refundedMinor,
} from "#sandbox/store/order-totals.ts";
import type { Order, Transaction } from "#sandbox/store/order-types.ts";
import type { Id } from "#sandbox/store/types.ts";
import type { CancelInput } from "./inputs.ts";
import { announceTransactions, makeTransaction, orderChanged, requireOrder } from "./orders.ts";
import { refuse } from "./refusal.ts";
import { refundOrder } from "./refunds.ts";

/** Takes what is still owed: captures an authorization, else records a payment by hand; orders/paid, orders/updated. */
export function markPaid(world: World, shop: string, orderId: Id): Order {
  const state = world.store.shop(shop);
  const order = requireOrder(state, orderId);
  if (order.cancelledAt !== null) refuse(["id"], "Order cannot be marked as paid.", "INVALID");
  const amountMinor = outstandingMinor(order);
  if (amountMinor <= 0) refuse(["id"], "Order cannot be marked as paid.", "INVALID");
  const authorization = order.transactions.find(
    (one) => one.kind === "authorization" && one.status === "success",
  );
  const pending = order.transactions.find((one) => one.status === "pending");
  const transaction = makeTransaction(world, state, {
    kind: authorization === undefined ? "sale" : "capture",
    gateway: authorization?.gateway ?? pending?.gateway ?? "manual",
    amountMinor,
    parentId: authorization?.id ?? pending?.id ?? null,
  });
  order.transactions.push(transaction);
  orderChanged(world, state, order, ["orders/paid"]);
  announceTransactions(world, state, order, [transaction]);
  return order;
}

/** Ships what is left, or so many of some lines; orders/fulfilled or orders/partially_fulfilled, orders/updated. */
export function fulfilOrder(
  world: World,
  shop: string,
  orderId: Id,
  lines?: { lineItemId: Id; quantity: number }[],
): Order {
  const state = world.store.shop(shop);
  const order = requireOrder(state, orderId);
  if (order.cancelledAt !== null) refuse(["id"], "A cancelled order cannot be fulfilled", "INVALID");
  const open = order.lines.map((line) => ({
    line,
    quantity: Math.max(0, currentQuantity(order, line) - line.fulfilledQuantity),
  }));
  const shipped = open
    .map(({ line, quantity }) => {
      const wanted =
        lines === undefined ? quantity : (lines.find((one) => one.lineItemId === line.id)?.quantity ?? 0);
      if (wanted > quantity)
        refuse(["lineItems"], "Quantity is more than what is left to fulfill", "INVALID");
      return { line, quantity: wanted };
    })
    .filter((one) => one.quantity > 0);
  if (shipped.length === 0) refuse(["id"], "There is nothing left to fulfill", "INVALID");
  const at = world.now().toISOString();
  for (const { line, quantity } of shipped) line.fulfilledQuantity += quantity;
  order.fulfillments.push({
    id: world.store.newId(state),
    name: `${order.name}.${order.fulfillments.length + 1}`,
    status: "success",
    lines: shipped.map(({ line, quantity }) => ({ lineItemId: line.id, quantity })),
    trackingNumber: null,
    createdAt: at,
    updatedAt: at,
  });
  const complete = order.lines.every((line) => line.fulfilledQuantity >= currentQuantity(order, line));
  if (complete && financialStatus(order) === "paid") order.closedAt = at;
  orderChanged(world, state, order, [complete ? "orders/fulfilled" : "orders/partially_fulfilled"]);
  return order;
}

/** Cancels an order, giving back what was paid unless told not to; refunds/create, orders/cancelled, orders/updated. */
export function cancelOrder(world: World, shop: string, input: CancelInput): Order {
  const state = world.store.shop(shop);
  const order = requireOrder(state, input.orderId);
  if (order.cancelledAt !== null) refuse(["orderId"], "Order has already been cancelled", "INVALID");
  if (order.lines.some((line) => line.fulfilledQuantity > 0)) {
    refuse(["orderId"], "Cannot cancel an order with fulfilled items", "INVALID");
  }
  const at = world.now().toISOString();
  const paid = receivedMinor(order) - refundedMinor(order);
  const giveBack = (input.refund ?? true) && paid > 0;
  const left = order.lines
    .map((line) => ({ lineItemId: line.id, quantity: currentQuantity(order, line) }))
    .filter((one) => one.quantity > 0);
  const authorization = order.transactions.find(
    (one) => one.kind === "authorization" && one.status === "success",
  );
  const voided: Transaction[] = [];
  if (authorization !== undefined && receivedMinor(order) === 0) {
    voided.push(
      makeTransaction(world, state, {
        kind: "void",
        gateway: authorization.gateway,
        amountMinor: authorization.amountMinor,
        parentId: authorization.id,
      }),
    );
  }
  order.transactions.push(...voided);
  order.cancelledAt = at;
  order.cancelReason = input.reason ?? "customer";
  order.closedAt = at;
  if (left.length > 0 && (giveBack || (input.restock ?? true))) {
    const restockType = (input.restock ?? true) ? ("cancel" as const) : ("no_restock" as const);
    refundOrder(world, shop, {
      orderId: order.id,
      lines: left.map((one) => ({ ...one, restockType })),
      shipping: giveBack ? { full: true } : undefined,
      amountMinor: giveBack ? paid : undefined,
      withoutMoney: !giveBack,
      note: input.staffNote ?? null,
    });
  }
  orderChanged(world, state, order, ["orders/cancelled"]);
  announceTransactions(world, state, order, voided);
  return order;
}
