import type { World } from "#sandbox/context.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { DisputeInput } from "./inputs.ts";
import { refuse } from "./refusal.ts";

/**
 * The buyer's bank takes an order's money back, asks about it, or decides. Without an id a new dispute opens. As at
 * Shopify the order itself does not change: no `updatedAt`, no orders/updated.
 */
export function disputeOrder(world: World, shop: string, input: DisputeInput): Order {
  const order =
    world.store.shop(shop).orders.get(input.orderId) ??
    refuse(["orderId"], "Order does not exist", "NOT_FOUND");
  const known = order.disputes?.at(-1);
  if (known !== undefined && input.status !== undefined) known.status = input.status;
  else {
    (order.disputes ??= []).push({
      id: world.store.newId(),
      kind: input.kind ?? "CHARGEBACK",
      status: input.status ?? "NEEDS_RESPONSE",
    });
  }
  world.store.changed();
  return order;
}
