import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMemberListQuery } from "#app/loyalty/insights/member-list-query.ts";
import { readEvents, readExports, readJobs, readTopics } from "#app/loyalty/insights/read-activity.server.ts";
import { readFigures } from "#app/loyalty/insights/read-figures.server.ts";
import { readHealth } from "#app/loyalty/insights/read-health.server.ts";
import { readMemberPage, readStatementPage } from "#app/loyalty/insights/read-member-page.server.ts";
import { readCodes, readLots, readMemberAudit } from "#app/loyalty/insights/read-member.server.ts";
import { readMembers } from "#app/loyalty/insights/read-members.server.ts";
import { readMemberOrders, readRecentOrders } from "#app/loyalty/insights/read-recent-orders.server.ts";
import { readSetup } from "#app/loyalty/insights/setup-guide.server.ts";
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { previewCampaign } from "#app/loyalty/earning/campaigns/preview-campaign.server.ts";
import {
  collectionsOfCampaigns,
  listCampaigns,
  readCampaign,
} from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { relevantCampaigns } from "#app/loyalty/earning/campaigns/relevant-campaigns.server.ts";
import {
  deleteDraftCampaign,
  endCampaign,
  rezoneCampaigns,
  saveCampaign,
} from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { eraseCustomer } from "#app/loyalty/members/erase-customer.server.ts";
import { eraseShop } from "#app/loyalty/members/erase-shop.server.ts";
import { exportCustomer } from "#app/loyalty/members/export-customer.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { installShop } from "#app/loyalty/program/install-shop.server.ts";
import { loader as homePage } from "#app/routes/app._index.tsx";
import { loader as activityPage } from "#app/routes/app.activity.tsx";
import { loader as campaignsPage } from "#app/routes/app.campaigns._index.tsx";
import { loader as campaignPage } from "#app/routes/app.campaigns.$campaignId.tsx";
import { loader as exportPage } from "#app/routes/app.exports.$requestId.tsx";
import { loader as historyPage } from "#app/routes/app.history.tsx";
import { loader as importPage } from "#app/routes/app.import.tsx";
import { loader as importReport } from "#app/routes/app.imports.$importId.tsx";
import { loader as membersPage } from "#app/routes/app.members._index.tsx";
import { loader as memberPage } from "#app/routes/app.members.$memberId.tsx";
import { loader as statementPage } from "#app/routes/app.members.$memberId.statement.tsx";
import { loader as programPage } from "#app/routes/app.program.tsx";
import { loader as previewPage } from "#app/routes/app.program.preview.tsx";
import { loader as historyLoader } from "#app/routes/proxy.me.history.tsx";
import { loader as meLoader } from "#app/routes/proxy.me._index.tsx";
import { loader as programLoader } from "#app/routes/proxy.program.tsx";
import { useServices } from "#app/services.server.ts";
import { createCampaign, doublePoints } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import { grantLot, peopleServices } from "#tests/support/people-fixtures.ts";
import { SHOP, type ShopOnSandbox, shopOnSandbox } from "#tests/support/shop-on-sandbox.ts";
import { liveAndForget, liveByHand, liveByWebhooks, wholeLife } from "#tests/support/whole-life.ts";
import { type RecordedStatement, recordStatements } from "#tests/support/record-statements.ts";
import { createScene, redeem, type RewardScene, runSagaJobs } from "#tests/support/rewards-fixtures.ts";
import { storefrontRequest } from "#tests/support/storefront-request.ts";

const database = useTestDatabase();
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const NEXT_NIGHT = new Date("2027-01-01T06:00:00Z");
const INSTALLED = "tenancy.myshopify.com";

let statements: RecordedStatement[] = [];
let scene: RewardScene;
let tenantTables: string[] = [];
let sandbox: ShopOnSandbox;

/** A shop's life through the real functions: installed, ordered at, redeemed at, refunded, read, a night, forgotten. */
beforeAll(async () => {
  const recorder = recordStatements(database.db);
  statements = recorder.statements;
  tenantTables = (
    await database.db.query<{ name: string }>(
      `select t.relname as name from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attname = 'shop_id'
        where t.relnamespace = 'public'::regnamespace and t.relkind = 'r'`,
    )
  ).map(({ name }) => name);
  await install(recorder.db);
  scene = await createScene(recorder.db, { points: 0 });
  await grantLot(recorder.db, { ...scene, points: 2000 });
  const campaignId = await campaigns(scene);
  await orders(scene);
  await overCampaigns(scene, campaignId);
  await redeem(scene);
  await runSagaJobs(scene);
  await storefront(scene);
  await night(scene);
  await admin(scene);
  await privacy(scene);
  sandbox = await onSandbox(recorder.db);
}, 120_000);
afterAll(async () => {
  useServices(undefined);
  await sandbox.sandbox.close();
});

async function install(db: RewardScene["db"]): Promise<void> {
  const shop = {
    name: "A shop",
    myshopifyDomain: INSTALLED,
    currencyCode: "USD",
    ianaTimezone: "America/New_York",
    plan: { publicDisplayName: "Basic", shopifyPlus: false, partnerDevelopment: false },
    primaryDomain: { url: "https://a.example", localization: { defaultLocale: "en" } },
  };
  const shopify = createFakeShopify({
    ShopFacts: () => ({ shop, currentAppInstallation: { id: "gid://1" } }),
  });
  await installShop(peopleServices(db, shopify), { shopId: INSTALLED }, { now: NOW });
}

async function orders({ db, shopId, customerId }: RewardScene): Promise<void> {
  const settle = (orderId: string) =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes }));
  for (const [id, customer] of [
    ["1", customerId],
    ["2", "990"],
  ] as const) {
    const payload = orderPayload({ id, customerId: customer });
    await db.transaction((tx) => recordOrder(tx, { shopId, payload, hashEmail: (email) => email }));
    await settle(id);
  }
  const payload = refundPayload({ orderId: "1" });
  await db.transaction((tx) => recordRefund(tx, { shopId, payload, exponent: 2 }));
  await settle("1");
  const payload2 = orderPayload({
    id: "2",
    customerId: "990",
    cancelledAt: "2026-11-20T12:00:00-05:00",
    updatedAt: "2026-11-20T12:00:00-05:00",
  });
  await db.transaction((tx) => recordOrder(tx, { shopId, payload: payload2, hashEmail: (email) => email }));
  await settle("2");
}

async function campaigns({ db, shopId }: RewardScene): Promise<string> {
  const segment = { kind: "returning" } as const;
  const products = { collectionIds: ["1"] };
  await createCampaign(db, shopId, { segment, award: { kind: "bonus", points: 5, minimumMinor: 0 } });
  const draft = { shopId, campaignId: randomUUID(), actor: "7", now: NOW, eventId: randomUUID() };
  await db.transaction(async (tx) => {
    await saveCampaign(tx, { ...draft, revision: null, settings: doublePoints({ products }) });
    await deleteDraftCampaign(tx, draft);
    await rezoneCampaigns(tx, { shopId, timeZone: "America/New_York", now: NOW });
  });
  await previewCampaign(db, {
    shopId,
    settings: campaignSettings.parse(doublePoints({ segment })),
    now: NOW,
  });
  await collectionsOfCampaigns(db, shopId, NOW);
  return createCampaign(db, shopId, { budget: 5_000, perMember: 1_000 });
}

async function overCampaigns({ db, shopId }: RewardScene, campaignId: string): Promise<void> {
  await relevantCampaigns(db, { shopId, orderIds: ["1", "2"] });
  expect(await readCampaign(db, shopId, campaignId)).toMatchObject({ orders: 1 });
  expect(await listCampaigns(db, shopId)).toHaveLength(2);
  const args = { shopId, campaignId, actor: "7", now: NOW, eventId: randomUUID() };
  await db.transaction((tx) => endCampaign(tx, args));
}

async function storefront({ services, shopId, customerId }: RewardScene): Promise<void> {
  useServices(services);
  for (const loader of [meLoader, historyLoader, programLoader]) {
    const response = await loader({
      request: storefrontRequest({ shopId, customerId, path: "/x" }),
      params: {},
    });
    expect(response.status).toBe(200);
  }
}

async function night({ db, services, shopId, memberId }: RewardScene): Promise<void> {
  await grantLot(db, { shopId, memberId, points: 10, availableAt: new Date("2026-11-25T00:00:00Z") });
  await grantLot(db, { shopId, memberId, points: 10, expiresAt: new Date("2026-12-01T00:00:00Z") });
  const ran = await runNightly(services, { shopId, localDate: "2027-01-01" }, { now: NEXT_NIGHT });
  expect(ran.outcome).toBe("done");
}

async function admin({ db, shopId, memberId }: RewardScene): Promise<void> {
  await readFigures(db, { shopId, now: NOW });
  for (const search of ["", "q=1001", "tier=gold&balance=some&sort=balance_asc"]) {
    const query = readMemberListQuery(new URLSearchParams(search));
    await readMembers(db, { shopId, query, customerIds: ["1"] });
  }
  await readMemberPage(db, { shopId, memberId, timeZone: "America/New_York", now: NOW });
  await readStatementPage(db, { shopId, memberId, before: null });
  await Promise.all([readLots, readCodes, readMemberAudit].map((read) => read(db, shopId, memberId)));
  await readEvents(db, { shopId, only: null, topic: null, after: null });
  await readJobs(db, { shopId, onlyFailed: false });
  await Promise.all([readTopics(db, shopId), readExports(db, shopId), readSetup(db, shopId)]);
  await readHealth(db, { shopId, now: NOW });
  await readRecentOrders(db, { shopId, limit: 10 });
  await readMemberOrders(db, { shopId, memberId, limit: 10 });
  expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
}

async function privacy({ services, shopId, customerId }: RewardScene): Promise<void> {
  await exportCustomer(services, { shopId, customerId, requestId: "1" }, { now: NOW });
  await eraseCustomer(services, { shopId, customerId, requestId: "2" }, { now: NOW });
}

/** Another shop, through its doors: webhooks, jobs, files, past orders, comparing, settling again, merging, every page. */
async function onSandbox(db: RewardScene["db"]): Promise<ShopOnSandbox> {
  const now = new Date(Date.now() + 3_600_000);
  const shop = await shopOnSandbox(db, () => now, { log: silent });
  const life = wholeLife(shop);
  const { customers } = await liveByWebhooks(life);
  await liveByHand(life, customers);
  await liveAndForget(life, customers);
  const id = async (sql: string): Promise<string> => {
    const [row] = await database.db.query<{ id: string }>(sql, [SHOP]);
    return row!.id;
  };
  const member = {
    memberId: await id(`select member_id as id from member where shop_id = $1 and last_seq > 0`),
  };
  const campaign = { campaignId: await id(`select campaign_id as id from campaign where shop_id = $1`) };
  const file = {
    importId: await id(`select import_id as id from points_import where shop_id = $1 and status = 'done'`),
  };
  const answer = { requestId: await id(`select request_id as id from privacy_export where shop_id = $1`) };
  for (const [door, params, search] of [
    [homePage, {}, ""],
    [membersPage, {}, "?q=1001"],
    [memberPage, member, ""],
    [statementPage, member, "?before=1"],
    [programPage, {}, ""],
    [previewPage, {}, ""],
    [historyPage, {}, ""],
    [importPage, {}, ""],
    [importReport, file, ""],
    [activityPage, {}, ""],
    [exportPage, answer, ""],
    [campaignsPage, {}, ""],
    [campaignPage, campaign, ""],
  ] as const) {
    expect(await life.visit(door, { params, search })).toBeDefined();
  }
  await eraseShop(shop.services, { shopId: SHOP }, { now });
  return shop;
}

const touches = (text: string): string[] =>
  tenantTables.filter((table) => new RegExp(`\\b(from|join|into|update)\\s+"?${table}\\b`, "iu").test(text));

describe("every statement of a shop's life", () => {
  test("the run wrote to every table that has rows of a shop, and read from it", () => {
    const some = (pattern: (table: string) => RegExp) => (table: string) =>
      statements.some(({ text }) => pattern(table).test(text));
    const written = some((table) => new RegExp(`\\b(insert into|update)\\s+"?${table}\\b`, "iu"));
    const read = some((table) => new RegExp(`(?<!delete )\\b(from|join)\\s+"?${table}\\b`, "iu"));
    expect(tenantTables.length).toBeGreaterThan(20);
    expect(tenantTables.filter((table) => !written(table))).toEqual([]);
    // They are what a message is sent by, which nobody does yet.
    const unread = new Set(["lot_move", "tier_notice"]);
    expect(tenantTables.filter((table) => !read(table) && !unread.has(table))).toEqual([]);
    expect(statements.length).toBeGreaterThan(1000);
  });

  test("names shop_id when it touches a tenant's table, and is given the shop it is about", () => {
    const shops = new Set([INSTALLED, scene.shopId, SHOP]);
    const wrong = statements.filter(({ text, values }) => {
      if (touches(text).length === 0) return false;
      return !/\bshop_id\b/u.test(text) || !values.some((value) => shops.has(value as string));
    });
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });

  test("joins no tenant's table to another without the shop: as many mentions of shop_id as tables", () => {
    const wrong = statements.filter(({ text }) => {
      const tables = tenantTables.reduce(
        (sum, table) =>
          sum + [...text.matchAll(new RegExp(`\\b(from|join|into|update)\\s+"?${table}\\b`, "giu"))].length,
        0,
      );
      return tables > [...text.matchAll(/\bshop_id\b/gu)].length;
    });
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });
});
