import type { World } from "#sandbox/context.ts";
import { findCustomerByEmail, ordersOf } from "#sandbox/store/customer-stats.ts";
import type { Address, Customer, Id, ShopState } from "#sandbox/store/types.ts";
import { customerDeletedPayload, customerPayload } from "#sandbox/webhooks/customer-payload.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import { mergePayload } from "#sandbox/webhooks/shop-payload.ts";
import type { AddressInput, CustomerInput, MergeResult } from "./inputs.ts";
import { refuse } from "./refusal.ts";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Creates a customer; customers/create. */
export function createCustomer(world: World, shop: string, input: CustomerInput): Customer {
  const state = world.store.shop(shop);
  const at = world.now().toISOString();
  if (!input.email && !input.phone && !input.firstName && !input.lastName) {
    refuse(null, "Customer must have a name, phone number or email address", "INVALID");
  }
  checkContact(state, input, null);
  const customer: Customer = {
    id: world.store.newId(),
    email: null,
    phone: null,
    firstName: null,
    lastName: null,
    locale: state.shop.locale,
    state: input.enabled === true ? "enabled" : "disabled",
    verifiedEmail: input.verifiedEmail ?? true,
    taxExempt: false,
    tags: [],
    note: null,
    emailMarketing: { state: "not_subscribed", updatedAt: null },
    addresses: [],
    defaultAddressId: null,
    createdAt: at,
    updatedAt: at,
  };
  fill(world, customer, input, at);
  state.customers.set(customer.id, customer);
  world.store.changed();
  world.webhooks.emit(shop, "customers/create", () => customerPayload(state.shop, customer));
  return customer;
}

/** Changes a customer; customers/update. */
export function updateCustomer(world: World, shop: string, id: Id, input: CustomerInput): Customer {
  const state = world.store.shop(shop);
  const customer = requireCustomer(state, id);
  checkContact(state, input, id);
  const before = customer.state;
  const at = world.now().toISOString();
  fill(world, customer, input, at);
  if (input.enabled !== undefined) customer.state = input.enabled ? "enabled" : "disabled";
  touch(world, shop, customer, at);
  if (before !== "enabled" && customer.state === "enabled") {
    world.webhooks.emit(shop, "customers/enable", () => customerPayload(state.shop, customer));
  }
  return customer;
}

/** Deletes a customer who never ordered; customers/delete. */
export function deleteCustomer(world: World, shop: string, id: Id): void {
  const state = world.store.shop(shop);
  const customer = requireCustomer(state, id);
  if (ordersOf(state, id).length > 0) {
    refuse(["id"], "Customer can’t be deleted because they have associated orders", "CUSTOMER_HAS_ORDERS");
  }
  state.customers.delete(id);
  state.metafields.delete(gid("Customer", id));
  world.store.changed();
  world.webhooks.emit(shop, "customers/delete", () => customerDeletedPayload(customer));
}

/** Merges the second customer into the first: orders, tags, addresses, credit; customers/merge and customers/update. */
export function mergeCustomers(world: World, shop: string, oneId: Id, twoId: Id): MergeResult {
  const state = world.store.shop(shop);
  if (oneId === twoId) refuse(["customerOneId"], "Customers must be different", "INVALID_CUSTOMER");
  const kept = requireCustomer(state, oneId);
  const gone = requireCustomer(state, twoId);
  const at = world.now().toISOString();
  kept.email ??= gone.email;
  kept.phone ??= gone.phone;
  kept.firstName ??= gone.firstName;
  kept.lastName ??= gone.lastName;
  kept.tags = [...new Set([...kept.tags, ...gone.tags])];
  kept.addresses.push(...gone.addresses);
  kept.defaultAddressId ??= gone.defaultAddressId;
  for (const order of state.orders.values()) {
    if (order.customerId === gone.id) Object.assign(order, { customerId: kept.id, updatedAt: at });
  }
  for (const discount of state.discounts.values()) {
    if (discount.context.type !== "customers") continue;
    discount.context.customerIds = [
      ...new Set(discount.context.customerIds.map((id) => (id === gone.id ? kept.id : id))),
    ];
  }
  moveStoreCredit(state, gone.id, kept.id);
  state.customers.delete(gone.id);
  state.metafields.delete(gid("Customer", gone.id));
  state.mergedCustomers.set(gone.id, kept.id);
  touch(world, shop, kept, at);
  world.webhooks.emit(shop, "customers/merge", () => mergePayload(kept.id, gone.id));
  return { keptId: kept.id, deletedId: gone.id };
}

/** The customer that a checkout with this e-mail belongs to, created when there is none. */
export function customerForEmail(world: World, shop: string, email: string, names: CustomerInput): Customer {
  return (
    findCustomerByEmail(world.store.shop(shop), email) ?? createCustomer(world, shop, { ...names, email })
  );
}

/** A customer, or a refusal as Shopify words it. */
export function requireCustomer(state: ShopState, id: Id): Customer {
  return state.customers.get(id) ?? refuse(["id"], "Customer does not exist", "CUSTOMER_DOES_NOT_EXIST");
}

/** Bumps `updatedAt` and tells the app. */
export function touch(world: World, shop: string, customer: Customer, at: string): void {
  customer.updatedAt = at;
  world.store.changed();
  world.webhooks.emit(shop, "customers/update", () => customerPayload(world.store.shop(shop).shop, customer));
}

function checkContact(state: ShopState, input: CustomerInput, exceptId: Id | null): void {
  if (input.email) {
    if (!EMAIL.test(input.email)) refuse(["email"], "Email is invalid", "INVALID");
    const other = findCustomerByEmail(state, input.email);
    if (other !== undefined && other.id !== exceptId)
      refuse(["email"], "Email has already been taken", "TAKEN");
  }
  if (input.phone) {
    const other = [...state.customers.values()].find((one) => one.phone === input.phone);
    if (other !== undefined && other.id !== exceptId)
      refuse(["phone"], "Phone has already been taken", "TAKEN");
  }
}

function fill(world: World, customer: Customer, input: CustomerInput, at: string): void {
  if (input.email !== undefined) customer.email = input.email;
  if (input.phone !== undefined) customer.phone = input.phone;
  if (input.firstName !== undefined) customer.firstName = input.firstName;
  if (input.lastName !== undefined) customer.lastName = input.lastName;
  if (input.locale !== undefined) customer.locale = input.locale;
  if (input.note !== undefined) customer.note = input.note;
  if (input.tags !== undefined) customer.tags = [...new Set(input.tags)];
  if (input.taxExempt !== undefined) customer.taxExempt = input.taxExempt;
  if (input.verifiedEmail !== undefined) customer.verifiedEmail = input.verifiedEmail;
  if (input.marketing !== undefined) customer.emailMarketing = { state: input.marketing, updatedAt: at };
  if (input.addresses !== undefined) {
    customer.addresses = input.addresses.map((address) => makeAddress(world, address));
    customer.defaultAddressId = customer.addresses[0]?.id ?? null;
  }
}

/** An address with all its fields. */
export function makeAddress(world: World, input: AddressInput): Address {
  return {
    id: world.store.newId(),
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    company: input.company ?? null,
    address1: input.address1 ?? null,
    address2: input.address2 ?? null,
    city: input.city ?? null,
    province: input.province ?? null,
    provinceCode: input.provinceCode ?? null,
    zip: input.zip ?? null,
    country: input.country ?? null,
    countryCode: input.countryCode ?? null,
    phone: input.phone ?? null,
  };
}

function moveStoreCredit(state: ShopState, fromId: Id, toId: Id): void {
  for (const account of [...state.storeCredit.values()].filter((one) => one.customerId === fromId)) {
    const target = [...state.storeCredit.values()].find(
      (one) => one.customerId === toId && one.currency === account.currency,
    );
    if (target === undefined) {
      account.customerId = toId;
      continue;
    }
    target.balanceMinor += account.balanceMinor;
    target.transactions.push(...account.transactions);
    state.storeCredit.delete(account.id);
  }
}
