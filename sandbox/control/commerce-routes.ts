import type * as Input from "#sandbox/actions/inputs.ts";
import { customerStats } from "#sandbox/store/customer-stats.ts";
import {
  currentTotals,
  financialStatus,
  fulfillmentStatus,
  originalTotals,
  outstandingMinor,
} from "#sandbox/store/order-totals.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { Customer } from "#sandbox/store/types.ts";
import { inputOf, limitOf } from "./route.ts";
import type { ControlCall, Route } from "./route.ts";

function showOrder(order: Order): unknown {
  return {
    ...order,
    financialStatus: financialStatus(order),
    fulfillmentStatus: fulfillmentStatus(order),
    totals: originalTotals(order),
    currentTotals: currentTotals(order),
    outstandingMinor: outstandingMinor(order),
  };
}

function showCustomer(call: ControlCall, customer: Customer): unknown {
  const stats = customerStats(call.state, customer.id);
  const metafields = [
    ...(call.state.metafields.get(`gid://shopify/Customer/${customer.id}`)?.values() ?? []),
  ];
  return {
    ...customer,
    orders: stats.orders,
    spentMinor: stats.spentMinor,
    metafields: Object.fromEntries(metafields.map((one) => [`${one.namespace}.${one.key}`, one.value])),
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`No such ${what}`);
  return value;
}

const lastOf = <T>(call: ControlCall, items: Iterable<T>): T[] =>
  [...items].slice(-limitOf(call, 250)).toReversed();

/** What happens in a shop: customers, goods, orders, discounts, credit, mail. */
export const commerceRoutes: Readonly<Record<string, Route>> = {
  "GET shops": ({ context }) => ({
    shops: [...context.store.state.shops.values()].map((state) => ({
      ...state.shop,
      url: context.shopUrl(state.shop.domain),
      installed: state.installation !== null,
      customers: state.customers.size,
      orders: state.orders.size,
    })),
  }),
  "PATCH shop": (call) => {
    call.context.actions.updateShop(call.shop, inputOf<Input.ShopInput>(call));
    return { shop: call.state.shop };
  },

  "GET customers": (call) => ({
    customers: lastOf(call, call.state.customers.values()).map((one) => showCustomer(call, one)),
  }),
  "GET customers/:id": (call) => ({
    customer: showCustomer(call, found(call.state.customers.get(call.id), "customer")),
  }),
  "POST customers": (call) => ({
    customer: call.context.actions.createCustomer(call.shop, inputOf<Input.CustomerInput>(call)),
  }),
  "PATCH customers/:id": (call) => ({
    customer: call.context.actions.updateCustomer(call.shop, call.id, inputOf<Input.CustomerInput>(call)),
  }),
  "DELETE customers/:id": (call) => {
    call.context.actions.deleteCustomer(call.shop, call.id);
    return { ok: true };
  },
  "POST customers/:id/merge": (call) =>
    call.context.actions.mergeCustomers(call.shop, call.id, String(call.body["otherId"])),
  "POST customers/:id/store-credit": (call) => ({
    account: call.context.actions.creditStoreCredit(call.shop, call.id, Number(call.body["amountMinor"])),
  }),

  "GET products": (call) => ({ products: [...call.state.products.values()] }),
  "POST products": (call) => ({
    product: call.context.actions.createProduct(call.shop, inputOf<Input.ProductInput>(call)),
  }),
  "DELETE products/:id": (call) => {
    call.context.actions.deleteProduct(call.shop, call.id);
    return { ok: true };
  },
  "GET collections": (call) => ({ collections: [...call.state.collections.values()] }),

  "GET orders": (call) => ({ orders: lastOf(call, call.state.orders.values()).map(showOrder) }),
  "GET orders/:id": (call) => ({ order: showOrder(found(call.state.orders.get(call.id), "order")) }),
  "POST orders": (call) => ({
    order: showOrder(call.context.actions.placeOrder(call.shop, inputOf<Input.PlaceOrderInput>(call))),
  }),
  "POST quote": (call) => ({
    quote: call.context.actions.quoteOrder(call.shop, inputOf<Input.PlaceOrderInput>(call)),
  }),
  "POST orders/:id/pay": (call) => ({ order: showOrder(call.context.actions.markPaid(call.shop, call.id)) }),
  "POST orders/:id/fulfil": (call) => ({
    order: showOrder(
      call.context.actions.fulfilOrder(
        call.shop,
        call.id,
        inputOf<{ lines?: { lineItemId: string; quantity: number }[] }>(call).lines,
      ),
    ),
  }),
  "POST orders/:id/cancel": (call) => ({
    order: showOrder(
      call.context.actions.cancelOrder(call.shop, {
        ...inputOf<Omit<Input.CancelInput, "orderId">>(call),
        orderId: call.id,
      }),
    ),
  }),
  "POST orders/:id/refund": (call) => {
    const refund = call.context.actions.refundOrder(call.shop, {
      ...inputOf<Omit<Input.RefundInput, "orderId">>(call),
      orderId: call.id,
    });
    return { refund, order: showOrder(found(call.state.orders.get(call.id), "order")) };
  },
  "POST orders/:id/dispute": (call) => ({
    order: showOrder(
      call.context.actions.disputeOrder(call.shop, {
        ...inputOf<Omit<Input.DisputeInput, "orderId">>(call),
        orderId: call.id,
      }),
    ),
  }),
  "POST orders/:id/edit": (call) => ({
    order: showOrder(
      call.context.actions.editOrder(call.shop, {
        ...inputOf<Omit<Input.EditInput, "orderId">>(call),
        orderId: call.id,
      }),
    ),
  }),
  "PATCH orders/:id": (call) => ({
    order: showOrder(call.context.actions.updateOrder(call.shop, call.id, inputOf(call))),
  }),

  "GET discounts": (call) => ({ discounts: lastOf(call, call.state.discounts.values()) }),
  "POST discounts": (call) => ({
    discount: call.context.actions.createDiscount(call.shop, inputOf<Input.DiscountInput>(call)),
  }),
  "POST discounts/:id/deactivate": (call) => ({
    discount: call.context.actions.deactivateDiscount(call.shop, call.id),
  }),
  "DELETE discounts/:id": (call) => {
    call.context.actions.deleteDiscount(call.shop, call.id);
    return { ok: true };
  },
  "GET gift-cards": (call) => ({ giftCards: [...call.state.giftCards.values()] }),
  "POST gift-cards": (call) => ({
    giftCard: call.context.actions.createGiftCard(call.shop, inputOf<Input.GiftCardInput>(call)),
  }),

  "GET mailbox": (call) => ({ mails: lastOf(call, call.state.mailbox) }),
  "POST mailbox": (call) => ({
    mail: call.context.actions.receiveMail(call.shop, inputOf<Input.MailInput>(call)),
  }),
  "DELETE mailbox": (call) => {
    call.state.mailbox = [];
    call.context.store.changed();
    return { ok: true };
  },

  "GET theme": (call) => ({ theme: call.state.theme }),
  "POST theme/blocks": (call) => ({
    block: call.context.actions.saveThemeBlock(call.shop, inputOf<Input.ThemeBlockInput>(call)),
  }),
};
