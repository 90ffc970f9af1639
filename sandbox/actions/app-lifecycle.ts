import type { World } from "#sandbox/context.ts";
import type { Id, Installation } from "#sandbox/store/types.ts";
import { ordersOf } from "#sandbox/store/customer-stats.ts";
import { restId, restTime } from "#sandbox/webhooks/payload-values.ts";
import { compliancePayload, shopPayload, uninstalledPayload } from "#sandbox/webhooks/shop-payload.ts";
import { requireCustomer } from "./customers.ts";
import type { ShopInput } from "./inputs.ts";
import { refuse } from "./refusal.ts";

/** Managed installation: grants the scopes of shopify.app.toml. Installing again changes nothing but the scopes. */
export function installApp(world: World, shop: string): Installation {
  const state = world.store.shop(shop);
  const { scopes } = world.config();
  if (state.installation !== null) return updateScopes(world, shop, scopes);
  state.installation = {
    id: world.store.newId(),
    scopes: [...scopes],
    installedAt: world.now().toISOString(),
  };
  world.store.changed();
  return state.installation;
}

/** Uninstalls: app/uninstalled, all tokens void, the app's own data (app metafields, API subscriptions) gone. */
export function uninstallApp(world: World, shop: string): void {
  const state = world.store.shop(shop);
  const { installation } = state;
  if (installation === null) refuse(["id"], "App is not installed", "APP_NOT_INSTALLED");
  world.webhooks.emit(shop, "app/uninstalled", () => uninstalledPayload(state.shop));
  state.metafields.delete(`gid://shopify/AppInstallation/${installation.id}`);
  state.installation = null;
  state.subscriptions.clear();
  state.tokens.clear();
  world.store.changed();
}

/** Changes what the app may do; app/scopes_update when it differs. Tokens already issued follow at once. */
export function updateScopes(world: World, shop: string, scopes: string[]): Installation {
  const state = world.store.shop(shop);
  const { installation } = state;
  if (installation === null) refuse(["id"], "App is not installed", "APP_NOT_INSTALLED");
  const previous = installation.scopes;
  if (previous.length === scopes.length && previous.every((scope) => scopes.includes(scope)))
    return installation;
  installation.scopes = [...scopes];
  for (const token of state.tokens.values()) token.scopes = [...scopes];
  world.store.changed();
  world.webhooks.emit(shop, "app/scopes_update", () => ({
    id: restId(installation.id),
    previous,
    current: scopes,
    updated_at: restTime(world.now().toISOString(), state.shop.timeZone),
  }));
  return installation;
}

/** Changes the shop's facts; shop/update. */
export function updateShop(world: World, shop: string, input: ShopInput): void {
  const { shop: facts } = world.store.shop(shop);
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  Object.assign(facts, given, { updatedAt: world.now().toISOString() });
  world.store.changed();
  world.webhooks.emit(shop, "shop/update", () => shopPayload(facts));
}

/** A customer asks what is held on them; customers/data_request. */
export function sendDataRequest(world: World, shop: string, customerId: Id): void {
  const state = world.store.shop(shop);
  const customer = requireCustomer(state, customerId);
  world.webhooks.emit(shop, "customers/data_request", () => ({
    ...compliancePayload(state.shop, customer),
    orders_requested: ordersOf(state, customerId).map((order) => restId(order.id)),
    data_request: { id: restId(world.store.newId()) },
  }));
}

/** A customer is to be forgotten; customers/redact. Works for one who is already deleted. */
export function sendCustomerRedact(
  world: World,
  shop: string,
  customer: { id: Id; email?: string | null; phone?: string | null },
  orderIds?: Id[],
): void {
  const state = world.store.shop(shop);
  const known = state.customers.get(customer.id);
  const person = {
    id: customer.id,
    email: customer.email ?? known?.email ?? null,
    phone: customer.phone ?? known?.phone ?? null,
  };
  const orders = orderIds ?? ordersOf(state, customer.id).map((order) => order.id);
  world.webhooks.emit(shop, "customers/redact", () => ({
    ...compliancePayload(state.shop, person),
    orders_to_redact: orders.map((id) => restId(id)),
  }));
}

/** 48 hours after an uninstall; shop/redact. */
export function sendShopRedact(world: World, shop: string): void {
  const { shop: facts } = world.store.shop(shop);
  world.webhooks.emit(shop, "shop/redact", () => ({ shop_id: restId(facts.id), shop_domain: facts.domain }));
}
