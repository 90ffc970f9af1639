import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { installShop, uninstallShop } from "#app/loyalty/program/install-shop.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { projectMembers } from "#app/loyalty/members/project-members.server.ts";
import { projectProgram } from "#app/loyalty/members/project-program.server.ts";
import { removeShopJobs } from "#app/loyalty/members/remove-shop-jobs.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { scheduleNightly } from "#app/loyalty/nightly/schedule-nightly.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  grantLot,
  joinMember,
  jobsOf,
  peopleServices,
  placeOrder,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

const removeJobs = (db: typeof database.db, shopId: string) =>
  db.transaction((tx) => removeShopJobs(tx, { shopId }));

let shops = 0;
function setUp(over: { currencyCode?: string } = {}) {
  const { db } = database;
  shops += 1;
  const shopId = `install-${shops}.myshopify.com`;
  const facts = {
    name: "Seoul shop",
    myshopifyDomain: shopId,
    currencyCode: over.currencyCode ?? "KRW",
    ianaTimezone: "Asia/Seoul",
    plan: { publicDisplayName: "Basic", shopifyPlus: false, partnerDevelopment: false },
    primaryDomain: {
      url: "https://seoul.example",
      localization: { defaultLocale: "ko" } as { defaultLocale: string } | null,
    },
  };
  const shopify = createFakeShopify({
    ShopFacts: () => ({ shop: facts, currentAppInstallation: { id: "gid://shopify/AppInstallation/1" } }),
  });
  const services = peopleServices(db, shopify);
  const install = (now = NOW) => installShop(services, { shopId }, { now });
  const uninstall = (now = NOW) => db.transaction((tx) => uninstallShop(tx, { shopId, now }));
  const row = async () => (await db.query(`select * from shop where shop_id = $1`, [shopId]))[0]!;
  return { db, shopId, facts, shopify, services, install, uninstall, row };
}

describe("installing a shop", () => {
  it("keeps its facts, gives it a program, and asks for the projection", async () => {
    const { db, shopId, install, row } = setUp();
    expect(await install()).toEqual({ outcome: "installed" });
    expect(await row()).toMatchObject({
      name: "Seoul shop",
      currency: "KRW",
      currency_exponent: 0,
      time_zone: "Asia/Seoul",
      locale: "ko",
      storefront_url: "https://seoul.example",
      plan: "basic",
      installation_gid: "gid://shopify/AppInstallation/1",
      installed_at: NOW,
      uninstalled_at: null,
    });
    expect((await liveProgram(db, shopId)).settings.pointsName.ko).toBe("적립금");
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toEqual([
      "project-program",
      "reconcile-orders",
    ]);
  });

  it("replayed, refreshes the facts and nothing else, also from sixteen pages at once", async () => {
    const { facts, install, row, db, shopId } = setUp();
    await Promise.all(Array.from({ length: 16 }, () => install()));
    await db.query(
      `update program_version set settings = jsonb_set(settings, '{cancelAllowed}', 'false') where shop_id = $1`,
      [shopId],
    );
    facts.name = "New name";
    facts.primaryDomain.localization = null;
    expect(await install(new Date("2026-12-01T00:00:00Z"))).toEqual({ outcome: "refreshed" });
    expect(await row()).toMatchObject({ name: "New name", locale: "ko", installed_at: NOW });
    expect(await liveProgram(db, shopId)).toMatchObject({ version: 1, settings: { cancelAllowed: false } });
    expect(await db.query(`select 1 from program_version where shop_id = $1`, [shopId])).toHaveLength(1);
  });

  it("leaves nothing behind when Shopify does not answer", async () => {
    const { db, shopId, shopify, install } = setUp();
    shopify.fail("ShopFacts", { kind: "unavailable", reason: "timeout" });
    await expect(install()).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(await db.query(`select 1 from shop where shop_id = $1`, [shopId])).toEqual([]);
  });
});

describe("T19 uninstalling", () => {
  it("deletes the sessions, stops the jobs, and no work calls Shopify any more", async () => {
    const { db, shopId, shopify, services, install, uninstall } = setUp();
    await install();
    await joinMember(db, shopId, "1");
    await db.query(`insert into session (id, shop, state, "accessToken") values ($1, $1, '', 'token')`, [
      shopId,
    ]);
    await enqueue(db, "erase-customer", { shopId, customerId: "1", requestId: "r" });
    expect(await uninstall()).toEqual({ outcome: "uninstalled" });
    expect(await uninstall()).toEqual({ outcome: "unchanged" });
    expect(await db.query(`select 1 from session where shop = $1`, [shopId])).toEqual([]);
    // what the law asks for goes on
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toEqual(["erase-customer"]);

    const calls = shopify.calls.length;
    expect(await projectMembers(services, { shopId }, { now: NOW })).toEqual({
      outcome: "uninstalled",
      projected: 0,
    });
    expect(await projectProgram(services, { shopId }, { now: NOW })).toEqual({ outcome: "uninstalled" });
    expect(await runNightly(services, { shopId, localDate: "2026-11-21" }, { now: NOW })).toEqual({
      outcome: "uninstalled",
    });
    await scheduleNightly(services, {}, { now: NOW });
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toEqual(["erase-customer"]);
    expect(shopify.calls).toHaveLength(calls);
  });

  it("and coming back finds members, points and program as they were, to be projected anew", async () => {
    const { db, shopId, install, uninstall, row } = setUp();
    await install();
    const memberId = await joinMember(db, shopId, "1");
    await grantLot(db, { shopId, memberId, points: 700 });
    await db.query(`update member set projected_revision = revision where shop_id = $1`, [shopId]);
    const before = await liveProgram(db, shopId);
    await uninstall();
    const later = new Date("2026-11-22T10:00:00Z");
    expect(await install(later)).toEqual({ outcome: "reinstalled" });
    expect(await install(later)).toEqual({ outcome: "refreshed" });
    expect(await row()).toMatchObject({ installed_at: later, uninstalled_at: null });
    expect(await balancesOf(db, shopId, memberId)).toEqual([700, 0, 0]);
    expect(await liveProgram(db, shopId)).toEqual(before);
    const renewing = (await jobsOf(db, shopId)).filter(({ task }) => task === "renew-projections");
    expect(renewing.map(({ key }) => key)).toEqual([`renew:${shopId}:installed:${later.toISOString()}`]);
  });

  it("and coming back goes on with what was under way, once; what was over stays over", async () => {
    const { db, shopId, install, uninstall } = setUp();
    await install();
    const memberId = await joinMember(db, shopId, "1");
    const id = randomUUID;
    const orders = { waiting: "9001", settled: "9002" };
    await placeOrder(db, { shopId, memberId, orderId: orders.waiting, outcome: "awaiting_facts" });
    await placeOrder(db, { shopId, memberId, orderId: orders.settled });
    const referral = async (status: string, reason: string | null = null) => {
      const [referralId, orderId] = [id(), status === "requested" ? null : orders.settled];
      await db.query(
        `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, reason, order_id, ordered_at, created_at)
         values ($1, $2::uuid, $3, $2::text, $2::text, $4, $5, $6, $7, $7)`,
        [shopId, referralId, memberId, status, reason, orderId, NOW],
      );
      return referralId;
    };
    const points = async (status: string) => {
      const importId = id();
      await db.query(
        `insert into points_import (shop_id, import_id, status, file_name, reason, created_at, created_by)
         values ($1, $2, $3, 'f', 'r', $4, '1')`,
        [shopId, importId, status, NOW],
      );
      return importId;
    };
    const backfill = async (state: string, paused: boolean) => {
      const runId = id();
      await db.query(
        `insert into backfill_run (shop_id, run_id, state, paused, failure, actor, started_at)
         values ($1, $2, $3, $4, case when $3 = 'failed' then 'malformed' end, '1', $5)`,
        [shopId, runId, state, paused, NOW],
      );
      return runId;
    };
    const resettlement = async (state: string) => {
      const runId = id();
      await db.query(
        `insert into resettlement_run (shop_id, run_id, state, reprice, since, until, program_version, actor, started_at)
         values ($1, $2, $3, false, $4, $4::timestamptz + interval '1 day', 1, '1', $4)`,
        [shopId, runId, state, NOW],
      );
      return runId;
    };
    const expected = [
      `settle:${shopId}:${orders.waiting}`,
      `fulfil-referral:${shopId}:${await referral("requested")}`,
      `reward-referral:${shopId}:${await referral("ordered")}`,
      `reward-referral:${shopId}:${await referral("rewarded", "order_undone")}`,
      `import:${shopId}:${await points("checking")}`,
      `import:${shopId}:${await points("applying")}`,
      `backfill:${shopId}:${await backfill("staging", false)}`,
      `resettle:${shopId}:${await resettlement("applying")}`,
      `raise-tiers:${shopId}`,
    ].toSorted();
    for (const status of ["rewarded", "refused", "reversed"]) await referral(status);
    for (const status of ["reading", "checked", "done", "cancelled"]) await points(status);
    for (const state of ["done", "failed", "stopped"]) await backfill(state, false);
    for (const state of ["done", "discarded"]) await resettlement(state);
    await uninstall();
    expect(await jobsOf(db, shopId)).toEqual([]);
    await install();
    // What every visit asks for is none of it.
    const keys = async () =>
      (await jobsOf(db, shopId))
        .map(({ key }) => key!)
        .filter((key) => !/^(?:project|renew|reconcile)/u.test(key))
        .toSorted();
    expect(await keys()).toEqual(expected);
    await uninstall();
    await install();
    expect(await keys()).toEqual(expected);
    // Only coming back queues them: a visit does not.
    await removeJobs(db, shopId);
    await install();
    expect(await keys()).toEqual([]);
  });

  it("and coming back leaves past orders paused that the merchant had paused", async () => {
    const { db, shopId, install, uninstall } = setUp();
    await install();
    await db.query(
      `insert into backfill_run (shop_id, run_id, state, paused, actor, started_at) values ($1, $2, 'settling', true, '1', $3)`,
      [shopId, randomUUID(), NOW],
    );
    await uninstall();
    await install();
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).not.toContain("backfill-orders");
  });
});
