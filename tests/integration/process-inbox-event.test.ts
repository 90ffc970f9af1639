import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { processInboxEvent } from "#app/process-inbox-event.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { CUSTOMER_ID, ORDER_ID, orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import { testServices } from "#tests/support/services.ts";
import { webhookRequest } from "#tests/support/webhook.ts";

const database = useTestDatabase();

interface EventRow {
  status: string;
  reason: string | null;
  subject: string | null;
  payload: string | null;
  attempts: number;
}

async function setUp() {
  const { db } = database;
  const services = testServices(db);
  const shopId = await createShop(db);

  const deliver = async (topic: string, body: unknown, to = shopId) => {
    const webhookId = randomUUID();
    const response = await handleWebhook(services, webhookRequest({ topic, shopId: to, body, webhookId }));
    expect(response.status).toBe(200);
    return webhookId;
  };
  const process = (webhookId: string, to = shopId) =>
    processInboxEvent(services, { shopId: to, webhookId }, { now: NOW });
  const receive = async (topic: string, body: unknown, to = shopId) => {
    const webhookId = await deliver(topic, body, to);
    const { outcome } = await process(webhookId, to);
    return { outcome, ...(await row(webhookId, to)) };
  };
  const row = async (webhookId: string, of = shopId): Promise<EventRow> => {
    const rows = await db.query<EventRow>(
      "select status, reason, subject, payload, attempts from inbox_event where shop_id = $1 and webhook_id = $2",
      [of, webhookId],
    );
    return rows[0]!;
  };
  const points = async (of = shopId) => {
    const rows = await db.query<{ available: number }>("select available from member where shop_id = $1", [
      of,
    ]);
    return rows.reduce((sum, { available }) => sum + available, 0);
  };
  const transfers = async (of = shopId) =>
    (await db.query("select 1 from points_transfer where shop_id = $1", [of])).length;
  const queued = (task: string, of = shopId) =>
    db.query<{ payload: Record<string, unknown> }>(
      `select job.payload from graphile_worker._private_jobs as job
         join graphile_worker._private_tasks as task on task.id = job.task_id
        where task.identifier = $1 and job.payload->>'shopId' = $2`,
      [task, of],
    );
  return { db, services, shopId, deliver, process, receive, row, points, transfers, queued };
}

const withStatusUrl = (shopId: string) => ({
  ...orderPayload(),
  order_status_url: `https://${shopId}/548380009/orders/b1946ac92492d2347c6235b4d2611184/authenticate?key=x`,
});

describe("what becomes of an order's webhook", () => {
  test("a paid order is settled and says what it was about", async () => {
    const { receive, points } = await setUp();
    const event = await receive("orders/paid", orderPayload());
    expect(event).toMatchObject({
      outcome: "settled",
      status: "settled",
      reason: "settled",
      subject: `order:${ORDER_ID}`,
      attempts: 1,
    });
    expect(await points()).toBe(500);
  });

  test("T04 the same event processed nine times, four of them at once, posts once", async () => {
    const { deliver, process, points, transfers } = await setUp();
    const webhookId = await deliver("orders/paid", orderPayload());
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => process(webhookId)));
    for (let again = 0; again < 5; again += 1) outcomes.push(await process(webhookId));
    expect(outcomes.filter(({ outcome }) => outcome === "settled")).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === "seen")).toHaveLength(8);
    expect([await points(), await transfers()]).toEqual([500, 1]);
  });

  test("T05 the same body under new ids is settled again and posts nothing more", async () => {
    const { receive, points, transfers } = await setUp();
    await receive("orders/paid", orderPayload());
    const replay = await receive("orders/paid", orderPayload());
    expect(replay).toMatchObject({ outcome: "settled", reason: "unchanged" });
    expect([await points(), await transfers()]).toEqual([500, 1]);
  });

  test("T06 a genuine body under another shop's name is parked, credits nobody, and Shopify itself is asked", async () => {
    const { receive, shopId, points, queued } = await setUp();
    const other = await setUp();
    const event = await receive("orders/paid", withStatusUrl(other.shopId));
    expect(event).toMatchObject({ outcome: "parked", reason: "shop_mismatch" });
    expect([await points(), await points(other.shopId)]).toEqual([0, 0]);
    expect(await queued("reconcile-orders", shopId)).toHaveLength(1);
    expect(await receive("orders/paid", withStatusUrl(shopId))).toMatchObject({ outcome: "settled" });
  });

  test("T06 a shop's own storefront domain in the body is no mismatch", async () => {
    const { receive, shopId, db } = await setUp();
    await db.query("update shop set storefront_url = 'https://www.my-brand.example' where shop_id = $1", [
      shopId,
    ]);
    expect(await receive("orders/paid", withStatusUrl("www.my-brand.example"))).toMatchObject({
      outcome: "settled",
    });
  });

  test("T06 an uninstall of one shop cannot be replayed against another", async () => {
    const { receive, shopId, db } = await setUp();
    const body = { id: 1, name: "Other", myshopify_domain: null, domain: "other.myshopify.com" };
    expect(await receive("app/uninstalled", body)).toMatchObject({
      outcome: "parked",
      reason: "shop_mismatch",
    });
    const own = { id: 1, name: "Own", myshopify_domain: null, domain: shopId };
    expect(await receive("app/uninstalled", own)).toMatchObject({
      outcome: "settled",
      reason: "uninstalled",
    });
    const [shop] = await db.query<{ uninstalled_at: Date | null }>(
      "select uninstalled_at from shop where shop_id = $1",
      [shopId],
    );
    expect(shop!.uninstalled_at).toEqual(NOW);
  });

  test("T07 bodies under each other's topics are parked as malformed and post nothing", async () => {
    const { receive, points } = await setUp();
    const customer = {
      id: CUSTOMER_ID,
      admin_graphql_api_id: `gid://shopify/Customer/${CUSTOMER_ID}`,
      verified_email: true,
    };
    const swapped: [string, unknown][] = [
      ["orders/paid", refundPayload()],
      ["refunds/create", orderPayload()],
      ["customers/create", orderPayload()],
      ["customers/create", refundPayload()],
      ["orders/create", customer],
      ["orders/paid", []],
      ["shop/update", orderPayload()],
    ];
    for (const [topic, body] of swapped) {
      expect(await receive(topic, body), topic).toMatchObject({ outcome: "parked", reason: "malformed" });
    }
    expect(await points()).toBe(0);
  });

  test("T15 ids of eighteen digits written as numbers survive", async () => {
    const { receive, db, shopId } = await setUp();
    const text = JSON.stringify(orderPayload())
      .replaceAll(`"id":"${ORDER_ID}"`, `"id":${ORDER_ID}`)
      .replaceAll(`"id":"${CUSTOMER_ID}"`, `"id":${CUSTOMER_ID}`);
    expect(text).toContain(`"id":${ORDER_ID}`);
    expect(await receive("orders/paid", text)).toMatchObject({ subject: `order:${ORDER_ID}` });
    const [member] = await db.query<{ customer_id: string }>(
      "select customer_id from member where shop_id = $1",
      [shopId],
    );
    expect(member!.customer_id).toBe(CUSTOMER_ID);
  });

  test("T15 unknown fields are ignored and missing optional ones break nothing", async () => {
    const { receive } = await setUp();
    const { discount_codes: _codes, source_name: _source, ...bare } = orderPayload({ customerId: null });
    expect(await receive("orders/paid", { ...bare, brand_new: { deeply: ["nested"] } })).toMatchObject({
      reason: "guest",
    });
  });

  test("T15 a five-hundred-line order is settled within five seconds", async () => {
    const { receive, points } = await setUp();
    const lines = Array.from({ length: 500 }, (_, index) => ({ id: String(10_000 + index), price: "1.00" }));
    const started = performance.now();
    expect(await receive("orders/paid", orderPayload({ lines }))).toMatchObject({ outcome: "settled" });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(await points()).toBe(2_500);
  });

  test("T13 a shop whose token cannot be refreshed has its webhooks taken and its points posted all the same", async () => {
    const { receive, db, shopId, points } = await setUp();
    await db.query(
      `insert into session (id, shop, state, "accessToken", expires, "refreshToken") values ($1, $2, '', 'old', '2020-01-01', 'gone')`,
      [`offline_${shopId}`, shopId],
    );
    expect(await receive("orders/paid", orderPayload())).toMatchObject({ outcome: "settled" });
    expect(await points()).toBe(500);
  });

  test("T19 a shop that is unknown or has uninstalled is answered, ignored, and its payload is not kept", async () => {
    const { receive, db, shopId, points } = await setUp();
    await db.query("update shop set uninstalled_at = now() where shop_id = $1", [shopId]);
    expect(await receive("orders/paid", orderPayload())).toMatchObject({
      outcome: "ignored",
      reason: "not_installed",
      payload: null,
    });
    const stranger = await receive("orders/paid", orderPayload(), "stranger.myshopify.com");
    expect(stranger).toMatchObject({ outcome: "ignored", payload: null });
    expect(await points()).toBe(0);
  });
});

describe("what becomes of the other topics", () => {
  const customer = (over: Record<string, unknown> = {}) => ({
    id: 115310627314723954n.toString(),
    admin_graphql_api_id: `gid://shopify/Customer/${CUSTOMER_ID}`,
    email: "friend@example.com",
    verified_email: true,
    created_at: "2026-11-01T10:00:00-05:00",
    ...over,
  });

  test("a new customer becomes a member once, and their earlier guest orders are looked for", async () => {
    const { receive, db, shopId, queued } = await setUp();
    expect(await receive("customers/create", customer())).toMatchObject({
      reason: "enrolled",
      subject: `customer:${CUSTOMER_ID}`,
    });
    expect(await receive("customers/update", customer())).toMatchObject({ reason: "known" });
    expect(await db.query("select 1 from member where shop_id = $1", [shopId])).toHaveLength(1);
    const claims = await queued("claim-guest-orders");
    expect(claims).toHaveLength(1);
    expect(JSON.stringify(claims)).not.toContain("friend@example.com");
  });

  test("an address that Shopify has not verified claims no guest orders", async () => {
    const { receive, queued } = await setUp();
    await receive("customers/create", customer({ verified_email: false }));
    expect(await queued("claim-guest-orders")).toEqual([]);
  });

  test("Shopify may withhold protected fields: a customer without e-mail is a member like any other", async () => {
    const { receive } = await setUp();
    expect(await receive("customers/create", customer({ email: null }))).toMatchObject({
      reason: "enrolled",
    });
  });

  test("the compliance topics are queued, also for a shop that has uninstalled, and only when the body names the shop", async () => {
    const { receive, db, shopId, queued } = await setUp();
    await db.query("update shop set uninstalled_at = now() where shop_id = $1", [shopId]);
    const body = { shop_id: 1, shop_domain: shopId, customer: { id: CUSTOMER_ID, email: "a@example.com" } };
    await receive("customers/redact", { ...body, orders_to_redact: [] });
    await receive("customers/data_request", { ...body, data_request: { id: 9999 } });
    await receive("shop/redact", { shop_id: 1, shop_domain: shopId });
    expect(await queued("erase-customer")).toHaveLength(1);
    expect((await queued("export-customer"))[0]!.payload).toMatchObject({
      customerId: CUSTOMER_ID,
      requestId: "9999",
    });
    expect(await queued("erase-shop")).toHaveLength(1);
    const foreign = await receive("shop/redact", { shop_id: 2, shop_domain: "other.myshopify.com" });
    expect(foreign).toMatchObject({ outcome: "parked", reason: "shop_mismatch" });
    expect(await queued("erase-shop")).toHaveLength(1);
  });

  test("T21 a completed merge makes one member of two, once; a failed one changes nothing", async () => {
    const { receive, db, shopId, points } = await setUp();
    const merge = (status: string) => ({
      admin_graphql_api_customer_kept_id: "gid://shopify/Customer/1",
      admin_graphql_api_customer_deleted_id: "gid://shopify/Customer/2",
      status,
    });
    const members = () =>
      db.query("select customer_id, state from member where shop_id = $1 order by customer_id", [shopId]);
    await receive("orders/paid", orderPayload({ customerId: "2" }));
    expect(await receive("customers/merge", merge("failed"))).toMatchObject({
      outcome: "ignored",
      reason: "merge_not_completed",
    });
    expect(await members()).toEqual([{ customer_id: "2", state: "active" }]);
    expect(await receive("customers/merge", merge("completed"))).toMatchObject({
      outcome: "settled",
      reason: "merged",
    });
    expect(await receive("customers/merge", merge("completed"))).toMatchObject({ reason: "unchanged" });
    expect(await receive("customers/delete", { id: 2 })).toMatchObject({
      outcome: "ignored",
      reason: "merged",
    });
    expect(await members()).toEqual([
      { customer_id: "1", state: "active" },
      { customer_id: "2", state: "merged" },
    ]);
    expect(await points()).toBe(500);
  });

  test("shop/update takes over name, time zone and domain; a time zone that is none is parked", async () => {
    const { receive, db, shopId } = await setUp();
    const body = {
      name: "New name",
      iana_timezone: "Asia/Seoul",
      primary_locale: "ko",
      domain: shopId,
      myshopify_domain: shopId,
    };
    expect(await receive("shop/update", body)).toMatchObject({ outcome: "settled" });
    const [shop] = await db.query("select name, time_zone, locale from shop where shop_id = $1", [shopId]);
    expect(shop).toEqual({ name: "New name", time_zone: "Asia/Seoul", locale: "ko" });
    expect(await receive("shop/update", { ...body, iana_timezone: "Moon/Tranquility" })).toMatchObject({
      outcome: "parked",
    });
  });

  test("app/scopes_update is remembered with the session", async () => {
    const { receive, db, shopId } = await setUp();
    await db.query(`insert into session (id, shop, state, "accessToken") values ($1, $2, '', 'x')`, [
      `offline_${shopId}`,
      shopId,
    ]);
    await receive("app/scopes_update", {
      id: 1,
      previous: ["read_orders"],
      current: ["read_orders", "write_discounts"],
    });
    const [session] = await db.query<{ scope: string }>("select scope from session where shop = $1", [
      shopId,
    ]);
    expect(session!.scope).toBe("read_orders,write_discounts");
  });
});

test("a failure that may pass is thrown for the queue to try again, and counted", async () => {
  const { deliver, services, shopId, row, db } = await setUp();
  const webhookId = await deliver("orders/paid", orderPayload());
  const failing = {
    ...services,
    db: { ...db, transaction: () => Promise.reject(Object.assign(new Error("gone"), { code: "57P01" })) },
  };
  await expect(processInboxEvent(failing, { shopId, webhookId }, { now: NOW })).rejects.toThrow("gone");
  expect(await row(webhookId)).toMatchObject({ status: "received", attempts: 1 });
  expect(await processInboxEvent(services, { shopId, webhookId }, { now: NOW })).toEqual({
    outcome: "settled",
  });
});
