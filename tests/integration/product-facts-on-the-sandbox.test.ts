import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { settleOrderJob } from "#app/loyalty/orders/settle-order-job.server.ts";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { processInboxEvent } from "#app/process-inbox-event.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { SHOP, shopOnSandbox, type ShopOnSandbox } from "#tests/support/shop-on-sandbox.ts";
import { webhookRequest } from "#tests/support/webhook.ts";

// What rules ask of products, against a catalogue that changes: the sandbox's own webhooks, handed over one by one.

const database = useTestDatabase();
/** Later than whatever the sandbox does meanwhile, and a second later with every delivery. */
let now = new Date(Date.now() + 3_600_000);
let shop: ShopOnSandbox;

beforeAll(async () => {
  shop = await shopOnSandbox(database.db, () => now);
});
afterAll(() => shop.sandbox.close());

let productId: string;
let variantId: string;
let collectionId: string;

beforeEach(async () => {
  const { actions } = shop.sandbox.control;
  const product = actions.createProduct(SHOP, {
    title: "Moon jar",
    vendor: "Kiln",
    variants: [{ priceMinor: 10_000 }],
  });
  productId = product.id;
  variantId = product.variants[0]!.id;
  collectionId = actions.createCollection(SHOP, { title: "Jars", productIds: [productId] }).id;
  await rates([{ id: "jars", match: "collection", values: [collectionId], points: 10, perMinor: 100 }]);
});

/** 5 points a dollar, and what the rules say. */
async function rates(rules: ProgramSettings["earn"]["rules"]): Promise<void> {
  await database.db.query(
    `update program_version set settings = jsonb_set(settings, '{earn,rules}', $2::jsonb) where shop_id = $1`,
    [SHOP, JSON.stringify(rules)],
  );
}

/** Hands the newest delivery of a topic to the app, as often as asked; answers with what became of it. */
async function deliver(topic: string, times = 1): Promise<(string | null)[]> {
  const [delivery] = shop.sandbox.control.webhooks.list({ topic, shop: SHOP, limit: 1 });
  const outcomes: (string | null)[] = [];
  for (let time = 0; time < times; time += 1) {
    now = new Date(now.getTime() + 1_000);
    const webhookId = randomUUID();
    await handleWebhook(
      shop.services,
      webhookRequest({ topic, shopId: SHOP, body: delivery!.body, webhookId }),
    );
    await processInboxEvent(shop.services, { shopId: SHOP, webhookId }, { now });
    const [event] = await database.db.query<{ status: string; reason: string | null }>(
      `select status, reason from inbox_event where shop_id = $1 and webhook_id = $2`,
      [SHOP, webhookId],
    );
    outcomes.push(event!.status === "settled" ? event!.reason : event!.status);
  }
  return outcomes;
}

async function earned(orderId: string): Promise<number> {
  await settleOrderJob(shop.services, { shopId: SHOP, orderId }, { now });
  const [row] = await database.db.query<{ points: number }>(
    `select coalesce(sum(available + pending), 0)::int as points from member m
       join order_state o on o.shop_id = m.shop_id and o.customer_id = m.customer_id
      where o.shop_id = $1 and o.order_id = $2`,
    [SHOP, orderId],
  );
  return row!.points;
}

describe("what rules ask of products", () => {
  it("a deleted product leaves its orders what they earned, and their refunds take back the same", async () => {
    const { actions, store } = shop.sandbox.control;
    const order = shop.order(shop.customer(), 0, { lines: [{ variantId, quantity: 3 }] });
    await deliver("orders/paid");
    expect(await earned(order.id)).toBe(3_000);
    actions.deleteProduct(SHOP, productId);
    expect(await deliver("products/delete", 2)).toEqual(["updated", "updated"]);
    const line = store.shop(SHOP).orders.get(order.id)!.lines[0]!;
    expect(line.productId).toBeNull();
    actions.refundOrder(SHOP, { orderId: order.id, lines: [{ lineItemId: line.id, quantity: 1 }] });
    await deliver("refunds/create", 2);
    await deliver("orders/updated", 2);
    expect(await earned(order.id)).toBe(2_000);
  });

  it("an order paid after its product was deleted earns by what the product was", async () => {
    const { actions } = shop.sandbox.control;
    const earlier = shop.order(shop.customer(), 0, { lines: [{ variantId, quantity: 1 }] });
    await deliver("orders/paid");
    expect(await earned(earlier.id)).toBe(1_000);
    const order = shop.order(shop.customer(), 0, { lines: [{ variantId, quantity: 1 }], payment: "pending" });
    await deliver("orders/create");
    expect(await earned(order.id)).toBe(0);
    actions.deleteProduct(SHOP, productId);
    await deliver("products/delete");
    actions.markPaid(SHOP, order.id);
    await deliver("orders/paid", 2);
    expect(await earned(order.id)).toBe(1_000);
  });

  it("the state of before the deletion still says what was bought when it comes last", async () => {
    const { actions, webhooks } = shop.sandbox.control;
    await rates([{ id: "jar", match: "product", values: [productId], points: 20, perMinor: 100 }]);
    const order = shop.order(shop.customer(), 0, { lines: [{ variantId, quantity: 1 }], payment: "pending" });
    const [created] = webhooks.list({ topic: "orders/create", shop: SHOP, limit: 1 });
    actions.deleteProduct(SHOP, productId);
    actions.markPaid(SHOP, order.id);
    const [paid] = webhooks.list({ topic: "orders/paid", shop: SHOP, limit: 1 });
    for (const { topic, body } of [paid!, created!, paid!, created!]) {
      const webhookId = randomUUID();
      await handleWebhook(shop.services, webhookRequest({ topic, shopId: SHOP, body, webhookId }));
      await processInboxEvent(shop.services, { shopId: SHOP, webhookId }, { now });
    }
    const [state] = await database.db.query<{ productId: string; status: string }>(
      `select document #>> '{lines,0,productId}' as "productId", document ->> 'financialStatus' as status
         from order_state where shop_id = $1 and order_id = $2`,
      [SHOP, order.id],
    );
    expect(state).toEqual({ productId, status: "paid" });
  });

  it("a product that left the collection earns at the general rate from the next order on", async () => {
    const { actions } = shop.sandbox.control;
    const before = shop.order(shop.customer(), 0, { lines: [{ variantId, quantity: 1 }] });
    await deliver("orders/paid");
    expect(await earned(before.id)).toBe(1_000);
    actions.removeProductsFromCollection(SHOP, collectionId, [productId]);
    expect(await deliver("collections/update", 2)).toEqual(["stale", "stale"]);
    const after = shop.order(shop.customer(), 0, { lines: [{ variantId, quantity: 1 }] });
    await deliver("orders/paid");
    expect(await earned(after.id)).toBe(500);
    expect(await earned(before.id)).toBe(1_000);
  });
});
