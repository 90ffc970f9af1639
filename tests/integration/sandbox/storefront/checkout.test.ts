import { beforeEach, describe, expect, it } from "vitest";
import { storefrontHandler } from "#sandbox/storefront/handler.ts";
import { currentTotals, financialStatus } from "#sandbox/store/order-totals.ts";
import { createTestShops, createVisitor, DEMO, SEOUL } from "#tests/support/storefront.ts";
import type { TestShops } from "#tests/support/storefront.ts";

const ADDRESS = {
  email: "ann@example.com",
  first_name: "Ann",
  last_name: "Lee",
  address1: "1 Main St",
  city: "New York",
  zip: "10001",
};

let shops: TestShops;
let handler: ReturnType<typeof storefrontHandler>;
let mug: string;

beforeEach(() => {
  shops = createTestShops();
  handler = storefrontHandler(shops.context);
  mug = [...shops.context.store.shop(DEMO).products.values()][0]?.variants[0]?.id ?? "";
});

async function visitorWithMug(quantity = 1) {
  const visitor = createVisitor(handler, DEMO);
  await visitor.postJson("/cart/add.js", { id: Number(mug), quantity });
  return visitor;
}

function ordersOf(shop: string) {
  return [...shops.context.store.shop(shop).orders.values()];
}

describe("the AJAX cart", () => {
  it("adds the same variant to its line and answers with the line", async () => {
    const visitor = await visitorWithMug();
    const added = JSON.parse((await visitor.postJson("/cart/add.js", { id: mug, quantity: 2 })).text);
    expect(added).toMatchObject({ quantity: 3, price: 2850, line_price: 8550, variant_title: "Oat" });
    expect(JSON.parse((await visitor.get("/cart.js")).text)).toMatchObject({
      item_count: 3,
      total_price: 8550,
      currency: "USD",
    });
  });

  it("keeps lines with different properties apart", async () => {
    const visitor = await visitorWithMug();
    await visitor.postJson("/cart/add.js", { items: [{ id: mug, properties: { Engraving: "A" } }] });
    expect(JSON.parse((await visitor.get("/cart.js")).text).items).toHaveLength(2);
  });

  it("changes and removes lines by position and by key", async () => {
    const visitor = await visitorWithMug();
    expect(
      JSON.parse((await visitor.postJson("/cart/change.js", { line: 1, quantity: 4 })).text).item_count,
    ).toBe(4);
    expect(
      JSON.parse((await visitor.postJson("/cart/change.js", { id: `${mug}:1`, quantity: 0 })).text)
        .item_count,
    ).toBe(0);
  });

  it("takes discount codes, and says which of them apply", async () => {
    shops.context.actions.createDiscount(DEMO, {
      title: "Ten",
      code: "TEN",
      value: { type: "percentage", fraction: "0.1" },
    });
    const visitor = await visitorWithMug();
    const cart = JSON.parse((await visitor.postJson("/cart/update.js", { discount: "ten,NOPE" })).text);
    expect(cart.discount_codes).toEqual([
      { code: "ten", applicable: true },
      { code: "NOPE", applicable: false },
    ]);
    expect(cart).toMatchObject({ original_total_price: 2850, total_discount: 285, total_price: 2565 });
    expect(
      JSON.parse((await visitor.postJson("/cart/update.js", { discount: "" })).text).discount_codes,
    ).toEqual([]);
  });

  it("refuses what is not sold", async () => {
    const answer = await createVisitor(handler, DEMO).postJson("/cart/add.js", { id: "1" });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({
      message: "Cart Error",
      description: "This product is no longer sold.",
    });
  });
});

describe("the checkout", () => {
  it("makes a paid order of the customer's, empties the cart and shows the thank-you page", async () => {
    const visitor = await visitorWithMug(2);
    await visitor.post("/account/login", { "customer[email]": "ann@example.com" });
    const paid = await visitor.post("/checkout", { ...ADDRESS, shipping: "standard", action: "pay" });
    const [order] = ordersOf(DEMO);
    expect(order).toMatchObject({ email: "ann@example.com", sourceName: "web", locale: "en" });
    expect(order?.customerId).toBe([...shops.context.store.shop(DEMO).customers.values()][0]?.id);
    expect(order && financialStatus(order)).toBe("paid");
    expect(paid.location).toBe(`/orders/${order?.token}?thanks=1`);
    expect((await visitor.get(paid.location)).text).toContain("Thank you, Ann");
    expect(JSON.parse((await visitor.get("/cart.js")).text).item_count).toBe(0);
    expect(shops.emitted.map((event) => event.topic)).toContain("orders/paid");
  });

  it("places one order when the same form is sent twice", async () => {
    const visitor = await visitorWithMug();
    await visitor.post("/checkout", { ...ADDRESS, action: "pay" });
    expect((await visitor.post("/checkout", { ...ADDRESS, action: "pay" })).location).toBe("/cart");
    expect(ordersOf(DEMO)).toHaveLength(1);
  });

  it("places one order when the button is pressed twice at once", async () => {
    const visitor = await visitorWithMug();
    const cart = visitor.jar.get("cart") ?? "";
    const first = await visitor.post("/checkout", { ...ADDRESS, action: "pay" });
    visitor.jar.set("cart", cart);
    const second = await visitor.post("/checkout", { ...ADDRESS, action: "pay" });
    expect(second.location).toBe(first.location);
    expect(ordersOf(DEMO)).toHaveLength(1);
  });

  it("uses a code kept by a link", async () => {
    shops.context.actions.createDiscount(DEMO, {
      title: "Five",
      code: "FIVE",
      value: { type: "amount", amountMinor: 500, onEachItem: false },
    });
    const visitor = await visitorWithMug();
    expect((await visitor.get("/discount/FIVE?redirect=/cart")).location).toBe("/cart");
    await visitor.post("/checkout", { ...ADDRESS, action: "pay" });
    const [order] = ordersOf(DEMO);
    expect(order?.discountCodes).toEqual([{ code: "FIVE", amountMinor: 500, type: "fixed_amount" }]);
    expect(order && currentTotals(order).subtotalMinor).toBe(2350);
  });

  it("says why a code does not apply, and keeps what was typed", async () => {
    const { actions, store } = shops.context;
    const ann = [...store.shop(DEMO).customers.values()][0];
    const context = { type: "customers" as const, customerIds: [ann?.id ?? ""] };
    actions.createDiscount(DEMO, {
      title: "Hers",
      code: "HERS",
      value: { type: "percentage", fraction: "0.1" },
      context,
    });
    const visitor = await visitorWithMug();
    const unknown = await visitor.post("/checkout", {
      ...ADDRESS,
      address1: "<Main>",
      code: "nope",
      action: "apply",
    });
    expect(unknown.status).toBe(422);
    expect(unknown.text).toContain("The code nope is not known here");
    expect(unknown.text).toContain('value="&lt;Main&gt;"');
    const guest = await visitor.post("/checkout", {
      ...ADDRESS,
      email: "x@example.com",
      code: "HERS",
      action: "apply",
    });
    expect(guest.text).toContain("The code HERS belongs to");
    await visitor.post("/account/login", { "customer[email]": "ann@example.com" });
    const own = await visitor.post("/checkout", { ...ADDRESS, code: "HERS", action: "apply" });
    expect([own.status, own.text.includes('value="remove:HERS"')]).toEqual([200, true]);
  });

  it("does not take money for a code that stopped working on the way", async () => {
    const discount = shops.context.actions.createDiscount(DEMO, {
      title: "Ten",
      code: "TEN",
      value: { type: "percentage", fraction: "0.1" },
    });
    const visitor = await visitorWithMug();
    await visitor.post("/checkout", { ...ADDRESS, code: "TEN", action: "apply" });
    shops.context.actions.deactivateDiscount(DEMO, discount.id);
    const answer = await visitor.post("/checkout", { ...ADDRESS, action: "pay" });
    expect(answer.text).toContain("can no longer be used");
    expect(ordersOf(DEMO)).toHaveLength(0);
  });

  it("names each field that is missing beside it", async () => {
    const visitor = await visitorWithMug();
    const answer = await visitor.post("/checkout", { email: "not an address", action: "pay" });
    expect(answer.text).toContain('id="error-email"');
    expect(answer.text).toContain('id="error-zip"');
    expect(ordersOf(DEMO)).toHaveLength(0);
  });

  it("pays with store credit first when asked to", async () => {
    const ann = [...shops.context.store.shop(DEMO).customers.values()][0];
    shops.context.actions.creditStoreCredit(DEMO, ann?.id ?? "", 1000);
    const visitor = await visitorWithMug();
    await visitor.post("/account/login", { "customer[email]": "ann@example.com" });
    await visitor.post("/checkout", { ...ADDRESS, store_credit: "1", action: "pay" });
    const gateways = ordersOf(DEMO)[0]?.transactions.map((entry) => [entry.gateway, entry.amountMinor]);
    expect(gateways?.[0]).toEqual(["shopify_store_credit", 1000]);
  });

  it("prices won without decimals, tax included", async () => {
    const cup = [...shops.context.store.shop(SEOUL).products.values()][0]?.variants[0]?.id ?? "";
    const visitor = createVisitor(handler, SEOUL);
    await visitor.postJson("/cart/add.js", { id: cup });
    const page = await visitor.get("/checkout");
    expect(page.text).toContain("42,000원 결제하기");
    await visitor.post("/checkout", { ...ADDRESS, last_name: "김", action: "pay" });
    const [order] = ordersOf(SEOUL);
    expect(order && currentTotals(order)).toMatchObject({
      subtotalMinor: 39_000,
      shippingMinor: 3000,
      totalMinor: 42_000,
    });
  });
});
