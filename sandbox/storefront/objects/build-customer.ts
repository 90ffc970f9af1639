import { buildOrder } from "./build-order.ts";
import { fullName } from "#sandbox/store/full-name.ts";
import { buildMetafields, toLiquidId, toLiquidPrice } from "./liquid-values.ts";
import { customerStats, ordersOf } from "#sandbox/store/customer-stats.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import type { Customer } from "#sandbox/store/types.ts";

/** The logged-in customer as Liquid has it. */
export function buildCustomer(context: SandboxContext, shop: string, customer: Customer) {
  const state = context.store.shop(shop);
  const orders = ordersOf(state, customer.id)
    .sort((one, two) => two.processedAt.localeCompare(one.processedAt) || two.number - one.number)
    .map((order) => buildOrder(state, order));
  const stats = customerStats(state, customer.id);
  const addresses = customer.addresses.map((address) => ({
    first_name: address.firstName,
    last_name: address.lastName,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    province: address.province,
    province_code: address.provinceCode,
    zip: address.zip,
    country: address.country,
    country_code: address.countryCode,
    phone: address.phone,
    id: toLiquidId(address.id),
  }));
  const balance = toLiquidPrice(context.actions.storeCreditBalance(shop, customer.id), state.shop.currency);
  return {
    id: toLiquidId(customer.id),
    email: customer.email,
    first_name: customer.firstName,
    last_name: customer.lastName,
    name: fullName(customer.firstName, customer.lastName) || null,
    phone: customer.phone,
    has_account: customer.state === "enabled",
    accepts_marketing: customer.emailMarketing.state === "subscribed",
    tags: customer.tags,
    tax_exempt: customer.taxExempt,
    "b2b?": false,
    orders,
    orders_count: stats.orders,
    last_order: orders[0] ?? null,
    total_spent: toLiquidPrice(stats.spentMinor, state.shop.currency),
    addresses,
    addresses_count: addresses.length,
    default_address:
      addresses.find((address) => String(address.id) === customer.defaultAddressId) ?? addresses[0] ?? null,
    store_credit_account: balance > 0 ? { balance } : null,
    metafields: buildMetafields(
      state.metafields.get(`gid://shopify/Customer/${customer.id}`)?.values() ?? [],
    ),
  };
}
