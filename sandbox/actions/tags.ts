import { parseGid } from "#sandbox/gid.ts";
import type { World } from "#sandbox/context.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { productPayload } from "#sandbox/webhooks/shop-payload.ts";
import { requireCustomer, touch } from "./customers.ts";
import { refuse } from "./refusal.ts";

/** Adds tags to a customer, an order or a product. */
export function addTags(world: World, shop: string, ownerGid: string, tags: string[]): void {
  changeTags(world, shop, ownerGid, (before) => [...new Set([...before, ...tags])]);
}

/** Takes tags off a customer, an order or a product. */
export function removeTags(world: World, shop: string, ownerGid: string, tags: string[]): void {
  changeTags(world, shop, ownerGid, (before) => before.filter((tag) => !tags.includes(tag)));
}

function changeTags(
  world: World,
  shop: string,
  ownerGid: string,
  change: (before: string[]) => string[],
): void {
  const state = world.store.shop(shop);
  const owner = parseGid(ownerGid);
  const at = world.now().toISOString();
  if (owner?.type === "Customer") {
    const customer = requireCustomer(state, owner.id);
    customer.tags = change(customer.tags);
    touch(world, shop, customer, at);
    return;
  }
  const order = owner?.type === "Order" ? state.orders.get(owner.id) : undefined;
  const product = owner?.type === "Product" ? state.products.get(owner.id) : undefined;
  const found = order ?? product ?? refuse(["id"], "The record could not be found", "INVALID");
  found.tags = change(found.tags);
  found.updatedAt = at;
  world.store.changed();
  if (order !== undefined) world.webhooks.emit(shop, "orders/updated", () => orderPayload(state, order));
  if (product !== undefined)
    world.webhooks.emit(shop, "products/update", () => productPayload(state.shop, product));
}
