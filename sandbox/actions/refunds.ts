import type { World } from "#sandbox/context.ts";
import {
  currentQuantity,
  lineNet,
  lineTax,
  outstandingMinor,
  receivedMinor,
  refundedMinor,
  shippingNet,
  shippingTax,
} from "#sandbox/store/order-totals.ts";
import type { Order, OrderAdjustment, Refund, RefundLine, Transaction } from "#sandbox/store/order-types.ts";
import type { Id, ShopState } from "#sandbox/store/types.ts";
import { refundPayload } from "#sandbox/webhooks/refund-payload.ts";
import { refundToStoreCredit } from "./credit.ts";
import type { RefundInput } from "./inputs.ts";
import { announceTransactions, makeTransaction, orderChanged, requireOrder } from "./orders.ts";
import { refuse } from "./refusal.ts";

type ShippingBack = Refund["shippingLines"][number];

/**
 * Refunds lines, shipping, or an amount alone; refunds/create and orders/updated. When the money differs from what the
 * lines and shipping come to, the difference is an order adjustment (`refund_discrepancy`), negative when more was paid.
 */
export function refundOrder(world: World, shop: string, input: RefundInput): Refund {
  const state = world.store.shop(shop);
  const order = requireOrder(state, input.orderId);
  const at = world.now().toISOString();
  const lines = refundLines(world, state, order, input);
  const shippingLines = refundShipping(world, state, order, input);
  const worth = [...lines, ...shippingLines].reduce(
    (sum, one) => sum + one.subtotalMinor + (order.taxesIncluded ? 0 : one.taxMinor),
    0,
  );
  const refundable = receivedMinor(order) - refundedMinor(order);
  const amountMinor = input.withoutMoney === true ? 0 : (input.amountMinor ?? Math.min(worth, refundable));
  if (lines.length === 0 && shippingLines.length === 0 && amountMinor === 0) {
    refuse(null, "Refund must have at least one line item, shipping or an amount", "INVALID");
  }
  if (amountMinor > refundable) {
    refuse(["transactions"], "Refund amount is more than the amount that can be refunded", "INVALID");
  }
  const refund: Refund = {
    id: world.store.newId(state),
    orderId: order.id,
    note: input.note ?? null,
    restock: lines.some((line) => line.restockType !== "no_restock"),
    byEdit: false,
    lines,
    shippingLines,
    adjustments: adjustmentsOf(world, state, order, {
      differenceMinor: receivedMinor(order) === 0 ? 0 : worth - amountMinor,
      reason: input.discrepancyReason,
    }),
    transactionIds: [],
    createdAt: at,
    processedAt: input.processedAt === undefined ? at : new Date(input.processedAt).toISOString(),
  };
  const transactions = moneyBack(world, state, order, amountMinor, input);
  refund.transactionIds = transactions.map((transaction) => transaction.id);
  restock(state, order, refund);
  order.transactions.push(...transactions);
  order.refunds.push(refund);
  world.webhooks.emit(shop, "refunds/create", () => refundPayload(state, order, refund));
  orderChanged(world, state, order);
  announceTransactions(world, state, order, transactions);
  return refund;
}

/** The worth of units is cumulative, so that unit by unit or at once comes to the same. */
function refundLines(world: World, state: ShopState, order: Order, input: RefundInput): RefundLine[] {
  return (input.lines ?? []).map((wanted, index) => {
    const line = order.lines.find((one) => one.id === wanted.lineItemId);
    if (line === undefined)
      refuse(["refundLineItems", String(index), "lineItemId"], "Line item does not exist", "INVALID");
    const left = currentQuantity(order, line);
    if (!Number.isSafeInteger(wanted.quantity) || wanted.quantity < 1 || wanted.quantity > left) {
      refuse(
        ["refundLineItems", String(index), "quantity"],
        "Quantity cannot refund more items than were purchased",
        "INVALID",
      );
    }
    const after = left - wanted.quantity;
    return {
      id: world.store.newId(state),
      lineItemId: line.id,
      quantity: wanted.quantity,
      restockType: wanted.restockType ?? "no_restock",
      subtotalMinor: lineNet(line, left) - lineNet(line, after),
      taxMinor: lineTax(order, line, left) - lineTax(order, line, after),
    };
  });
}

function refundShipping(world: World, state: ShopState, order: Order, input: RefundInput): ShippingBack[] {
  if (input.shipping === undefined) return [];
  const open = order.shippingLines.map((line) => {
    const back = order.refunds
      .flatMap((refund) => refund.shippingLines)
      .filter((one) => one.shippingLineId === line.id)
      .reduce((sum, one) => sum + one.subtotalMinor, 0);
    return { line, leftMinor: shippingNet(line) - back };
  });
  let wanted =
    "full" in input.shipping ? open.reduce((sum, one) => sum + one.leftMinor, 0) : input.shipping.amountMinor;
  const parts = open.map(({ line, leftMinor }) => {
    const subtotalMinor = Math.min(wanted, leftMinor);
    wanted -= subtotalMinor;
    const taxMinor = shippingTax(order, leftMinor) - shippingTax(order, leftMinor - subtotalMinor);
    return { id: world.store.newId(state), shippingLineId: line.id, subtotalMinor, taxMinor };
  });
  if (wanted > 0)
    refuse(["shipping", "amount"], "Shipping refund is more than what was paid for shipping", "INVALID");
  return parts.filter((part) => part.subtotalMinor > 0);
}

const DISCREPANCIES = {
  other: { kind: "refund_discrepancy", reason: "Refund discrepancy" },
  customer: { kind: "customer", reason: "Customer" },
  damage: { kind: "damage", reason: "Damage" },
  restock: { kind: "restock", reason: "Restock" },
} as const;

/**
 * What the money differs from the goods and shipping by. What an edit left owing is paid out as a pending discrepancy,
 * since its units were taken off before; only the rest changes what the order comes to.
 */
function adjustmentsOf(
  world: World,
  state: ShopState,
  order: Order,
  {
    differenceMinor,
    reason = "other",
  }: { differenceMinor: number; reason: RefundInput["discrepancyReason"] },
): OrderAdjustment[] {
  const owedMinor = Math.max(0, -outstandingMinor(order));
  const pendingMinor = differenceMinor < 0 ? -Math.min(owedMinor, -differenceMinor) : 0;
  const parts = [
    {
      kind: "pending_refund_discrepancy" as const,
      reason: "Pending refund discrepancy",
      amountMinor: pendingMinor,
    },
    { ...DISCREPANCIES[reason], amountMinor: differenceMinor - pendingMinor },
  ];
  return parts
    .filter((part) => part.amountMinor !== 0)
    .map((part) => ({ id: world.store.newId(state), ...part, taxMinor: 0 }));
}

/** Takes units off a line for an order edit: Shopify books them as a refund without money; refunds/create. */
export function removeByEdit(
  world: World,
  state: ShopState,
  order: Order,
  removed: { lineItemId: Id; quantity: number }[],
): void {
  if (removed.length === 0) return;
  const at = world.now().toISOString();
  const refund: Refund = {
    id: world.store.newId(state),
    orderId: order.id,
    note: null,
    restock: false,
    byEdit: true,
    lines: refundLines(world, state, order, { orderId: order.id, lines: removed }),
    shippingLines: [],
    adjustments: [],
    transactionIds: [],
    createdAt: at,
    processedAt: at,
  };
  order.refunds.push(refund);
  world.webhooks.emit(state.shop.domain, "refunds/create", () => refundPayload(state, order, refund));
}

/** Sends money back to the payments it came from, those with money first; or all of it as store credit. */
function moneyBack(
  world: World,
  state: ShopState,
  order: Order,
  amountMinor: number,
  input: RefundInput,
): Transaction[] {
  if (amountMinor === 0) return [];
  const status = input.transactionStatus ?? "success";
  if (input.asStoreCredit === true) {
    if (order.customerId === null) refuse(["refundMethods"], "Store credit needs a customer", "INVALID");
    refundToStoreCredit(world, state.shop.domain, order.customerId, amountMinor, order.id);
    return [
      makeTransaction(world, state, { kind: "refund", gateway: "shopify_store_credit", amountMinor, status }),
    ];
  }
  const payments = order.transactions.filter(
    (one) => (one.kind === "sale" || one.kind === "capture") && one.status === "success",
  );
  const isMoney = (one: Transaction) => one.gateway !== "gift_card" && one.gateway !== "shopify_store_credit";
  let left = amountMinor;
  const transactions: Transaction[] = [];
  for (const payment of [...payments.filter(isMoney), ...payments.filter((one) => !isMoney(one))]) {
    const back = order.transactions
      .filter((one) => one.kind === "refund" && one.parentId === payment.id && one.status !== "failure")
      .reduce((sum, one) => sum + one.amountMinor, 0);
    const part = Math.min(left, payment.amountMinor - back);
    if (part <= 0) continue;
    left -= part;
    transactions.push(
      makeTransaction(world, state, {
        kind: "refund",
        gateway: payment.gateway,
        amountMinor: part,
        status,
        parentId: payment.id,
        giftCardId: payment.giftCardId,
      }),
    );
    if (status === "success") returnTender(world, state, order, payment, part);
  }
  return transactions;
}

function returnTender(
  world: World,
  state: ShopState,
  order: Order,
  payment: Transaction,
  amountMinor: number,
): void {
  const card = payment.giftCardId === null ? undefined : state.giftCards.get(payment.giftCardId);
  if (card !== undefined) card.balanceMinor += amountMinor;
  if (payment.gateway === "shopify_store_credit" && order.customerId !== null) {
    refundToStoreCredit(world, state.shop.domain, order.customerId, amountMinor, order.id);
  }
}

function restock(state: ShopState, order: Order, refund: Refund): void {
  for (const entry of refund.lines) {
    if (entry.restockType === "no_restock") continue;
    const line = order.lines.find((one) => one.id === entry.lineItemId);
    const variant = state.products
      .get(line?.productId ?? "")
      ?.variants.find((one) => one.id === line?.variantId);
    if (variant?.inventoryQuantity != null) variant.inventoryQuantity += entry.quantity;
  }
}
