import type { World } from "#sandbox/context.ts";
import { formatMinor } from "#sandbox/money.ts";
import { displayName } from "#sandbox/store/customer-stats.ts";
import { lineNet, originalTotals } from "#sandbox/store/order-totals.ts";
import type { Order, Transaction } from "#sandbox/store/order-types.ts";
import type { Id, ShopState } from "#sandbox/store/types.ts";
import { transactionPayload } from "#sandbox/webhooks/order-parts-payload.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { identitiesOf } from "./apply-codes.ts";
import { buildOrder } from "./build-order.ts";
import type { BuiltOrder } from "./build-order.ts";
import { codeRefusalMessage } from "./code-refusals.ts";
import { findGiftCard, spendGiftCard, spendStoreCredit, storeCreditBalance } from "./credit.ts";
import { customerForEmail } from "./customers.ts";
import type { PlaceOrderInput, Quote, Tender } from "./inputs.ts";
import { receiveMail } from "./mail-and-theme.ts";
import { Refusal, refuse } from "./refusal.ts";

/** Prices a cart as `placeOrder` would; changes nothing. */
export function quoteOrder(world: World, shop: string, input: PlaceOrderInput): Quote {
  const state = world.store.shop(shop);
  const { order, buyer, applied, rejected } = buildOrder(world, shop, input, () => "0");
  const totals = originalTotals(order);
  const shares = shareTenders(
    world,
    shop,
    buyer.customer?.id ?? null,
    input.tenders ?? [],
    totals.totalMinor,
  );
  const of = (kind: Tender["kind"]) =>
    shares.filter((share) => share.tender.kind === kind).reduce((sum, share) => sum + share.amountMinor, 0);
  const [giftCardMinor, storeCreditMinor] = [of("gift_card"), of("store_credit")];
  return {
    currency: order.currency,
    lines: order.lines.map((line) => ({
      title: line.title,
      quantity: line.quantity,
      priceMinor: line.priceMinor,
      totalMinor: lineNet(line, line.quantity),
      discountMinor: line.priceMinor * line.quantity - lineNet(line, line.quantity),
    })),
    linesMinor: totals.linesMinor,
    discounts: applied.map((one) => ({
      code: one.code.code,
      title: one.discount.title,
      amountMinor: one.amountMinor,
      target: one.discount.discountClass === "SHIPPING" ? "shipping_line" : "line_item",
    })),
    rejected: rejected.map((one) => ({
      ...one,
      message: codeRefusalMessage(one.code, one.reason, input.locale ?? state.shop.locale),
    })),
    subtotalMinor: totals.subtotalMinor,
    shippingMinor: totals.shippingMinor,
    taxMinor: totals.taxMinor,
    totalMinor: totals.totalMinor,
    giftCardMinor,
    storeCreditMinor,
    dueMinor: totals.totalMinor - giftCardMinor - storeCreditMinor,
  };
}

/** Places an order as a checkout does: codes are checked and counted, tenders spent; orders/create and, when paid, orders/paid. */
export function placeOrder(world: World, shop: string, input: PlaceOrderInput): Order {
  const state = world.store.shop(shop);
  const newId = () => world.store.newId(state);
  const built = buildOrder(world, shop, input, newId);
  if (built.rejected.length > 0) {
    throw new Refusal(
      built.rejected.map((one) => ({
        field: ["discountCodes"],
        message: codeRefusalMessage(one.code, one.reason, input.locale ?? state.shop.locale),
        code: one.reason.toUpperCase(),
      })),
    );
  }
  const { order } = built;
  if (order.customerId === null && input.customerId === undefined && order.email !== null) {
    const names = input.shippingAddress ?? {};
    order.customerId = customerForEmail(world, shop, order.email, {
      firstName: names.firstName,
      lastName: names.lastName,
    }).id;
  }
  pay(world, state, built, input);
  countCodes(built);
  state.orderNumber += 1;
  order.number = state.orderNumber;
  order.name = `#${order.number}`;
  takeStock(state, order);
  state.orders.set(order.id, order);
  world.store.changed();
  world.webhooks.emit(shop, "orders/create", () => orderPayload(state, order));
  announceTransactions(world, state, order, order.transactions);
  if (isPaid(order)) world.webhooks.emit(shop, "orders/paid", () => orderPayload(state, order));
  if (input.sendReceipt ?? true) sendReceipt(world, state, order);
  return order;
}

/** Changes what a person may change of an order at any time; orders/updated. */
export function updateOrder(
  world: World,
  shop: string,
  id: Id,
  input: { tags?: string[]; note?: string | null; email?: string | null; customerId?: Id | null },
): Order {
  const state = world.store.shop(shop);
  const order = requireOrder(state, id);
  if (input.customerId !== undefined && input.customerId !== null && !state.customers.has(input.customerId)) {
    refuse(["customerId"], "Customer does not exist", "INVALID");
  }
  Object.assign(order, input);
  orderChanged(world, state, order);
  return order;
}

/** An order, or a refusal as Shopify words it. */
export function requireOrder(state: ShopState, id: Id): Order {
  return state.orders.get(id) ?? refuse(["id"], "Order does not exist", "NOT_FOUND");
}

/** Bumps an order's `updatedAt`, strictly upward, and sends orders/updated after any other topics given. */
export function orderChanged(
  world: World,
  state: ShopState,
  order: Order,
  topics: readonly string[] = [],
): void {
  bumpOrder(world, order);
  for (const topic of [...topics, "orders/updated"]) {
    world.webhooks.emit(state.shop.domain, topic, () => orderPayload(state, order));
  }
}

/** Sets `updatedAt` to now, at least one second after what it was, since REST payloads show seconds. */
export function bumpOrder(world: World, order: Order): void {
  const least = Math.floor(Date.parse(order.updatedAt) / 1000) * 1000 + 1000;
  order.updatedAt = new Date(Math.max(world.now().getTime(), least)).toISOString();
  world.store.changed();
}

/** Sends order_transactions/create for each. */
export function announceTransactions(
  world: World,
  state: ShopState,
  order: Order,
  transactions: readonly Transaction[],
): void {
  for (const transaction of transactions) {
    world.webhooks.emit(state.shop.domain, "order_transactions/create", () =>
      transactionPayload(state, order, transaction),
    );
  }
}

/** A transaction of an order, not yet in it. */
export function makeTransaction(
  world: World,
  state: ShopState,
  values: Pick<Transaction, "kind" | "gateway" | "amountMinor"> & Partial<Transaction>,
): Transaction {
  const at = world.now().toISOString();
  return {
    id: world.store.newId(state),
    status: "success",
    parentId: null,
    giftCardId: null,
    createdAt: at,
    processedAt: at,
    ...values,
  };
}

function isPaid(order: Order): boolean {
  const paid = order.transactions.filter((one) => one.kind === "sale" && one.status === "success");
  return paid.reduce((sum, one) => sum + one.amountMinor, 0) >= originalTotals(order).totalMinor;
}

function shareTenders(
  world: World,
  shop: string,
  customerId: Id | null,
  tenders: readonly Tender[],
  totalMinor: number,
): { tender: Tender; amountMinor: number }[] {
  let left = totalMinor;
  return tenders.map((tender) => {
    const most =
      tender.kind === "gift_card"
        ? findGiftCard(world, shop, tender.code).balanceMinor
        : customerId === null
          ? refuse(["tenders"], "Store credit needs a customer", "INVALID")
          : storeCreditBalance(world, shop, customerId);
    if (tender.amountMinor !== undefined && tender.amountMinor > most) {
      refuse(["tenders"], "There is not that much on the card or account", "INSUFFICIENT_FUNDS");
    }
    const amountMinor = Math.min(left, most, tender.amountMinor ?? most);
    left -= amountMinor;
    return { tender, amountMinor };
  });
}

function pay(world: World, state: ShopState, { order }: BuiltOrder, input: PlaceOrderInput): void {
  const shop = state.shop.domain;
  const { totalMinor } = originalTotals(order);
  const at = order.processedAt;
  let left = totalMinor;
  for (const { tender, amountMinor } of shareTenders(
    world,
    shop,
    order.customerId,
    input.tenders ?? [],
    totalMinor,
  )) {
    if (amountMinor === 0) continue;
    left -= amountMinor;
    if (tender.kind === "gift_card") {
      const card = spendGiftCard(world, shop, tender.code, amountMinor);
      order.transactions.push(
        makeTransaction(world, state, {
          kind: "sale",
          gateway: "gift_card",
          amountMinor,
          giftCardId: card.id,
          processedAt: at,
        }),
      );
    } else {
      spendStoreCredit(world, shop, order.customerId ?? "", amountMinor, order.id);
      order.transactions.push(
        makeTransaction(world, state, {
          kind: "sale",
          gateway: "shopify_store_credit",
          amountMinor,
          processedAt: at,
        }),
      );
    }
  }
  if (input.payments !== undefined) {
    order.transactions.push(
      ...input.payments.map((payment) => makeTransaction(world, state, { ...payment, processedAt: at })),
    );
    return;
  }
  if (left === 0) return;
  const payment = input.payment ?? "paid";
  const gateway = input.gateway ?? (payment === "pending" ? "manual" : "shopify_payments");
  order.transactions.push(
    makeTransaction(world, state, {
      kind: payment === "authorized" ? "authorization" : "sale",
      status: payment === "pending" ? "pending" : "success",
      gateway,
      amountMinor: left,
      processedAt: at,
    }),
  );
}

function countCodes({ applied, buyer, order }: BuiltOrder): void {
  for (const { code, discount } of applied) {
    code.usageCount += 1;
    discount.usedBy.push(...identitiesOf({ ...buyer, email: order.email }));
  }
}

function takeStock(state: ShopState, order: Order): void {
  for (const line of order.lines) {
    const variant = state.products
      .get(line.productId ?? "")
      ?.variants.find((one) => one.id === line.variantId);
    if (variant?.inventoryQuantity != null) variant.inventoryQuantity -= line.quantity;
  }
}

function sendReceipt(world: World, state: ShopState, order: Order): void {
  if (order.email === null) return;
  const korean = order.locale.startsWith("ko");
  const customer = order.customerId === null ? undefined : state.customers.get(order.customerId);
  const total = `${formatMinor(originalTotals(order).totalMinor, order.currency)} ${order.currency}`;
  const name = customer === undefined ? order.email : displayName(customer);
  receiveMail(world, state.shop.domain, {
    to: order.email,
    subject: korean ? `주문 ${order.name} 접수를 확인했어요` : `Order ${order.name} confirmed`,
    text: korean
      ? `${name} 님, 주문해 주셔서 고맙습니다. 합계 ${total}.`
      : `Thank you, ${name}. The total of your order is ${total}.`,
    kind: "order",
  });
}
