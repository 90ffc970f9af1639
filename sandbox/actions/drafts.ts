import type { World } from "#sandbox/context.ts";
import type { DraftOrder, Order } from "#sandbox/store/order-types.ts";
import type { Id } from "#sandbox/store/types.ts";
import { buildLine } from "./build-order.ts";
import type { DraftOrderInput } from "./inputs.ts";
import { placeOrder } from "./orders.ts";
import { refuse } from "./refusal.ts";

/** Creates a draft order. */
export function createDraftOrder(world: World, shop: string, input: DraftOrderInput): DraftOrder {
  const state = world.store.shop(shop);
  if (input.lines.length === 0) refuse(["lineItems"], "Add at least 1 product", "INVALID");
  const at = world.now().toISOString();
  const lines = input.lines.map((line, index) => buildLine(state, line, index, () => "0"));
  const id = world.store.newId();
  const draft: DraftOrder = {
    id,
    name: `#D${state.draftOrders.size + 1}`,
    status: "OPEN",
    customerId: input.customerId ?? null,
    email: input.email ?? null,
    lines: lines.map((line) => ({
      variantId: line.variantId,
      title: line.title,
      quantity: line.quantity,
      priceMinor: line.priceMinor,
    })),
    discount: input.discount ?? null,
    tags: input.tags ?? [],
    note: input.note ?? null,
    orderId: null,
    createdAt: at,
    updatedAt: at,
    completedAt: null,
  };
  state.draftOrders.set(id, draft);
  world.store.changed();
  return draft;
}

/** Makes an order of a draft, paid unless it is to stay pending. */
export function completeDraftOrder(world: World, shop: string, id: Id, paymentPending = false): Order {
  const state = world.store.shop(shop);
  const draft = state.draftOrders.get(id) ?? refuse(["id"], "Draft order does not exist", "NOT_FOUND");
  if (draft.status === "COMPLETED") refuse(["id"], "This order has been paid", "INVALID");
  const order = placeOrder(world, shop, {
    customerId: draft.customerId,
    email: draft.email,
    lines: draft.lines.map((line) => ({ ...line, variantId: line.variantId ?? undefined })),
    payment: paymentPending ? "pending" : "paid",
    gateway: "manual",
    sourceName: "shopify_draft_order",
    shippingHandle: null,
    tags: draft.tags,
    note: draft.note,
    manualDiscount: draft.discount ?? undefined,
  });
  const at = world.now().toISOString();
  Object.assign(draft, { status: "COMPLETED", orderId: order.id, completedAt: at, updatedAt: at });
  world.store.changed();
  return order;
}
