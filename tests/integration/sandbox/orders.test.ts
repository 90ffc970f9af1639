import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  currentTotals,
  financialStatus,
  originalTotals,
  outstandingMinor,
} from "#sandbox/store/order-totals.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { refundPayload } from "#sandbox/webhooks/refund-payload.ts";
import { DEMO_SHOP, SEOUL_SHOP, anyBuyer, startSandbox, type TestApp } from "./support.ts";

let app: TestApp;
beforeEach(async () => {
  app = await startSandbox();
});
afterEach(() => app.stop());

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return (error as { userErrors?: { code: string }[] }).userErrors?.[0]?.code ?? error;
  }
  return "accepted";
};

/** Written out and read back, as the app meets it. */
const wire = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, never>;

describe("orders", () => {
  it("add tax on top in New York and take it out of the price in Seoul", () => {
    const ny = anyBuyer(app);
    const seoul = anyBuyer(app, SEOUL_SHOP);
    const line = { title: "Thing", priceMinor: 10_000, quantity: 1 };
    const dollars = ny.actions.placeOrder(DEMO_SHOP, {
      customerId: ny.customer.id,
      lines: [line],
      shippingHandle: null,
    });
    const won = seoul.actions.placeOrder(SEOUL_SHOP, {
      customerId: seoul.customer.id,
      lines: [line],
      shippingHandle: null,
    });
    expect(originalTotals(dollars)).toMatchObject({
      subtotalMinor: 10_000,
      taxMinor: 888,
      totalMinor: 10_888,
    });
    expect(originalTotals(won)).toMatchObject({ subtotalMinor: 10_000, taxMinor: 909, totalMinor: 10_000 });
    expect(wire(orderPayload(seoul.state, won))).toMatchObject({
      total_price: "10000",
      taxes_included: true,
      currency: "KRW",
    });
  });

  it("spread a code over the lines so that prices less allocations are the subtotal", () => {
    const { actions, customer, state } = anyBuyer(app);
    actions.createDiscount(DEMO_SHOP, {
      title: "Fixed",
      code: "LOOSE",
      value: { type: "amount", amountMinor: 1000, onEachItem: false },
    });
    const lines = [3333, 3333, 3334].map((priceMinor) => ({ title: "Thing", priceMinor, quantity: 1 }));
    const order = actions.placeOrder(DEMO_SHOP, { customerId: customer.id, lines, discountCodes: ["loose"] });
    const payload = wire(orderPayload(state, order)) as never as {
      subtotal_price: string;
      line_items: { price: string; discount_allocations: { amount: string }[] }[];
      discount_codes: unknown[];
    };
    const net = payload.line_items.reduce(
      (sum, one) => sum + Number(one.price) - Number(one.discount_allocations[0]?.amount),
      0,
    );
    expect(payload.subtotal_price).toBe("90.00");
    expect(net).toBeCloseTo(90, 8);
    expect(payload.discount_codes).toEqual([{ code: "LOOSE", amount: "10.00", type: "fixed_amount" }]);
  });

  it("refuse a code for every reason a checkout has", () => {
    const { actions, customer, state, variants } = anyBuyer(app);
    const other = [...state.customers.values()][1]!;
    const value = { type: "percentage", fraction: "0.1" } as const;
    const make = (code: string, rest: object = {}) =>
      actions.createDiscount(DEMO_SHOP, { title: code, code, value, ...rest });
    make("MINE", { context: { type: "customers", customerIds: [customer.id] }, usageLimit: 1 });
    make("ONCE", { oncePerCustomer: true });
    make("LATER", { startsAt: "2099-01-01T00:00:00.000Z" });
    make("BIG", { minimum: { type: "subtotal", amountMinor: 99_999_99 } });
    make("GONE", { endsAt: "2020-01-01T00:00:00.000Z", startsAt: "2019-01-01T00:00:00.000Z" });
    const buy = (code: string, customerId: string | null = customer.id, ...more: string[]) =>
      refusal(() =>
        actions.placeOrder(DEMO_SHOP, {
          customerId,
          lines: [{ variantId: variants[0]!.id, quantity: 1 }],
          discountCodes: [code, ...more],
        }),
      );
    expect(buy("NOPE")).toBe("NOT_FOUND");
    expect(buy("LATER")).toBe("NOT_STARTED");
    expect(buy("GONE")).toBe("EXPIRED");
    expect(buy("BIG")).toBe("MINIMUM_NOT_MET");
    expect(buy("MINE", null)).toBe("LOGIN_NEEDED");
    expect(buy("MINE", other.id)).toBe("WRONG_CUSTOMER");
    expect(buy("MINE", customer.id, "ONCE")).toBe("DOES_NOT_COMBINE");
    expect(buy("MINE")).toBe("accepted");
    expect(buy("MINE")).toBe("USAGE_LIMIT");
    expect(buy("ONCE")).toBe("accepted");
    expect(buy("ONCE")).toBe("ALREADY_USED");
    actions.deactivateDiscount(DEMO_SHOP, actions.findDiscountByCode(DEMO_SHOP, "once")!.id);
    expect(buy("ONCE", other.id)).toBe("EXPIRED");
    expect(refusal(() => make("mine"))).toBe("TAKEN");
  });

  it("refund unit by unit to the same as at once, tax too", () => {
    const { actions, customer } = anyBuyer(app);
    actions.createDiscount(DEMO_SHOP, {
      title: "Odd",
      code: "ODD",
      value: { type: "amount", amountMinor: 1001, onEachItem: false },
    });
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ title: "Thing", priceMinor: 3333, quantity: 3 }],
      discountCodes: ["ODD"],
      shippingHandle: null,
    });
    const lineItemId = order.lines[0]!.id;
    const refunds = [1, 2, 3].map(() =>
      actions.refundOrder(DEMO_SHOP, { orderId: order.id, lines: [{ lineItemId, quantity: 1 }] }),
    );
    const sum = (read: (one: { subtotalMinor: number; taxMinor: number }) => number) =>
      refunds.flatMap((one) => one.lines).reduce((total, one) => total + read(one), 0);
    expect(sum((one) => one.subtotalMinor)).toBe(originalTotals(order).subtotalMinor);
    expect(sum((one) => one.taxMinor)).toBe(originalTotals(order).taxMinor);
    expect(financialStatus(order)).toBe("refunded");
    expect(
      refusal(() =>
        actions.refundOrder(DEMO_SHOP, { orderId: order.id, lines: [{ lineItemId, quantity: 1 }] }),
      ),
    ).toBe("INVALID");
  });

  it("show an amount-only refund as a negative discrepancy, and line subtotals as JSON numbers", () => {
    const { actions, customer, state, variants } = anyBuyer(app);
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: variants[0]!.id, quantity: 2 }],
    });
    const amount = actions.refundOrder(DEMO_SHOP, { orderId: order.id, amountMinor: 500 });
    const line = actions.refundOrder(DEMO_SHOP, {
      orderId: order.id,
      lines: [{ lineItemId: order.lines[0]!.id, quantity: 1 }],
    });
    const shipping = actions.refundOrder(DEMO_SHOP, { orderId: order.id, shipping: { full: true } });
    expect(wire(refundPayload(state, order, amount))).toMatchObject({
      refund_line_items: [],
      order_adjustments: [{ reason: "Refund discrepancy", amount: "-5.00" }],
      transactions: [{ kind: "refund", status: "success", amount: "5.00" }],
    });
    expect(wire(refundPayload(state, order, line))).toMatchObject({
      refund_line_items: [{ subtotal: 28, subtotal_set: { shop_money: { amount: "28.00" } } }],
    });
    expect(wire(refundPayload(state, order, shipping))).toMatchObject({
      refund_shipping_lines: [{ subtotal_amount_set: { shop_money: { amount: "6.95" } } }],
      order_adjustments: [],
    });
    expect(outstandingMinor(order)).toBe(0);
    expect(wire(orderPayload(state, order))).toMatchObject({
      financial_status: "partially_refunded",
      line_items: [{ quantity: 2, current_quantity: 1 }],
    });
  });

  it("give everything back on a cancellation, once", () => {
    const { actions, customer, state, variants } = anyBuyer(app);
    const card = actions.createGiftCard(DEMO_SHOP, { initialMinor: 1000, code: "giftgift1" });
    actions.creditStoreCredit(DEMO_SHOP, customer.id, 500);
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: variants[0]!.id, quantity: 1 }],
      tenders: [{ kind: "gift_card", code: "GIFT-GIFT-1" }, { kind: "store_credit" }],
    });
    expect(order.transactions.map((one) => one.gateway)).toEqual([
      "gift_card",
      "shopify_store_credit",
      "shopify_payments",
    ]);
    expect([card.balanceMinor, actions.storeCreditBalance(DEMO_SHOP, customer.id)]).toEqual([0, 0]);
    actions.cancelOrder(DEMO_SHOP, { orderId: order.id });
    expect([card.balanceMinor, actions.storeCreditBalance(DEMO_SHOP, customer.id)]).toEqual([1000, 500]);
    expect(wire(orderPayload(state, order))).toMatchObject({
      financial_status: "refunded",
      cancel_reason: "customer",
      current_total_price: "0.00",
      line_items: [{ current_quantity: 0 }],
    });
    expect(refusal(() => actions.cancelOrder(DEMO_SHOP, { orderId: order.id }))).toBe("INVALID");
  });

  it("go up and down with an edit, and owe what was added", () => {
    const { actions, customer, variants } = anyBuyer(app);
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: variants[0]!.id, quantity: 2 }],
    });
    const before = order.updatedAt;
    actions.editOrder(DEMO_SHOP, {
      orderId: order.id,
      setQuantities: [{ lineItemId: order.lines[0]!.id, quantity: 1 }],
    });
    expect(currentTotals(order).linesMinor).toBe(2800);
    expect(originalTotals(order).linesMinor).toBe(5600);
    actions.editOrder(DEMO_SHOP, {
      orderId: order.id,
      addVariants: [{ variantId: variants[1]!.id, quantity: 3 }],
    });
    expect(financialStatus(order)).toBe("partially_paid");
    actions.markPaid(DEMO_SHOP, order.id);
    expect([financialStatus(order), outstandingMinor(order)]).toEqual(["paid", 0]);
    expect(order.updatedAt > before).toBe(true);
  });

  it("book what an edit takes off as a refund without money, and pay it out without counting it twice", () => {
    const { actions, customer, state, variants } = anyBuyer(app);
    const lines = [{ variantId: variants[0]!.id, quantity: 2 }];
    const order = actions.placeOrder(DEMO_SHOP, { customerId: customer.id, lines, shippingHandle: null });
    actions.editOrder(DEMO_SHOP, {
      orderId: order.id,
      setQuantities: [{ lineItemId: order.lines[0]!.id, quantity: 1 }],
    });
    const owed = -outstandingMinor(order);
    // 60.97 paid, less 28.00 and its tax of 2.49.
    expect(owed).toBe(3048);
    expect(wire(orderPayload(state, order))).toMatchObject({
      financial_status: "paid",
      line_items: [{ quantity: 2, current_quantity: 1 }],
      refunds: [
        { refund_line_items: [{ quantity: 1, subtotal: 28 }], transactions: [], order_adjustments: [] },
      ],
    });
    const refund = actions.refundOrder(DEMO_SHOP, { orderId: order.id, amountMinor: owed + 100 });
    expect(wire(refundPayload(state, order, refund))["order_adjustments"]).toMatchObject([
      { reason: "Pending refund discrepancy", amount: "-30.48" },
      { reason: "Refund discrepancy", amount: "-1.00" },
    ]);
    expect(outstandingMinor(order)).toBe(0);
  });

  it("belong to a customer by e-mail, to a new one, or to nobody", () => {
    const { actions, customer, state, variants } = anyBuyer(app);
    const lines = [{ variantId: variants[0]!.id, quantity: 1 }];
    expect(actions.placeOrder(DEMO_SHOP, { email: customer.email!.toUpperCase(), lines }).customerId).toBe(
      customer.id,
    );
    const made = actions.placeOrder(DEMO_SHOP, { email: "new@example.com", lines });
    expect(state.customers.get(made.customerId!)).toMatchObject({
      email: "new@example.com",
      state: "disabled",
    });
    const nobody = actions.placeOrder(DEMO_SHOP, { email: "new@example.com", customerId: null, lines });
    expect(wire(orderPayload(state, nobody))).toMatchObject({ customer: null, email: "new@example.com" });
  });

  it("name the shop in the order status page, for whoever checks where a payload is from", () => {
    const { actions, customer, state, variants } = anyBuyer(app, SEOUL_SHOP);
    const order = actions.placeOrder(SEOUL_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: variants[0]!.id, quantity: 1 }],
    });
    expect(new URL(String(wire(orderPayload(state, order))["order_status_url"])).host).toBe(SEOUL_SHOP);
  });
});
