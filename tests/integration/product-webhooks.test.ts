import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { readCampaign } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { processInboxEvent } from "#app/process-inbox-event.server.ts";
import { createCampaign } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { testServices } from "#tests/support/services.ts";
import { webhookRequest } from "#tests/support/webhook.ts";

const database = useTestDatabase();

async function setUp() {
  const { db } = database;
  const services = testServices(db);
  const shopId = await createShop(db);
  await db.query(
    `insert into product_fact (shop_id, product_id, vendor, tags, collection_ids, fetched_at)
     values ($1, '1', 'Dangol', '{Sale,New}', '{9}', $2)`,
    [shopId, NOW],
  );
  const receive = async (topic: string, body: unknown) => {
    const webhookId = randomUUID();
    await handleWebhook(services, webhookRequest({ topic, shopId, body, webhookId }));
    await processInboxEvent(services, { shopId, webhookId }, { now: NOW });
    const [event] = await db.query<{ status: string; reason: string | null; subject: string | null }>(
      `select status, reason, subject from inbox_event where shop_id = $1 and webhook_id = $2`,
      [shopId, webhookId],
    );
    return event;
  };
  const facts = async () => {
    const rows = await db.query<{ productId: string; gone: boolean }>(
      `select product_id as "productId", deleted_at is not null as gone from product_fact where shop_id = $1`,
      [shopId],
    );
    return rows;
  };
  return { db, shopId, receive, facts };
}

test("a product's webhook is acted on only where vendor or tags differ, and its replay changes nothing", async () => {
  const { receive, facts } = await setUp();
  const same = { id: 1, vendor: "Dangol", tags: "new, SALE" };
  const settled = { status: "settled", subject: "product:1" };
  expect(await receive("products/update", same)).toEqual({ ...settled, reason: "unchanged" });
  expect(await facts()).toHaveLength(1);
  const other = { ...same, tags: "new" };
  expect(await receive("products/update", other)).toEqual({ ...settled, reason: "forgotten" });
  expect(await receive("products/update", other)).toEqual({ ...settled, reason: "unchanged" });
  expect(await facts()).toEqual([]);
});

test("a deleted product keeps what it was", async () => {
  const { receive, facts } = await setUp();
  await receive("products/delete", { id: 1 });
  await receive("products/delete", { id: 1 });
  expect(await facts()).toEqual([{ productId: "1", gone: true }]);
});

test("a collection's webhook counts where the program names the collection", async () => {
  const { receive, db, shopId } = await setUp();
  expect(await receive("collections/update", { id: 9 })).toMatchObject({ reason: "not_named" });
  const [live] = await db.query<{ settings: ProgramSettings }>(
    `select settings from program_version where shop_id = $1`,
    [shopId],
  );
  live!.settings.earn.exclude.collectionIds = ["9"];
  await db.query(`update program_version set settings = $2::jsonb where shop_id = $1`, [
    shopId,
    JSON.stringify(live!.settings),
  ]);
  expect(await receive("collections/update", { id: 9 })).toMatchObject({ reason: "stale" });
});

test("an order under a product's topic is put aside, not taken for a product", async () => {
  const { receive, facts } = await setUp();
  expect(await receive("products/update", orderPayload({ id: "1" }))).toMatchObject({ status: "parked" });
  expect(await receive("products/delete", orderPayload({ id: "1" }))).toMatchObject({ status: "parked" });
  expect(await facts()).toEqual([{ productId: "1", gone: false }]);
});

test("a collection that a campaign is about makes what was fetched stale, until the campaign is over", async () => {
  const { db, shopId, receive } = await setUp();
  await createCampaign(db, shopId, { products: { collectionIds: ["9"] } });
  await createCampaign(db, shopId, { products: { collectionIds: ["8"] }, ends: "2026-11-20T00:00" });
  expect(await receive("collections/update", { id: 8 })).toMatchObject({ reason: "not_named" });
  expect(await receive("collections/update", { id: 9 })).toMatchObject({ reason: "stale" });
});

test("the windows of campaigns follow the clocks of the shop when it moves, and its replay changes nothing", async () => {
  const { db, shopId, receive } = await setUp();
  const id = await createCampaign(db, shopId);
  const shop = {
    name: "A shop",
    iana_timezone: "Asia/Seoul",
    primary_locale: "ko",
    domain: shopId,
    myshopify_domain: shopId,
  };
  for (let times = 0; times < 2; times += 1) {
    expect(await receive("shop/update", shop)).toMatchObject({ status: "settled" });
    expect(await readCampaign(db, shopId, id)).toMatchObject({
      startsAt: new Date("2026-10-31T15:00:00Z"),
      endsAt: new Date("2026-11-30T15:00:00Z"),
    });
  }
});
