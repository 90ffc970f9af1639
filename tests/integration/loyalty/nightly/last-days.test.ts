import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { redateLots } from "#app/loyalty/nightly/redate-lots.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ExpirySettings } from "#app/loyalty/program/expiry-settings.ts";
import { liveProgram, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import { balancesOf, discrepanciesIn, grantLot, joinMember } from "#tests/support/people-fixtures.ts";
import {
  createScene,
  firstRedemption,
  redeem,
  runSagaJobs,
  type RewardScene,
} from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";

async function setUp(
  expiry: ExpirySettings,
  over: { holdDays?: number; points?: number; expiresAt?: Date } = {},
) {
  const { db } = database;
  const scene = await createScene(db, {
    points: over.points ?? 0,
    expiresAt: over.expiresAt ?? null,
    settings: (settings) => {
      settings.expiry = expiry;
      settings.earn.holdDays = over.holdDays ?? 0;
    },
  });
  const { shopId, memberId, customerId, services } = scene;
  const settle = (now: Date, spec: OrderSpec) =>
    db.transaction(async (tx) => {
      const payload = orderPayload({ id: "1", customerId, ...spec });
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      return settleOrder(tx, { shopId, orderId: spec.id ?? "1", now, newId: randomUUID, randomBytes });
    });
  /** A minute after midnight in New York, in winter. */
  const night = (date: string) =>
    runNightly(services, { shopId, localDate: date }, { now: new Date(`${date}T05:01:00Z`) });
  const publish = (expiresBy: ExpirySettings, now: Date) =>
    db.transaction(async (tx) => {
      const { settings } = await liveProgram(tx, shopId);
      const draft = { shopId, settings: { ...settings, expiry: expiresBy }, actor: "7", now };
      const { version } = await saveDraft(tx, draft);
      await publishDraft(tx, { shopId, version, actor: "7", now, eventId: randomUUID() });
    });
  const dates = async () => {
    const rows = await db.query<{ expiresAt: Date | null }>(
      `select expires_at as "expiresAt" from points_lot where shop_id = $1 order by earned_at, member_id, lot_seq`,
      [shopId],
    );
    return rows.map(({ expiresAt }) => expiresAt?.toISOString() ?? null);
  };
  const activeAt = async () => {
    const [member] = await db.query<{ at: Date | null }>(
      `select last_active_at as at from member where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    return member!.at?.toISOString() ?? null;
  };
  const balances = (of = memberId) => balancesOf(db, shopId, of);
  const books = () => discrepanciesIn(db, shopId);
  return { ...scene, scene, settle, night, publish, dates, activeAt, balances, books };
}

describe("T30 points whose hold ends on their last day", () => {
  it.each<[string, ExpirySettings, number, string, string, string]>([
    // rule · hold · placed · the night that ends the hold · the night that takes what is left
    [
      "a day of the year",
      { kind: "calendar", month: 12, day: 31 },
      14,
      "2026-12-17T15:00:00Z",
      "2027-01-01",
      "2028-01-01",
    ],
    ["a month", { kind: "after_earning", months: 1 }, 31, "2026-12-05T15:00:00Z", "2027-01-06", "2027-02-06"],
  ])("by %s are there to be used first", async (_, expiry, holdDays, placed, released, lapsed) => {
    const { settle, night, balances, books } = await setUp(expiry, { holdDays });
    await settle(new Date(placed), { processedAt: placed, updatedAt: placed });
    expect(await balances()).toEqual([0, 500, 0]);
    expect(await night(released)).toMatchObject({
      done: { released: { lots: 1, points: 500 }, expired: { lots: 0, points: 0 } },
    });
    expect(await balances()).toEqual([500, 0, 0]);
    expect(await night(lapsed)).toMatchObject({ done: { expired: { lots: 1, points: 500 } } });
    expect(await books()).toEqual([]);
  });
});

describe("T30 points that are bound to a code when the rule changes", () => {
  const lapses = new Date("2026-12-01T05:00:00Z");
  const bound = async () => {
    const shop = await setUp({ kind: "after_earning", months: 12 }, { points: 500, expiresAt: lapses });
    await redeem(shop.scene);
    expect(await shop.balances()).toEqual([0, 0, 500]);
    await shop.night("2026-11-22");
    return shop;
  };
  const codeLapses = async (scene: RewardScene) => {
    await runSagaJobs(scene, { now: new Date("2026-12-23T15:00:00Z") });
    expect(await firstRedemption(scene)).toMatchObject({ status: "expired" });
  };

  it("never lapse once it says never, when the code is not used", async () => {
    const { scene, night, publish, balances, dates, books } = await bound();
    await publish({ kind: "none" }, new Date("2026-11-22T15:00:00Z"));
    expect(await night("2026-11-23")).toMatchObject({ done: { redated: { lots: 1 } } });
    expect(await dates()).toEqual([null]);
    await night("2026-12-23");
    await codeLapses(scene);
    expect(await night("2026-12-24")).toMatchObject({ done: { expired: { lots: 0 } } });
    expect(await balances()).toEqual([500, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("go with their member into another, and get the later date there", async () => {
    const { db, scene, shopId, customerId, night, publish, balances, dates, books } = await bound();
    const kept = await joinMember(db, shopId, "11");
    const merge = {
      keptCustomerId: "11",
      deletedCustomerId: customerId,
      now: NOW,
      newId: randomUUID,
      randomBytes,
    };
    await db.transaction((tx) => mergeMembers(tx, { shopId, ...merge }));
    await publish({ kind: "after_earning", months: 24 }, new Date("2026-11-22T15:00:00Z"));
    expect(await night("2026-11-23")).toMatchObject({ done: { redated: { lots: 1 } } });
    expect(await dates()).toEqual(["2028-11-21T05:00:00.000Z"]);
    await night("2026-12-23");
    await codeLapses(scene);
    expect(await night("2026-12-24")).toMatchObject({ done: { expired: { lots: 0 } } });
    expect(await balances(kept)).toEqual([500, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("keep their date once an order has used the code, and change nothing the second time", async () => {
    const { db, shopId, scene, settle, dates } = await bound();
    const redate = (everything = true) =>
      redateLots(db, { shopId, expiry: { kind: "none" }, timeZone: ZONE, everything });
    const { code } = await firstRedemption(scene);
    await settle(NOW, { codes: [code], lines: [{ price: "0.00" }] });
    expect(await redate()).toEqual({ lots: 0 });
    expect(await dates()).toEqual([lapses.toISOString()]);

    const open = await bound();
    const both = () =>
      redateLots(db, { shopId: open.shopId, expiry: { kind: "none" }, timeZone: ZONE, everything: true });
    expect((await Promise.all([both(), both()])).map(({ lots }) => lots).sort()).toEqual([0, 1]);
    expect(await both()).toEqual({ lots: 0 });
    expect(await open.dates()).toEqual([null]);
  });

  it("move on with their member's activity, which a later rule keeps", async () => {
    const { settle, night, publish, dates } = await bound();
    await publish({ kind: "inactivity", months: 6 }, new Date("2026-11-22T15:00:00Z"));
    await night("2026-11-23");
    const placed = "2026-11-25T15:00:00Z";
    await settle(new Date(placed), { processedAt: placed, updatedAt: placed });
    expect(await night("2026-11-26")).toMatchObject({ done: { redated: { lots: 1 } } });
    await publish({ kind: "after_earning", months: 1 }, new Date("2026-11-26T15:00:00Z"));
    await night("2026-11-27");
    expect(await dates()).toEqual(["2027-05-26T04:00:00.000Z", "2027-05-26T04:00:00.000Z"]);
  });
});

describe("T30 by inactivity an order counts when it was placed, not when it is heard of", () => {
  const expiry = { kind: "inactivity", months: 6 } as const;

  it("so that points of past orders lapse as they would have", async () => {
    const { settle, night, activeAt, balances, books } = await setUp(expiry);
    const placed = "2024-11-20T15:00:00.000Z";
    const old: OrderSpec = { processedAt: placed, updatedAt: placed };
    await settle(NOW, old);
    await settle(NOW, old);
    expect(await activeAt()).toBe(placed);
    expect(await night("2026-11-22")).toMatchObject({
      done: { redated: { lots: 0 }, expired: { lots: 1, points: 500 } },
    });
    expect(await balances()).toEqual([0, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("so that one before the last leaves the last, whose date its points get", async () => {
    const { settle, night, activeAt, dates } = await setUp(expiry);
    const [early, late] = ["2026-03-02T15:00:00.000Z", "2026-11-02T15:00:00.000Z"];
    await settle(NOW, { id: "2", processedAt: late, updatedAt: late });
    await settle(NOW, { id: "1", processedAt: early, updatedAt: early });
    expect(await activeAt()).toBe(late);
    expect(await dates()).toEqual(["2026-09-03T04:00:00.000Z", "2027-05-03T04:00:00.000Z"]);
    expect(await night("2026-11-22")).toMatchObject({ done: { redated: { lots: 1 }, expired: { lots: 0 } } });
    expect(await dates()).toEqual(["2027-05-03T04:00:00.000Z", "2027-05-03T04:00:00.000Z"]);
  });

  it("and moves every date on the next night, however long ago it was", async () => {
    const { db, scene, settle, night, dates } = await setUp(expiry);
    const [earned, placed] = [new Date("2026-06-10T16:00:00Z"), "2026-07-20T15:00:00.000Z"];
    await grantLot(db, { ...scene, points: 10, at: earned, expiresAt: new Date("2026-12-11T05:00:00Z") });
    await night("2026-10-10");
    await settle(new Date("2026-10-10T15:00:00Z"), { processedAt: placed, updatedAt: placed });
    expect(await night("2026-10-11")).toMatchObject({ done: { redated: { lots: 1 } } });
    expect(await dates()).toEqual(["2027-01-21T05:00:00.000Z", "2027-01-21T05:00:00.000Z"]);
    expect(await night("2026-10-12")).toMatchObject({ done: { redated: { lots: 0 } } });
  });
});
