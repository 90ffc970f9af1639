import { fullName } from "./full-name.ts";
import { countsForCustomer, receivedMinor, refundedMinor } from "./order-totals.ts";
import type { Order } from "./order-types.ts";
import type { Customer, Id, ShopState } from "./types.ts";

/** The orders of a customer, oldest first. */
export function ordersOf(state: ShopState, customerId: Id): Order[] {
  return [...state.orders.values()].filter((order) => order.customerId === customerId);
}

/** How many orders a customer placed, and what they paid for them, less refunds. */
export function customerStats(
  state: ShopState,
  customerId: Id,
): { orders: number; spentMinor: number; lastOrder: Order | null } {
  const orders = ordersOf(state, customerId).filter(countsForCustomer);
  return {
    orders: orders.length,
    spentMinor: orders.reduce((sum, order) => sum + receivedMinor(order) - refundedMinor(order), 0),
    lastOrder: orders.at(-1) ?? null,
  };
}

/** A customer by e-mail, without regard to case. */
export function findCustomerByEmail(state: ShopState, email: string): Customer | undefined {
  const wanted = email.trim().toLowerCase();
  for (const customer of state.customers.values()) {
    if (customer.email?.toLowerCase() === wanted) return customer;
  }
  return undefined;
}

/** The name, or the e-mail, or the id. */
export function displayName(customer: Customer): string {
  return fullName(customer.firstName, customer.lastName) || customer.email || customer.phone || customer.id;
}
