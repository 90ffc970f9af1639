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

describe("a customer", () => {
  it("is added, changed, given store credit, merged and deleted", async () => {
    const state = shops.context.store.shop(DEMO);
    const ann = [...state.customers.values()][0];
    if (!ann) throw new Error("no customer");
    await admin.post("/admin/customers/new", { firstName: "Bo", email: "bo@example.com", tags: "vip, new" });
    const bo = [...state.customers.values()].find((entry) => entry.email === "bo@example.com");
    if (!bo) throw new Error("not added");
    expect(bo).toMatchObject({ firstName: "Bo", tags: ["vip", "new"], state: "enabled" });

    await admin.post(`/admin/customers/${bo.id}/update`, {
      firstName: "Bob",
      email: "bo@example.com",
      locale: "ko",
    });
    expect(state.customers.get(bo.id)).toMatchObject({ firstName: "Bob", locale: "ko" });
    await admin.post(`/admin/customers/${bo.id}/credit`, { amount: "12.50" });
    expect(shops.context.actions.storeCreditBalance(DEMO, bo.id)).toBe(1250);
    expect((await admin.get(`/admin/customers/${bo.id}`)).text).toContain("$12.50 store credit");

    const merged = await admin.post(`/admin/customers/${bo.id}/merge`, { other: ann.id });
    expect(merged.location).toContain("The+two+customers+are+one");
    expect(state.customers.size).toBe(1);
    const [kept] = [...state.customers.keys()];
    await admin.post(`/admin/customers/${kept}/delete`, {});
    expect(state.customers.size).toBe(0);
    const topics = shops.emitted.map((event) => event.topic);
    expect(topics).toEqual(
      expect.arrayContaining(["customers/update", "customers/merge", "customers/delete"]),
    );
  });

  it("with orders is not deleted, and the reason is said", async () => {
    const order = placeOrder();
    const answer = await admin.post(`/admin/customers/${order.customerId}/delete`, {});
    expect(answer.location).toContain("error=");
    expect(shops.context.store.shop(DEMO).customers.size).toBe(1);
  });

  it("can be asked about and erased", async () => {
    shops.context.actions.installApp(DEMO);
    const [id] = [...shops.context.store.shop(DEMO).customers.keys()];
    await admin.post(`/admin/customers/${id}/data-request`, {});
    await admin.post(`/admin/customers/${id}/redact`, {});
    const topics = shops.emitted.map((event) => event.topic);
    expect(topics).toEqual(expect.arrayContaining(["customers/data_request", "customers/redact"]));
  });
});

describe("discounts and mail", () => {
  it("makes a code, refuses a percentage that is none, and switches a code off", async () => {
    const refused = await admin.post("/admin/discounts", { code: "HALF", kind: "percentage", value: "many" });
    expect(refused.location).toContain("error=");
    await admin.post("/admin/discounts", { code: "HALF", kind: "percentage", value: "50" });
    const [discount] = [...shops.context.store.shop(DEMO).discounts.values()];
    expect(discount?.value).toEqual({ type: "percentage", fraction: "0.5" });
    await admin.post(`/admin/discounts/${discount?.id}/deactivate`, {});
    expect((await admin.get("/admin/discounts")).text).toContain("expired");
  });

  it("shows a mail in a frame that can do nothing", async () => {
    const html = "<script>alert(1)</script>";
    const mail = shops.context.actions.receiveMail(DEMO, { to: "ann@example.com", subject: "Hello", html });
    const page = await admin.get(`/admin/mailbox/${mail.id}`);
    expect(page.text).toContain('<iframe class="mail" sandbox');
    expect(page.text).not.toContain("<script>alert(1)");
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
