import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWebhook } from "#app/platform/http/webhook-listener.server.ts";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { openDatabase } from "#app/platform/db/database.server.ts";
import type { Services } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { TEST_SECRET, testServices } from "#tests/support/services.ts";
import { signWebhook, webhookRequest, type WebhookSpec } from "#tests/support/webhook.ts";

const database = useTestDatabase();
const SHOP = "dangol-test.myshopify.com";
const PREVIOUS = "the-secret-before-this-one";

let services: Services;
let server: Server;
let url: string;

beforeAll(async () => {
  services = testServices(database.db);
  server = createServer((request, response) => void answerWebhook(services, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
});

afterAll(() => new Promise((resolve) => void server.close(resolve)));

const order = (over: Partial<WebhookSpec> = {}): WebhookSpec => ({
  topic: "orders/paid",
  shopId: SHOP,
  body: orderPayload(),
  ...over,
});

async function rows(): Promise<number> {
  const [row] = await database.db.query<{ count: number }>(
    "select count(*) from inbox_event where shop_id = $1",
    [SHOP],
  );
  return row!.count;
}

/** Both doors, which must not differ: the socket's fast path and the web-standard one of the Remix route. */
const doors = [
  {
    door: "the fast path",
    deliver: async (spec: WebhookSpec) => {
      const { body, headers } = signWebhook(spec);
      return (await fetch(url, { method: "POST", body, headers })).status;
    },
  },
  {
    door: "the route",
    deliver: async (spec: WebhookSpec) => (await handleWebhook(services, webhookRequest(spec))).status,
  },
];

describe.each(doors)("$door", ({ deliver }) => {
  test("T01 a flipped byte in the body is refused with 401, and no row is written", async () => {
    const before = await rows();
    const { body, headers } = signWebhook(order());
    const flipped = `${body.slice(0, 20)}${body[20] === "1" ? "2" : "1"}${body.slice(21)}`;
    expect(
      await deliver(
        order({ body: flipped, headers: { "x-shopify-hmac-sha256": headers["x-shopify-hmac-sha256"]! } }),
      ),
    ).toBe(401);
    expect(await rows()).toBe(before);
  });

  test("T02 a missing signature and an empty body are refused, and no row is written", async () => {
    const before = await rows();
    expect(await deliver(order({ headers: { "x-shopify-hmac-sha256": null } }))).toBe(401);
    expect(await deliver(order({ headers: { "x-shopify-hmac-sha256": "" } }))).toBe(401);
    expect(await deliver(order({ body: "" }))).toBe(400);
    expect(await rows()).toBe(before);
  });

  test("T03 a signature in hex, of other bytes or by another secret is refused", async () => {
    const before = await rows();
    const { body } = signWebhook(order());
    const hex = createHmac("sha256", TEST_SECRET).update(body).digest("hex");
    const spaced = createHmac("sha256", TEST_SECRET)
      .update(JSON.stringify(JSON.parse(body), null, 1))
      .digest("base64");
    expect(await deliver(order({ headers: { "x-shopify-hmac-sha256": hex } }))).toBe(401);
    expect(await deliver(order({ headers: { "x-shopify-hmac-sha256": spaced } }))).toBe(401);
    expect(await deliver(order({ secret: "somebody-else's-secret" }))).toBe(401);
    expect(await deliver(order({ secret: PREVIOUS }))).toBe(401);
    expect(await rows()).toBe(before);
  });

  test("T04 one delivery sent fifty times at once is stored once, with one job, and every sender hears 200", async () => {
    const webhookId = crypto.randomUUID();
    const statuses = await Promise.all(Array.from({ length: 50 }, () => deliver(order({ webhookId }))));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await deliver(order({ webhookId }))).toBe(200);
    const stored = await database.db.query(
      "select 1 from inbox_event where shop_id = $1 and webhook_id = $2",
      [SHOP, webhookId],
    );
    expect(stored).toHaveLength(1);
    const jobs = await database.db.query(
      "select 1 from graphile_worker._private_jobs where payload->>'webhookId' = $1",
      [webhookId],
    );
    expect(jobs).toHaveLength(1);
  });

  test("what is no JSON, no shop or no delivery id is a 400; a topic that is not ours is a 200 without a row", async () => {
    const before = await rows();
    expect(await deliver(order({ body: "{not json" }))).toBe(400);
    expect(await deliver(order({ shopId: "evil.example.com" }))).toBe(400);
    expect(await deliver(order({ shopId: "dangol-test.myshopify.com.evil.example" }))).toBe(400);
    expect(await deliver(order({ headers: { "x-shopify-webhook-id": null } }))).toBe(400);
    expect(await deliver(order({ topic: "products/create" }))).toBe(200);
    expect(await rows()).toBe(before);
  });

  test("T15 a megabyte with five hundred lines and 18-digit ids is stored byte for byte, and not yet acted on", async () => {
    const lines = Array.from({ length: 500 }, (_, index) => ({
      id: `9${String(index).padStart(17, "0")}`,
      price: "1.00",
    }));
    const text = JSON.stringify({ ...orderPayload({ lines }), note: "x".repeat(800_000) }).replace(
      '"id":"820982911946154508"',
      '"id":820982911946154508',
    );
    const webhookId = crypto.randomUUID();
    expect(await deliver(order({ body: text, webhookId }))).toBe(200);
    const [row] = await database.db.query<{ payload: string; status: string }>(
      "select payload, status from inbox_event where shop_id = $1 and webhook_id = $2",
      [SHOP, webhookId],
    );
    expect(row!.payload).toBe(text);
    // Answered before the order was read: that is its job's, which waits.
    expect(row!.status).toBe("received");
    const jobs = await database.db.query(
      "select 1 from graphile_worker._private_jobs where payload->>'webhookId' = $1 and attempts = 0",
      [webhookId],
    );
    expect(jobs).toHaveLength(1);
  });

  test("a body beyond any webhook's size is refused and not kept", async () => {
    const before = await rows();
    expect(await deliver(order({ body: JSON.stringify({ note: "x".repeat(6 * 1024 * 1024) }) }))).toBe(413);
    expect(await rows()).toBe(before);
  });
});

test("T03 the secret before this one is accepted exactly while it is configured", async () => {
  const rotating = testServices(database.db, { environment: { SHOPIFY_API_SECRET_PREVIOUS: PREVIOUS } });
  expect((await handleWebhook(rotating, webhookRequest(order({ secret: PREVIOUS })))).status).toBe(200);
  expect((await handleWebhook(rotating, webhookRequest(order()))).status).toBe(200);
  expect((await handleWebhook(services, webhookRequest(order({ secret: PREVIOUS })))).status).toBe(401);
});

test("T01 a webhook that nobody signed is refused without asking the database", async () => {
  const nowhere = openDatabase({ connectionString: "postgresql://nobody@127.0.0.1:1/nowhere" });
  const down = testServices(nowhere);
  const forged = order({ secret: "somebody-else's-secret" });
  expect((await handleWebhook(down, webhookRequest(forged))).status).toBe(401);
  await nowhere.close();
});

test("T12 a database that is down is a 503, so that Shopify sends the webhook again", async () => {
  const nowhere = openDatabase({
    connectionString: "postgresql://nobody@127.0.0.1:1/nowhere",
    connectTimeoutMs: 500,
  });
  const down = testServices(nowhere);
  expect((await handleWebhook(down, webhookRequest(order()))).status).toBe(503);
  await nowhere.close();
});

test("T12 a database that hangs is a 503 before Shopify hangs up", async () => {
  const blocker = await database.db.pool.connect();
  await blocker.query("begin");
  await blocker.query("lock table inbox_event in access exclusive mode");
  try {
    // Given up on while the lock is still held.
    expect((await handleWebhook(services, webhookRequest(order()))).status).toBe(503);
  } finally {
    await blocker.query("rollback");
    blocker.release();
  }
});

test("one delivery that PostgreSQL refuses does not take those beside it along", async () => {
  const deliveries = Array.from({ length: 20 }, (_, index) =>
    order({
      webhookId: `neighbour-${index}`,
      headers: index === 7 ? { "x-shopify-event-id": "a\u0000b" } : {},
    }),
  );
  const accept = (spec: WebhookSpec) => {
    const { headers, body } = signWebhook(spec);
    const request = { header: (name: string) => headers[name] ?? null, body: Buffer.from(body) };
    return import("#app/platform/inbox/handle-webhook.server.ts").then(({ acceptWebhook }) =>
      acceptWebhook(services, request),
    );
  };
  const statuses = (await Promise.all(deliveries.map(accept))).map((outcome) => outcome.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(19);
  expect(statuses[7]).toBe(503);
});
