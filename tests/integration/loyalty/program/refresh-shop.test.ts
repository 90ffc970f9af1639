import { describe, expect, it } from "vitest";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { installShop, uninstallShop } from "#app/loyalty/program/install-shop.server.ts";
import { refreshShop } from "#app/loyalty/program/refresh-shop.server.ts";
import { createCampaign } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { jobsOf, peopleServices } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const facts = {
    name: "A shop",
    currencyCode: "USD",
    ianaTimezone: "America/New_York",
    plan: { publicDisplayName: "Basic", shopifyPlus: false, partnerDevelopment: false },
    primaryDomain: { url: `https://${shopId}`, localization: null },
  };
  const asked = { before: async () => {} };
  const shopify = createFakeShopify({
    ShopFacts: () => ({ shop: facts, currentAppInstallation: { id: "gid://shopify/AppInstallation/1" } }),
  });
  const request = shopify.request.bind(shopify);
  shopify.request = async (...args) => {
    const reply = await request(...args);
    await asked.before();
    return reply;
  };
  const services = peopleServices(db, shopify);
  const refresh = () => refreshShop(services, { shopId }, { now: NOW });
  const row = async () =>
    (await db.query<Record<string, unknown>>(`select * from shop where shop_id = $1`, [shopId]))[0]!;
  const renewing = async () =>
    (await jobsOf(db, shopId)).filter(({ task }) => task === "renew-projections").length;
  const window = async (campaignId: string) =>
    (
      await db.query<{ starts: Date }>(
        `select starts_at as starts from campaign where shop_id = $1 and campaign_id = $2`,
        [shopId, campaignId],
      )
    )[0]!.starts;
  return { db, shopId, facts, asked, shopify, services, refresh, row, renewing, window };
}

describe("T14 a message about the shop that was lost", () => {
  it("is made up for every night", async () => {
    const { db, shopId, services } = await setUp();
    const night = (localDate: string) =>
      runNightly(services, { shopId, localDate }, { now: new Date(`${localDate}T06:00:00Z`) });
    await night("2026-11-21");
    await night("2026-11-21");
    const keys = async () => (await jobsOf(db, shopId)).map(({ task, key }) => `${task} ${key}`);
    expect((await keys()).filter((key) => key === `refresh-shop refresh-shop:${shopId}`)).toHaveLength(1);
  });

  it("moves the shop's clocks, its campaigns with them, and has members told anew; twice is once", async () => {
    const { db, shopId, facts, refresh, row, renewing, window } = await setUp();
    const campaignId = await createCampaign(db, shopId, {
      starts: "2026-12-24T00:00",
      ends: "2026-12-27T00:00",
    });
    expect(await window(campaignId)).toEqual(new Date("2026-12-24T05:00:00Z"));
    expect(await refresh()).toEqual({ outcome: "refreshed" });
    expect(await renewing()).toBe(0);
    facts.ianaTimezone = "Asia/Seoul";
    expect(await refresh()).toEqual({ outcome: "refreshed" });
    expect(await row()).toMatchObject({ time_zone: "Asia/Seoul", locale: "en", installed_at: NOW });
    expect(await window(campaignId)).toEqual(new Date("2026-12-23T15:00:00Z"));
    expect(await renewing()).toBe(1);
    const before = await row();
    expect(await refresh()).toEqual({ outcome: "refreshed" });
    expect([await row(), await renewing()]).toEqual([before, 1]);
  });

  it("is made up when somebody signs in, too", async () => {
    const { db, shopId, services, facts, window } = await setUp();
    const campaignId = await createCampaign(db, shopId, {
      starts: "2026-12-24T00:00",
      ends: "2026-12-27T00:00",
    });
    facts.ianaTimezone = "Asia/Seoul";
    await installShop(services, { shopId }, { now: NOW });
    expect(await window(campaignId)).toEqual(new Date("2026-12-23T15:00:00Z"));
  });

  it("never brings back a shop that has removed us, not even while Shopify is being asked", async () => {
    const { db, shopId, asked, shopify, refresh, row } = await setUp();
    asked.before = async () => {
      await db.transaction((tx) => uninstallShop(tx, { shopId, now: NOW }));
    };
    expect(await refresh()).toEqual({ outcome: "uninstalled" });
    expect(await row()).toMatchObject({ uninstalled_at: NOW });
    const calls = shopify.calls.length;
    expect(await refresh()).toEqual({ outcome: "uninstalled" });
    expect(shopify.calls).toHaveLength(calls);
  });

  it("waits when Shopify does not answer", async () => {
    const { shopify, refresh, row } = await setUp();
    const before = await row();
    shopify.fail("ShopFacts", { kind: "unavailable", reason: "timeout" });
    await expect(refresh()).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(await row()).toEqual(before);
  });
});
