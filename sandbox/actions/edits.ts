import type { World } from "#sandbox/context.ts";
import { currentQuantity } from "#sandbox/store/order-totals.ts";
import type { Order, OrderLine } from "#sandbox/store/order-types.ts";
import type { Id, ShopState } from "#sandbox/store/types.ts";
import { gid, restId, restTime } from "#sandbox/webhooks/payload-values.ts";
import { buildLine } from "./build-order.ts";
import type { EditInput } from "./inputs.ts";
import { orderChanged, requireOrder } from "./orders.ts";
import { refuse } from "./refusal.ts";
import { removeByEdit } from "./refunds.ts";

interface Change {
  lineItemId: Id;
  delta: number;
}

/**
 * Commits an order edit: quantities up or down, variants or custom items added; orders/edited and orders/updated, and
 * refunds/create for units taken off.
 */
export function editOrder(world: World, shop: string, input: EditInput): Order {
  const state = world.store.shop(shop);
  const order = requireOrder(state, input.orderId);
  if (order.cancelledAt !== null) refuse(["id"], "The order cannot be edited.", "INVALID");
  const quantities = (input.setQuantities ?? []).map((wanted) => planQuantity(order, wanted));
  const newId = () => world.store.newId(state);
  const addedLines = [...(input.addVariants ?? []), ...(input.addCustomItems ?? [])].map((item, index) => ({
    ...buildLine(state, item, index, newId),
    originalQuantity: 0,
  }));
  const changes = [
    ...quantities.filter((one) => one.delta !== 0),
    ...addedLines.map((line) => ({ lineItemId: line.id, delta: line.quantity })),
  ];
  if (changes.length === 0) refuse(null, "There must be at least one change to be made.", "INVALID");
  for (const { lineItemId, delta } of quantities) {
    const line = order.lines.find((one) => one.id === lineItemId);
    if (line !== undefined && delta > 0) line.quantity += delta;
  }
  const removed = quantities.filter((one) => one.delta < 0);
  removeByEdit(
    world,
    state,
    order,
    removed.map((one) => ({ lineItemId: one.lineItemId, quantity: -one.delta })),
  );
  order.lines.push(...addedLines);
  orderChanged(world, state, order);
  world.webhooks.emit(shop, "orders/edited", () =>
    editPayload(state, order, changes, input.staffNote ?? null, newId()),
  );
  return order;
}

function planQuantity(order: Order, wanted: { lineItemId: Id; quantity: number }): Change {
  const line: OrderLine | undefined = order.lines.find((one) => one.id === wanted.lineItemId);
  if (line === undefined) refuse(["lineItemId"], "The line item does not exist.", "INVALID");
  if (!Number.isSafeInteger(wanted.quantity) || wanted.quantity < 0)
    refuse(["quantity"], "Quantity must be 0 or more", "INVALID");
  if (wanted.quantity < line.fulfilledQuantity)
    refuse(["quantity"], "Fulfilled items cannot be removed", "INVALID");
  return { lineItemId: line.id, delta: wanted.quantity - currentQuantity(order, line) };
}

function editPayload(
  state: ShopState,
  order: Order,
  changes: Change[],
  note: string | null,
  editId: Id,
): Record<string, unknown> {
  const entry = (change: Change) => ({ id: restId(change.lineItemId), delta: Math.abs(change.delta) });
  const at = restTime(order.updatedAt, state.shop.timeZone);
  return {
    order_edit: {
      id: restId(editId),
      app_id: null,
      created_at: at,
      notify_customer: false,
      order_id: restId(order.id),
      order_admin_graphql_api_id: gid("Order", order.id),
      staff_note: note,
      user_id: null,
      committed_at: at,
      line_items: {
        additions: changes.filter((change) => change.delta > 0).map(entry),
        removals: changes.filter((change) => change.delta < 0).map(entry),
      },
      discounts: { line_item: { additions: [], removals: [] } },
      shipping_lines: { additions: [], removals: [] },
    },
  };
}
