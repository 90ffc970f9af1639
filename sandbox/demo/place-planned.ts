import type { Order } from "#sandbox/store/order-types.ts";
import type { PlannedOrder } from "./plan-orders.ts";
import type { ShopClient } from "./sandbox-client.ts";

export interface DemoBuyer {
  id: string;
  email: string;
}

const ORDER_CREATE = `
  mutation DemoOrder($order: OrderCreateOrderInput!) {
    orderCreate(order: $order) { order { legacyResourceId } userErrors { message } }
  }`;
const MARK_AS_PAID = `
  mutation DemoPaid($id: ID!) {
    orderMarkAsPaid(input: { id: $id }) { userErrors { message } }
  }`;
const CANCEL = `
  mutation DemoCancel($id: ID!) {
    orderCancel(orderId: $id, reason: CUSTOMER, refund: true, restock: true) { orderCancelUserErrors { message } }
  }`;

interface ShopTaxes {
  currency: string;
  taxesIncluded: boolean;
  taxRate: string;
  taxTitle: string;
}

/** Places one planned order and lets happen to it what is to happen. */
export async function placePlanned(
  client: ShopClient,
  taxes: ShopTaxes,
  planned: PlannedOrder,
  buyer: DemoBuyer | undefined,
): Promise<void> {
  const isOpen = planned.fate === "pending" || planned.fate === "paid_later";
  const id = planned.throughApi
    ? await createThroughApi(client, taxes, planned, buyer, isOpen)
    : await checkOut(client, planned, buyer, isOpen);
  await meetFate(client, planned, id);
  if (planned.fulfilled && (planned.fate === "paid" || planned.fate === "amount_refunded"))
    await client.control("POST", `orders/${id}/fulfil`, {});
}

async function checkOut(
  client: ShopClient,
  planned: PlannedOrder,
  buyer: DemoBuyer | undefined,
  isOpen: boolean,
): Promise<string> {
  const { order } = await client.control<{ order: Order }>("POST", "orders", {
    customerId: buyer?.id ?? null,
    email: buyer?.email ?? `guest-${planned.key}@example.com`,
    lines: planned.lines,
    processedAt: planned.processedAt,
    payment: isOpen ? "pending" : "paid",
    test: planned.test,
    tags: [planned.key],
    sendReceipt: false,
  });
  return order.id;
}

async function createThroughApi(
  client: ShopClient,
  taxes: ShopTaxes,
  planned: PlannedOrder,
  buyer: DemoBuyer | undefined,
  isOpen: boolean,
): Promise<string> {
  const zero = { shopMoney: { amount: "0", currencyCode: taxes.currency } };
  const { orderCreate } = await client.graphql<{
    orderCreate: { order: { legacyResourceId: string } | null; userErrors: { message: string }[] };
  }>(ORDER_CREATE, {
    order: {
      ...(buyer === undefined
        ? { email: `guest-${planned.key}@example.com` }
        : { email: buyer.email, customer: { toAssociate: { id: `gid://shopify/Customer/${buyer.id}` } } }),
      lineItems: planned.lines.map((line) => ({
        variantId: `gid://shopify/ProductVariant/${line.variantId}`,
        quantity: line.quantity,
      })),
      processedAt: planned.processedAt,
      financialStatus: isOpen ? "PENDING" : "PAID",
      test: planned.test,
      tags: [planned.key],
      sourceName: "web",
      taxesIncluded: taxes.taxesIncluded,
      taxLines: [{ title: taxes.taxTitle, rate: taxes.taxRate, priceSet: zero }],
      shippingLines: [],
    },
  });
  if (orderCreate.order === null)
    throw new Error(orderCreate.userErrors.map((error) => error.message).join("; "));
  return orderCreate.order.legacyResourceId;
}

async function meetFate(client: ShopClient, planned: PlannedOrder, id: string): Promise<void> {
  const gid = `gid://shopify/Order/${id}`;
  switch (planned.fate) {
    case "paid":
    case "pending":
      return;
    case "paid_later":
      await client.graphql(MARK_AS_PAID, { id: gid });
      return;
    case "cancelled":
      await client.graphql(CANCEL, { id: gid });
      return;
  }
  const { order } = await client.control<{ order: Order & { currentTotals: { totalMinor: number } } }>(
    "GET",
    `orders/${id}`,
  );
  const [line] = order.lines;
  if (line === undefined) return;
  switch (planned.fate) {
    case "refunded": {
      const lines = order.lines.map((one) => ({
        lineItemId: one.id,
        quantity: one.quantity,
        restockType: "return",
      }));
      await client.control("POST", `orders/${id}/refund`, { lines, shipping: { full: true } });
      return;
    }
    case "line_refunded":
      await client.control("POST", `orders/${id}/refund`, {
        lines: [{ lineItemId: line.id, quantity: 1, restockType: "return" }],
      });
      return;
    case "amount_refunded":
      await client.control("POST", `orders/${id}/refund`, {
        amountMinor: Math.floor(order.currentTotals.totalMinor / 10),
        note: "A small apology",
      });
      return;
    case "edited":
      await client.control("POST", `orders/${id}/edit`, {
        setQuantities: [{ lineItemId: line.id, quantity: line.quantity + 1 }],
      });
      await client.graphql(MARK_AS_PAID, { id: gid });
  }
}
