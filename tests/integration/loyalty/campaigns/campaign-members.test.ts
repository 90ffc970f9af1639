import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { previewCampaign } from "#app/loyalty/earning/campaigns/preview-campaign.server.ts";
import { collectionsOfCampaigns } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { eraseCustomer } from "#app/loyalty/members/erase-customer.server.ts";
import { eraseShop } from "#app/loyalty/members/erase-shop.server.ts";
import { exportCustomer } from "#app/loyalty/members/export-customer.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { resettleOrders } from "#app/loyalty/orders/resettle-orders.server.ts";
import { applyResettlement, previewResettlement } from "#app/loyalty/orders/resettle-run.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { settleOrderJob } from "#app/loyalty/orders/settle-order-job.server.ts";
import type { GatewayResult, ShopifyGateway } from "#app/platform/shopify/gateway.ts";
import { createCampaignScene, type CampaignScene } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { testServices } from "#tests/support/services.ts";

const database = useTestDatabase();
let scene: CampaignScene;

beforeEach(async () => {
  scene = await createCampaignScene(database.db);
});

const services = () => testServices(database.db);
const awardedTo = async (customerId: string) =>
  (
    await database.db.query<{ points: number }>(
      `select coalesce(sum(a.points), 0)::bigint as points
         from campaign_award a join member m on m.shop_id = a.shop_id and m.member_id = a.member_id
        where a.shop_id = $1 and m.customer_id = $2`,
      [scene.shopId, customerId],
    )
  )[0]?.points;

test("a merged member's awards are the kept one's: a cap per member counts both, twice is once", async () => {
  const id = await scene.campaign({ perMember: 1_200 });
  await scene.order({ id: "1", customerId: "71" });
  await scene.order({ id: "2", customerId: "72" });
  const merge = () =>
    database.db.transaction((tx) =>
      mergeMembers(tx, {
        shopId: scene.shopId,
        keptCustomerId: "71",
        deletedCustomerId: "72",
        now: NOW,
        newId: randomUUID,
        randomBytes,
      }),
    );
  await merge();
  await merge();
  expect([await awardedTo("71"), await awardedTo("72")]).toEqual([1_000, 0]);
  await scene.order({ id: "3", customerId: "72" });
  expect(await scene.awards(id)).toEqual({ "1": 500, "2": 500, "3": 200 });
  await scene.refund({ orderId: "2", lines: [{ subtotal: "100.00" }] });
  expect(await scene.spent(id)).toBe(700);
  expect(await scene.books()).toEqual([]);
});

test("a blocked member's new order takes part in nothing; the refund of an old one gives back", async () => {
  const id = await scene.campaign();
  await scene.order({ id: "1" });
  await database.db.query(`update member set state = 'blocked' where shop_id = $1`, [scene.shopId]);
  expect(await scene.order({ id: "2" })).toMatchObject({ outcome: "blocked" });
  await scene.refund({ orderId: "1", lines: [{ subtotal: "100.00" }] });
  expect(await scene.awards(id)).toEqual({ "1": 0 });
  expect(await scene.books()).toEqual([]);
});

test("a data request lists what campaigns gave; erasing the customer keeps the books, erasing the shop nothing", async () => {
  const id = await scene.campaign();
  await scene.order({ id: "1", customerId: "71" });
  const args = { shopId: scene.shopId, customerId: "71", requestId: "r1" };
  await exportCustomer(services(), args, { now: NOW });
  const [row] = await database.db.query<{ awards: unknown[] }>(
    `select document -> 'campaignAwards' as awards from privacy_export where shop_id = $1`,
    [scene.shopId],
  );
  expect(row?.awards).toMatchObject([
    { campaign_id: id, order_id: "1", points: 500, name: { en: "Double points weekend" } },
  ]);
  await eraseCustomer(services(), args, { now: NOW });
  expect([await scene.awards(id), await scene.spent(id)]).toEqual([{ "1": 500 }, 500]);
  expect(await scene.books()).toEqual([]);
  await eraseShop(services(), { shopId: scene.shopId }, { now: NOW });
  await eraseShop(services(), { shopId: scene.shopId }, { now: NOW });
  expect(await scene.spent(id)).toBeUndefined();
});

test("re-priced, an order is judged by the campaigns of its own day that were published, and its award follows", async () => {
  await scene.order({ id: "1", customerId: "71" });
  const late = await scene.campaign();
  const gone = await scene.campaign({ ends: "2026-11-20T00:00" });
  const runId = randomUUID();
  const run = { shopId: scene.shopId, runId, actor: "7", now: NOW };
  const since = new Date("2026-11-01T00:00:00Z");
  const until = new Date("2026-12-01T00:00:00Z");
  // Without re-pricing the order keeps its snapshot: in no campaign.
  expect(await scene.settle("1")).toMatchObject({ posted: 0 });
  await database.db.transaction((tx) => previewResettlement(tx, { ...run, since, until, reprice: true }));
  await resettleOrders(services(), { shopId: scene.shopId, runId }, { now: NOW });
  expect(await scene.spent(late)).toBe(0);
  await database.db.transaction((tx) => applyResettlement(tx, { ...run, eventId: randomUUID() }));
  await resettleOrders(services(), { shopId: scene.shopId, runId }, { now: NOW });
  await resettleOrders(services(), { shopId: scene.shopId, runId }, { now: NOW });
  expect([await scene.awards(late), await scene.awards(gone)]).toEqual([{ "1": 500 }, {}]);
  expect(await scene.held("1")).toBe(1_000);
  expect(await scene.books()).toEqual([]);
});

test("re-priced out of a campaign, an order gives its part back", async () => {
  const id = await scene.campaign({ budget: 500 });
  await scene.order({ id: "1", customerId: "71" });
  await database.db.query(
    `update campaign set starts_at = '2026-11-25', settings = settings || '{"starts": "2026-11-25T00:00"}'
      where shop_id = $1`,
    [scene.shopId],
  );
  const args = { shopId: scene.shopId, orderId: "1", now: NOW, newId: randomUUID, randomBytes, anew: true };
  const anew = () => database.db.transaction((tx) => settleOrder(tx, args));
  expect(await anew()).toEqual({ outcome: "settled", posted: -500, repriced: true });
  expect(await anew()).toEqual({ outcome: "unchanged", posted: 0, repriced: true });
  expect([await scene.held("1"), await scene.awards(id), await scene.spent(id)]).toEqual([
    500,
    { "1": 0 },
    0,
  ]);
  expect(await scene.books()).toEqual([]);
});

/** Shopify, as far as products go. */
function shopify(vendorOf: Record<string, string>): ShopifyGateway {
  const request = async (_shop: string, _operation: unknown, variables: Record<string, unknown>) => {
    const nodes = (variables["ids"] as string[]).map((id) => {
      const collections = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
      return { id, vendor: vendorOf[id.split("/").at(-1) ?? ""] ?? "", tags: [], collections };
    });
    return { ok: true, data: { nodes } } as GatewayResult<unknown>;
  };
  return { request } as unknown as ShopifyGateway;
}

test("goods by vendor wait for Shopify's answer; what they are is kept, and lines of an edit are judged by the same filter", async () => {
  const id = await scene.campaign({ products: { vendors: ["acme"] } });
  const lines = [
    { id: "91", price: "100.00", productId: "1" },
    { id: "92", price: "40.00", productId: "2" },
  ];
  const job = (orderId: string, vendors: Record<string, string>) =>
    settleOrderJob(
      { ...services(), shopify: shopify(vendors) },
      { shopId: scene.shopId, orderId },
      { now: NOW },
    );
  expect(await scene.order({ id: "1", lines })).toMatchObject({ outcome: "awaiting_facts" });
  await job("1", { "1": "ACME", "2": "Other" });
  expect(await scene.awards(id)).toEqual({ "1": 500 });
  await database.db.query(`delete from product_fact where shop_id = $1`, [scene.shopId]);
  expect(await scene.order({ id: "1", lines })).toMatchObject({ outcome: "unchanged" });
  const more = [...lines, { id: "93", price: "10.00", productId: "3" }];
  const edited = { id: "1", lines: more, updatedAt: "2026-11-20T12:00:00-05:00" };
  expect(await scene.order(edited)).toMatchObject({ outcome: "awaiting_facts" });
  await job("1", { "1": "Other", "2": "Acme", "3": "Acme" });
  expect(await scene.awards(id)).toEqual({ "1": 550 });
  expect(await scene.books()).toEqual([]);
});

test("an order that waits for facts again is no less a past order: its member is no new customer meanwhile", async () => {
  await scene.campaign({ products: { vendors: ["acme"] } });
  const first = await scene.campaign({ segment: { kind: "first_order" } });
  const returning = await scene.campaign({ segment: { kind: "returning" } });
  const lines = [{ id: "91", price: "100.00", productId: "1" }];
  const answers = { ...services(), shopify: shopify({ "1": "Other" }) };
  const old = { id: "1", lines, processedAt: "2026-11-10T12:00:00-05:00" };
  await scene.order(old);
  await settleOrderJob(answers, { shopId: scene.shopId, orderId: "1" }, { now: NOW });
  const more = [...lines, { id: "92", price: "10.00", productId: "2" }];
  const edited = { ...old, lines: more, updatedAt: "2026-11-20T12:00:00-05:00" };
  expect(await scene.order(edited)).toMatchObject({ outcome: "awaiting_facts" });
  const segment = async (kind: "first_order" | "returning") =>
    (
      await previewCampaign(database.db, {
        shopId: scene.shopId,
        settings: { segment: { kind }, tierIds: [] },
        now: NOW,
      })
    ).members;
  expect([await segment("first_order"), await segment("returning")]).toEqual([0, 1]);
  await scene.order({ id: "2", lines });
  expect(Object.keys(await scene.awards(returning))).toEqual(["2"]);
  expect(Object.keys(await scene.awards(first))).toEqual(["1"]);
});

test("collections that campaigns are about are asked about again when they change, until the campaign is over", async () => {
  const products = { collectionIds: ["55", "56"] };
  await scene.campaign({ products });
  await scene.campaign({ products: { collectionIds: ["57"] }, ends: "2026-11-20T00:00" });
  expect((await collectionsOfCampaigns(database.db, scene.shopId, NOW)).toSorted()).toEqual(["55", "56"]);
});
