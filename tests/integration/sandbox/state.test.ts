import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fillDemo } from "#sandbox/demo/fill.ts";
import { DEMO_SHOP, SEOUL_SHOP, anyBuyer, callGraphql, startSandbox } from "./support.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dangol-state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the sandbox's state", () => {
  it("comes back from its file, with the webhooks that were still to be sent", async () => {
    const dataFile = join(folder, "sandbox.json");
    const first = await startSandbox({ dataFile });
    const { actions, customer, variants } = anyBuyer(first);
    await first.sandbox.control.webhooks.drain();
    first.sandbox.control.webhooks.plan({ mode: "hold", topics: [], remaining: null });
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: variants[0]!.id, quantity: 1 }],
    });
    await first.stop();
    const second = await startSandbox({ dataFile, install: false });
    expect(second.sandbox.control.store.shop(DEMO_SHOP).orders.get(order.id)).toEqual(order);
    expect(second.sandbox.control.webhooks.release()).toBe(2);
    await second.sandbox.control.webhooks.drain();
    expect(second.received.map((one) => one.topic).toSorted()).toEqual(["orders/create", "orders/paid"]);
    await second.stop();
  });

  it("starts anew on reset, and never gives an id twice", async () => {
    const app = await startSandbox();
    const before = [...app.sandbox.control.store.shop(DEMO_SHOP).customers.keys()];
    await app.sandbox.reset();
    const state = app.sandbox.control.store.shop(DEMO_SHOP);
    expect(state.installation).toBeNull();
    expect([...state.customers.keys()].filter((id) => before.includes(id))).toEqual([]);
    await app.stop();
  });

  it("keeps the shops apart, by host and by header", async () => {
    const app = await startSandbox();
    const name = async (shop: string) =>
      (await callGraphql(app, "{ shop { name currencyCode } }", {}, { shop })).data?.["shop"];
    expect(await name(DEMO_SHOP)).toEqual({ name: "Dangol Goods", currencyCode: "USD" });
    expect(await name(SEOUL_SHOP)).toEqual({ name: "단골상점", currencyCode: "KRW" });
    const { customer } = anyBuyer(app, SEOUL_SHOP);
    const elsewhere = await callGraphql(
      app,
      `{ customer(id: "gid://shopify/Customer/${customer.id}") { id } }`,
    );
    expect(elsewhere.data).toEqual({ customer: null });
    await app.stop();
  });

  it("answers the control API's mistakes in words", async () => {
    const app = await startSandbox();
    const call = async (method: string, path: string, body?: string) => {
      const response = await fetch(`${app.sandbox.url}/__sandbox/${path}`, { method, body: body ?? null });
      return [response.status, ((await response.json()) as { error?: { code: string } }).error?.code];
    };
    expect(await call("GET", "nothing")).toEqual([404, "not_found"]);
    expect(await call("POST", "orders", "{")).toEqual([400, "bad_json"]);
    expect(await call("POST", "orders", '{"lines":[]}')).toEqual([422, "invalid"]);
    expect(await call("POST", "orders?shop=other.myshopify.com", "{}")).toEqual([404, "unknown_shop"]);
    expect(await call("POST", "faults", '{"kind":"gremlin"}')).toEqual([400, "bad_request"]);
    expect((await fetch(`${app.sandbox.url}/__sandbox`)).headers.get("content-type")).toContain("text/html");
    await app.stop();
  });

  it("is filled for the demo once; a second run leaves it alone", async () => {
    const app = await startSandbox({ install: false });
    const filled = await fillDemo({ sandboxUrl: app.sandbox.url, orders: 90 });
    expect(filled.map((one) => [one.shop, one.orders])).toEqual([
      [DEMO_SHOP, 90],
      [SEOUL_SHOP, 90],
    ]);
    const orders = app.sandbox.control.store.shop(SEOUL_SHOP).orders.size;
    expect(orders).toBe(90);
    const seen = new Set(app.received.map((one) => one.topic));
    expect([...seen].toSorted()).toEqual(
      expect.arrayContaining([
        "customers/create",
        "orders/cancelled",
        "orders/create",
        "orders/paid",
        "refunds/create",
      ]),
    );
    const campaigns = () => app.received.filter(({ path }) => path.startsWith("/app/campaigns/")).length;
    expect(campaigns()).toBe(4); // saved and published in each shop
    await fillDemo({ sandboxUrl: app.sandbox.url, orders: 90 });
    expect(app.sandbox.control.store.shop(SEOUL_SHOP).orders.size).toBe(orders);
    expect(campaigns()).toBe(4);
    await app.stop();
  });
});
