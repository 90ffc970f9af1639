import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, test } from "vitest";
import type { CampaignSettingsInput } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { previewCampaign } from "#app/loyalty/earning/campaigns/preview-campaign.server.ts";
import { listCampaigns, readCampaign } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import {
  deleteDraftCampaign,
  endCampaign,
  publishCampaign,
  rezoneCampaigns,
  saveCampaign,
} from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { doublePoints } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createMember, createShop, NOW } from "#tests/support/ledger-fixtures.ts";

const database = useTestDatabase();
let shopId: string;
let campaignId: string;

beforeEach(async () => {
  shopId = await createShop(database.db);
  campaignId = randomUUID();
});

const args = () => ({ shopId, campaignId, actor: "7", now: NOW, eventId: randomUUID() });
const save = (revision: number | null, over: Partial<CampaignSettingsInput> = {}) =>
  database.db.transaction((tx) => saveCampaign(tx, { ...args(), revision, settings: doublePoints(over) }));
const publish = (revision: number) =>
  database.db.transaction((tx) => publishCampaign(tx, { ...args(), revision }));
const end = () => database.db.transaction((tx) => endCampaign(tx, args()));
const remove = () => database.db.transaction((tx) => deleteDraftCampaign(tx, args()));
const actions = async () =>
  (
    await database.db.query<{ action: string }>(
      `select action from audit_event where shop_id = $1 and subject = $2 order by at, action`,
      [shopId, `campaign:${campaignId}`],
    )
  ).map(({ action }) => action);
const read = () => readCampaign(database.db, shopId, campaignId);

describe("saving", () => {
  it("creates once, whatever is sent twice, and says what the shop's clocks make of the window", async () => {
    expect(await save(null)).toEqual({ outcome: "created", revision: 1 });
    expect(await save(null)).toEqual({ outcome: "unchanged", revision: 1 });
    expect(await read()).toMatchObject({
      status: "draft",
      // New York: summer time until 02:00 on this very day.
      startsAt: new Date("2026-11-01T04:00:00Z"),
      endsAt: new Date("2026-12-01T05:00:00Z"),
      spentPoints: 0,
      orders: 0,
      members: 0,
      createdBy: "7",
      publishedAt: null,
    });
    expect(await actions()).toEqual(["campaign.create"]);
  });

  it("keeps a change once, and refuses one made on what is no longer there", async () => {
    await save(null);
    expect(await save(1, { budget: 500 })).toEqual({ outcome: "saved", revision: 2 });
    expect(await save(1, { budget: 500 })).toEqual({ outcome: "unchanged", revision: 2 });
    await expect(save(1, { budget: 600 })).rejects.toThrow("campaign_changed");
    await expect(save(null, { budget: 700 })).rejects.toThrow("campaign_changed");
    expect((await read())?.settings.budget).toBe(500);
    expect(await actions()).toEqual(["campaign.create", "campaign.save"]);
  });

  it("lets one of two editors win, whoever is first", async () => {
    await save(null);
    const outcomes = await Promise.allSettled([save(1, { budget: 500 }), save(1, { budget: 600 })]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await read())?.revision).toBe(2);
  });

  it("changes a live campaign, and none that was ended", async () => {
    await save(null);
    await publish(1);
    expect(await save(1, { perMember: 50 })).toEqual({ outcome: "saved", revision: 2 });
    expect((await read())?.status).toBe("published");
    await end();
    await expect(save(2, { perMember: 60 })).rejects.toThrow("campaign_ended");
  });

  it.each<[string, string, Partial<CampaignSettingsInput>]>([
    ["tierIds", "unknown_tier", { tierIds: ["platinum"] }],
    ["budget", "budget_below_spent", { budget: 99 }],
    ["award.multiplier", "bad_multiplier", { award: { kind: "multiplier", multiplier: "1" } }],
    // Both are 03:00: between them lies the hour that the clocks of New York skip.
    ["ends", "window_order", { starts: "2027-03-14T02:00", ends: "2027-03-14T02:45" }],
  ])("refuses %s: %s", async (path, message, over) => {
    await save(null);
    await database.db.query(`update campaign set spent_points = 100 where shop_id = $1`, [shopId]);
    const refusal = save(1, over);
    await expect(refusal).rejects.toMatchObject({
      code: "invalid_input",
      data: { issues: [{ path: path.split("."), message }] },
    });
    expect((await read())?.revision).toBe(1);
  });
});

describe("publishing, ending, deleting", () => {
  it("each happens once", async () => {
    await save(null);
    await expect(publish(2)).rejects.toThrow("campaign_changed");
    await expect(end()).rejects.toThrow("campaign_not_published");
    expect(await publish(1)).toEqual({ outcome: "published" });
    expect(await publish(1)).toEqual({ outcome: "already_published" });
    await expect(remove()).rejects.toThrow("campaign_not_draft");
    expect(await end()).toEqual({ outcome: "ended" });
    expect(await end()).toEqual({ outcome: "already_ended" });
    await expect(publish(1)).rejects.toThrow("campaign_ended");
    expect(await read()).toMatchObject({ status: "ended", publishedAt: NOW, endedAt: NOW });
    expect(await actions()).toEqual(["campaign.create", "campaign.end", "campaign.publish"]);
  });

  it("forgets a draft", async () => {
    await save(null);
    expect(await remove()).toEqual({ outcome: "deleted" });
    expect(await remove()).toEqual({ outcome: "gone" });
    expect(await read()).toBeNull();
    await expect(save(1)).rejects.toThrow("no_such_campaign");
    await expect(publish(1)).rejects.toThrow("no_such_campaign");
  });

  it("keeps to its shop", async () => {
    await save(null);
    const other = await createShop(database.db);
    expect(await readCampaign(database.db, other, campaignId)).toBeNull();
    expect(await readCampaign(database.db, shopId, "not-an-id")).toBeNull();
    expect(await listCampaigns(database.db, other)).toEqual([]);
    expect(await listCampaigns(database.db, shopId)).toHaveLength(1);
  });
});

test("the window follows the shop's clocks when the shop moves, unless the campaign is over", async () => {
  await save(null);
  const over = randomUUID();
  await database.db.transaction((tx) =>
    saveCampaign(tx, {
      ...args(),
      campaignId: over,
      revision: null,
      settings: doublePoints({ ends: "2026-11-02T00:00" }),
    }),
  );
  const move = () =>
    database.db.transaction((tx) => rezoneCampaigns(tx, { shopId, timeZone: "Asia/Seoul", now: NOW }));
  expect(await move()).toEqual({ moved: 1 });
  expect(await move()).toEqual({ moved: 0 });
  expect(await read()).toMatchObject({
    startsAt: new Date("2026-10-31T15:00:00Z"),
    endsAt: new Date("2026-11-30T15:00:00Z"),
  });
  expect(await readCampaign(database.db, shopId, over)).toMatchObject({
    startsAt: new Date("2026-11-01T04:00:00Z"),
  });
});

test("the database itself refuses what is overspent", async () => {
  await save(null, { budget: 100 });
  const spend = (points: number) =>
    database.db.query(`update campaign set spent_points = $2 where shop_id = $1`, [shopId, points]);
  await spend(100);
  await expect(spend(101)).rejects.toThrow("campaign_budget");
  await expect(spend(-1)).rejects.toThrow("campaign_budget");
});

describe("the preview counts members that fit today", () => {
  beforeEach(async () => {
    const { db } = database;
    // An old customer, one who came back yesterday, one who is new, one whose only order was refunded, one blocked.
    const member = async (over: string, orders: [days: number, spent: number][]) => {
      const memberId = await createMember(db, shopId);
      await db.query(`update member set ${over} where shop_id = $1 and member_id = $2`, [shopId, memberId]);
      for (const [days, spent] of orders) {
        await db.query(
          `insert into order_state (shop_id, order_id, member_id, processed_at, outcome, spent_minor, document)
           values ($1, $2, $3, $4, 'settled', $5, '{}')`,
          [
            shopId,
            String(Math.random()).slice(2),
            memberId,
            new Date(NOW.getTime() - days * 86_400_000),
            spent,
          ],
        );
      }
    };
    await member("joined_at = '2020-01-01', tier_id = 'gold', birthday_month = 11", [[400, 1000]]);
    await member("joined_at = '2020-01-01', birthday_month = 12", [
      [400, 1000],
      [1, 1000],
    ]);
    await member("joined_at = '2026-11-18T05:00:00Z'", []);
    await member("joined_at = '2020-01-01', tier_id = 'forgotten'", [[400, 0]]);
    await member("state = 'blocked'", []);
  });

  it.each<[CampaignSettingsInput["segment"], string[], number]>([
    [{ kind: "all" }, [], 4],
    [{ kind: "all" }, ["gold"], 1],
    // Who is in no tier of the program, or in none, is in the first.
    [{ kind: "all" }, ["bronze"], 3],
    [{ kind: "first_order" }, [], 2],
    [{ kind: "returning" }, [], 2],
    [{ kind: "lapsed", days: 90 }, [], 1],
    [{ kind: "lapsed", days: 401 }, [], 0],
    [{ kind: "joined_within", days: 2 }, [], 1],
    [{ kind: "joined_within", days: 1 }, [], 0],
    [{ kind: "birthday_month" }, [], 1],
  ])("%j in %j: %i", async (segment, tierIds, members) => {
    const settings = campaignSettings.parse(doublePoints({ segment: segment!, tierIds }));
    expect(await previewCampaign(database.db, { shopId, settings, now: NOW })).toEqual({ members });
  });
});
