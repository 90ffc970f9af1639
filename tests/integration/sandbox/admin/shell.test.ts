import { beforeEach, describe, expect, it } from "vitest";
import { adminHandler } from "#sandbox/admin/handler.ts";
import { currentQuantity, currentTotals, financialStatus } from "#sandbox/store/order-totals.ts";
import { createTestShops, createVisitor, DEMO, SEOUL } from "#tests/support/storefront.ts";
import type { TestShops } from "#tests/support/storefront.ts";

let shops: TestShops;
let admin: ReturnType<typeof createVisitor>;

beforeEach(() => {
  shops = createTestShops({ appUrl: "http://localhost:3000" });
  admin = createVisitor(adminHandler(shops.context), DEMO);
});

function placeOrder() {
  const state = shops.context.store.shop(DEMO);
  const variantId = [...state.products.values()][0]?.variants[0]?.id ?? "";
  const customerId = [...state.customers.keys()][0] ?? "";
  return shops.context.actions.placeOrder(DEMO, {
    lines: [{ variantId, quantity: 2 }],
    customerId,
    payment: "pending",
  });
}

describe("the pages of the shell", () => {
  it.each([
    "",
    "/orders",
    "/orders/new",
    "/customers",
    "/customers/new",
    "/discounts",
    "/themes",
    "/mailbox",
    "/settings",
  ])("/admin%s is there", async (path) => {
    placeOrder();
    const page = await admin.get(`/admin${path}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain("Sandbox admin");
  });

  it("leave the Admin API and the token endpoint to their own handlers", async () => {
    const handler = adminHandler(shops.context);
    await expect(createVisitor(handler, DEMO).get("/admin/api/2026-10/graphql.json")).rejects.toThrow(
      "nobody answered",
    );
    await expect(createVisitor(handler, DEMO).get("/admin/oauth/access_token")).rejects.toThrow(
      "nobody answered",
    );
  });

  it("send who asks for another shop to that shop's address", async () => {
    expect((await admin.get(`/admin/orders?shop=${SEOUL}`)).location).toBe(
      "http://dangol-seoul.localhost:4000/admin/orders",
    );
  });

  it("escape what a customer is called", async () => {
    shops.context.actions.createCustomer(DEMO, { email: "x@example.com", firstName: "<img onerror=1>" });
    expect((await admin.get("/admin/customers")).text).not.toContain("<img onerror");
  });

  it("take no form from another site", async () => {
    const order = placeOrder();
    const answer = await admin.send("POST", `/admin/orders/${order.id}/mark-paid`, "", {
      origin: "https://evil.example",
    });
    expect(answer.status).toBe(403);
    expect(financialStatus(order)).toBe("pending");
  });
});

describe("an order", () => {
  it("is created, paid, edited, refunded and cancelled by hand", async () => {
    const variantId = [...shops.context.store.shop(DEMO).products.values()][0]?.variants[0]?.id ?? "";
    const created = await admin.post("/admin/orders/new", {
      variant_1: variantId,
      quantity_1: "3",
      email: "guest@example.com",
      payment: "pending",
    });
    const [order] = [...shops.context.store.shop(DEMO).orders.values()];
    if (!order) throw new Error("no order");
    expect(created.location).toContain(`/admin/orders/${order.id}?notice=`);
    const line = order.lines[0];
    if (!line) throw new Error("no line");

    await admin.post(`/admin/orders/${order.id}/mark-paid`, {});
    expect(financialStatus(order)).toBe("paid");
    await admin.post(`/admin/orders/${order.id}/edit`, { [`quantity_${line.id}`]: "2" });
    expect(currentQuantity(order, line)).toBe(2);
    await admin.post(`/admin/orders/${order.id}/refund`, { [`refund_${line.id}`]: "1", money: "back" });
    expect(currentTotals(order).subtotalMinor).toBe(2850);
    await admin.post(`/admin/orders/${order.id}/cancel`, { reason: "customer", refund: "1" });
    expect(order.cancelledAt).not.toBeNull();
    const topics = shops.emitted.map((event) => event.topic);
    expect(topics).toEqual(expect.arrayContaining(["orders/paid", "refunds/create", "orders/cancelled"]));
  });

  it("says what cannot be read and changes nothing", async () => {
    const order = placeOrder();
    await admin.post(`/admin/orders/${order.id}/mark-paid`, {});
    const answer = await admin.post(`/admin/orders/${order.id}/refund`, { amount: "1.234" });
    expect(decodeURIComponent(answer.location)).toContain("is+not+an+amount+of+USD");
    expect(order.refunds).toHaveLength(0);
  });
});

describe("the app", () => {
  it("is installed and opened in a frame with what Shopify sends", async () => {
    expect((await admin.get("/admin/apps/dangol")).location).toBe("/admin/settings");
    expect((await admin.post("/admin/settings/install", {})).location).toContain("/admin/apps/dangol");
    const page = await admin.get("/admin/apps/dangol/app/members?q=a");
    const frame = new URL(
      (/<iframe[^>]+data-src="([^"]+)"/.exec(page.text)?.[1] ?? "").replace(/&amp;/g, "&"),
    );
    // An app on localhost is met under the shop's host, so that the frame is of the same site.
    expect(frame.origin + frame.pathname).toBe("http://dangol-demo.localhost:3000/app/members");
    expect(Object.fromEntries(frame.searchParams)).toMatchObject({
      q: "a",
      embedded: "1",
      shop: DEMO,
      locale: "en",
      id_token: `token-of-${DEMO}`,
    });
    expect(Buffer.from(frame.searchParams.get("host") ?? "", "base64").toString()).toBe(
      "admin.shopify.com/store/dangol-demo",
    );
  });

  it("learns which of its blocks are on", async () => {
    await admin.post("/admin/settings/install", {});
    const [extension] = JSON.parse((await admin.get("/admin/__extensions")).text);
    expect(extension).toMatchObject({ handle: "storefront-extension", type: "theme_app_extension" });
    const widget = extension.activations.find((entry: { handle: string }) => entry.handle === "widget");
    expect(widget).toMatchObject({ target: "body", status: "active" });
    expect(widget.activations).toHaveLength(1);
  });

  it("has its blocks switched on by the theme editor's deep link, twice the same", async () => {
    shops.context.actions.installApp(DEMO);
    for (let time = 0; time < 2; time += 1) {
      await admin.get(
        "/admin/themes/current/editor?template=cart&addAppBlockId=key/points&target=mainSection",
      );
    }
    const { blocks } = shops.context.store.shop(DEMO).theme;
    expect(blocks.filter((block) => block.handle === "points" && block.template === "cart")).toHaveLength(1);
  });

  it("gets no token on a shop where it is not installed", async () => {
    expect((await admin.get("/admin/__id_token")).status).toBe(403);
  });

  it("is served App Bridge as one script", async () => {
    const script = await admin.get("/app-bridge.js");
    expect(script.headers).toMatchObject({ "content-type": "text/javascript; charset=utf-8" });
    expect(() => new Function(script.text)).not.toThrow();
  });
});

describe("theme settings", () => {
  it("keep the texts and switches of a block", async () => {
    await admin.post("/admin/settings/install", {});
    const { blocks } = shops.context.store.shop(DEMO).theme;
    const block = blocks.find((entry) => entry.handle === "points");
    await admin.post(`/admin/themes/blocks/${block?.id}/save`, { setting_label: "Mine", setting_loud: "1" });
    expect(block).toMatchObject({ enabled: false, settings: { label: "Mine", loud: true } });
  });
});
