import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { API_SECRET, DEMO_SHOP, SEOUL_SHOP, anyBuyer, startSandbox, type TestApp } from "./support.ts";

let app: TestApp;
beforeEach(async () => {
  app = await startSandbox();
});
afterEach(() => app.stop());

function placeOrder() {
  const { actions, customer, variants } = anyBuyer(app);
  return actions.placeOrder(DEMO_SHOP, {
    customerId: customer.id,
    lines: [{ variantId: variants[0]!.id, quantity: 2 }],
  });
}

const topics = () => app.received.map((one) => one.topic);
const control = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${app.sandbox.url}/__sandbox/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return (await response.json()) as Record<string, never>;
};

describe("webhooks", () => {
  it("are signed over the raw body and carry every header", async () => {
    placeOrder();
    await app.sandbox.control.webhooks.drain();
    expect(topics().toSorted()).toEqual(["orders/create", "orders/paid"]);
    for (const one of app.received) {
      expect(one.headers["x-shopify-hmac-sha256"]).toBe(
        createHmac("sha256", API_SECRET).update(one.body).digest("base64"),
      );
      expect(one.headers).toMatchObject({
        "content-type": "application/json",
        "x-shopify-shop-domain": DEMO_SHOP,
        "x-shopify-api-version": "2026-10",
        "x-shopify-name": "all",
      });
      expect(one.headers["x-shopify-webhook-id"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(Date.parse(String(one.headers["x-shopify-triggered-at"]))).not.toBeNaN();
      expect(one.headers["x-shopify-event-id"]).toBeTruthy();
    }
  });

  it("are tried once and eight times again under the same webhook id, then given up", async () => {
    app.answer.status = 503;
    app.sandbox.control.actions.sendShopRedact(DEMO_SHOP);
    await app.sandbox.control.webhooks.drain();
    expect(app.received).toHaveLength(9);
    expect(new Set(app.received.map((one) => one.headers["x-shopify-webhook-id"])).size).toBe(1);
    expect(app.sandbox.control.webhooks.list()[0]).toMatchObject({ topic: "shop/redact", state: "failed" });
  });

  it("take a redirect for a failure", async () => {
    app.answer.status = 302;
    app.sandbox.control.actions.sendShopRedact(DEMO_SHOP);
    await app.sandbox.control.webhooks.drain();
    expect(app.received).toHaveLength(9);
  });

  it("can be held and released in reverse", async () => {
    await control("POST", "webhooks/hold", {});
    const order = placeOrder();
    app.sandbox.control.actions.refundOrder(DEMO_SHOP, { orderId: order.id, amountMinor: 100 });
    expect(await control("POST", "webhooks/drain", {})).toEqual({ pending: 0 });
    expect(app.received).toHaveLength(0);
    expect(await control("POST", "webhooks/release", { order: "reverse" })).toEqual({ released: 4 });
    await control("POST", "webhooks/drain", {});
    expect(topics().toSorted()).toEqual(["orders/create", "orders/paid", "orders/updated", "refunds/create"]);
  });

  it("can be lost, doubled, and sent again as a retry or as a replay", async () => {
    await control("POST", "webhooks/plan", { mode: "drop", topics: ["orders/create"] });
    placeOrder();
    await control("POST", "webhooks/drain", {});
    expect(topics()).toEqual(["orders/paid"]);
    await control("POST", "webhooks/plan", { mode: "duplicate", topics: ["orders/create"], count: 1 });
    placeOrder();
    await control("POST", "webhooks/drain", {});
    expect(topics().filter((topic) => topic === "orders/create")).toHaveLength(2);
    const { deliveries } = (await control("GET", "webhooks?topic=orders/paid")) as never as {
      deliveries: { id: string }[];
    };
    await control("POST", `webhooks/${deliveries[0]!.id}/redeliver`, {});
    await control("POST", `webhooks/${deliveries[0]!.id}/redeliver`, { freshId: true, toShop: SEOUL_SHOP });
    await control("POST", "webhooks/drain", {});
    const [again, replayed] = app.received.slice(-2);
    const ids = [
      again?.headers["x-shopify-webhook-id"],
      replayed?.headers["x-shopify-webhook-id"],
    ].toSorted();
    expect(ids).toContain(deliveries[0]!.id);
    expect(new Set(ids).size).toBe(2);
  });

  it("stop with the uninstall, which is told without the shop's own name; compliance goes on", async () => {
    app.sandbox.control.actions.uninstallApp(DEMO_SHOP);
    placeOrder();
    app.sandbox.control.actions.sendShopRedact(DEMO_SHOP);
    await app.sandbox.control.webhooks.drain();
    expect(topics()).toEqual(["app/uninstalled", "shop/redact"]);
    expect(app.received[0]?.json["myshopify_domain"]).toBeNull();
    expect(app.received[1]).toMatchObject({ path: "/compliance", json: { shop_domain: DEMO_SHOP } });
  });

  it("write 18-digit ids without losing a digit", async () => {
    app.sandbox.control.actions.updateShop(DEMO_SHOP, { largeIds: true });
    const order = placeOrder();
    await app.sandbox.control.webhooks.drain();
    expect(order.id).toHaveLength(18);
    expect(app.received[0]?.body.toString("utf8")).toContain(
      `"id":${order.id},"admin_graphql_api_id":"gid://shopify/Order/${order.id}"`,
    );
  });

  it("tell a merge and a change of scopes", async () => {
    const { actions, state } = anyBuyer(app);
    const [one, two] = [...state.customers.values()];
    actions.mergeCustomers(DEMO_SHOP, one!.id, two!.id);
    actions.updateScopes(DEMO_SHOP, ["read_orders"]);
    await app.sandbox.control.webhooks.drain();
    expect(app.received.find((hook) => hook.topic === "customers/merge")?.json).toMatchObject({
      admin_graphql_api_customer_kept_id: `gid://shopify/Customer/${one!.id}`,
      admin_graphql_api_customer_deleted_id: `gid://shopify/Customer/${two!.id}`,
      status: "completed",
    });
    expect(app.received.find((hook) => hook.topic === "app/scopes_update")?.json).toMatchObject({
      current: ["read_orders"],
    });
  });
});
