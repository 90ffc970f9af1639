import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { previewExpiry, redateLots } from "#app/loyalty/nightly/redate-lots.server.ts";
import { readReinstatable, reinstateLot } from "#app/loyalty/nightly/reinstate-lot.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { writeReminders } from "#app/loyalty/nightly/write-reminders.server.ts";
import type { ExpirySettings } from "#app/loyalty/program/expiry-settings.ts";
import { liveProgram, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  joinMember,
  peopleServices,
  takeBack,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";
const EARNED = new Date("2026-06-10T16:00:00Z");
const YEAR_LATER = new Date("2027-06-11T04:00:00Z");

async function setUp(change: (settings: ProgramSettings) => void = () => {}) {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await joinMember(db, shopId, "1");
  const settings = structuredClone((await liveProgram(db, shopId)).settings);
  change(settings);
  await setProgram(shopId, settings);
  const services = peopleServices(db);
  const lots = () =>
    db.query<{ remaining: number; expiresAt: Date | null }>(
      `select remaining, expires_at as "expiresAt" from points_lot where shop_id = $1 order by lot_seq`,
      [shopId],
    );
  const night = (date: string) =>
    runNightly(services, { shopId, localDate: date }, { now: new Date(`${date}T06:00:00Z`) });
  const redate = (expiry: ExpirySettings, everything = true) =>
    redateLots(db, { shopId, expiry, timeZone: ZONE, everything });
  const active = (at: Date) =>
    db.query(`update member set last_active_at = $2 where shop_id = $1`, [shopId, at]);
  return { db, shopId, memberId, settings, services, lots, night, redate, active };
}

async function setProgram(shopId: string, settings: ProgramSettings): Promise<void> {
  await database.db.query(`update program_version set settings = $2 where shop_id = $1`, [
    shopId,
    JSON.stringify(settings),
  ]);
}

describe("T30 a change of the rule", () => {
  it("never brings a date forward, takes none that was promised, and moves later ones, once", async () => {
    const { db, shopId, memberId, lots, redate } = await setUp();
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: YEAR_LATER });
    await grantLot(db, { shopId, memberId, points: 50, at: EARNED });
    expect(await redate({ kind: "after_earning", months: 6 })).toEqual({ lots: 0 });
    expect(await redate({ kind: "calendar", month: 12, day: 31 })).toEqual({ lots: 0 });
    const twoYears = { kind: "after_earning", months: 24 } as const;
    const preview = await previewExpiry(db, { shopId, expiry: twoYears, timeZone: ZONE });
    expect(preview).toEqual({
      later: { members: 1, points: 100, until: "2028-06-11T04:00:00.000Z" },
      kept: { members: 0, points: 0 },
      undated: { members: 1, points: 50 },
      soonest: [{ at: "2028-06-11T04:00:00.000Z", points: 100 }],
    });
    expect(await Promise.all([redate(twoYears), redate(twoYears)])).toContainEqual({ lots: 1 });
    expect(await redate(twoYears)).toEqual({ lots: 0 });
    expect(await lots()).toEqual([
      { remaining: 100, expiresAt: new Date("2028-06-11T04:00:00Z") },
      { remaining: 50, expiresAt: null },
    ]);
    expect(await redate({ kind: "none" })).toEqual({ lots: 1 });
    expect((await lots()).map((lot) => lot.expiresAt)).toEqual([null, null]);
  });

  it("published on the very day points were to lapse, saves them that night", async () => {
    const { db, shopId, memberId, settings, night } = await setUp();
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: YEAR_LATER });
    await night("2027-06-10");
    const changed = { ...settings, expiry: { kind: "after_earning", months: 13 } };
    const now = new Date("2027-06-10T20:00:00Z");
    await db.transaction(async (tx) => {
      const { version } = await saveDraft(tx, { shopId, settings: changed, actor: "7", now });
      await publishDraft(tx, { shopId, version, actor: "7", now, eventId: randomUUID() });
    });
    expect(await night("2027-06-11")).toMatchObject({
      done: { redated: { lots: 1 }, expired: { lots: 0, points: 0 } },
    });
    expect(await night("2027-07-11")).toMatchObject({
      done: { redated: { lots: 0 }, expired: { lots: 1, points: 100 } },
    });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("to one that held for some hours gives its points the dates of the one that came after", async () => {
    const { db, shopId, memberId, settings, lots, night } = await setUp();
    await night("2026-06-09");
    const publish = (months: number, now: Date) =>
      db.transaction(async (tx) => {
        const changed = { ...settings, expiry: { kind: "after_earning", months } };
        const { version } = await saveDraft(tx, { shopId, settings: changed, actor: "7", now });
        await publishDraft(tx, { shopId, version, actor: "7", now, eventId: randomUUID() });
      });
    await publish(1, new Date("2026-06-10T10:00:00Z"));
    const monthLater = new Date("2026-07-11T04:00:00Z");
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: monthLater });
    await publish(12, new Date("2026-06-10T20:00:00Z"));
    expect(await night("2026-06-11")).toMatchObject({ done: { redated: { lots: 1 } } });
    expect(await lots()).toEqual([{ remaining: 100, expiresAt: YEAR_LATER }]);
  });
});

describe("T30 points that lapse by inactivity", () => {
  const expiry = { kind: "inactivity", months: 6 } as const;
  const dies = new Date("2026-12-11T05:00:00Z");

  it("get a new date from every order and use, all of them, and lapse together", async () => {
    const { db, shopId, memberId, lots, redate, active } = await setUp();
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: dies });
    await grantLot(db, {
      shopId,
      memberId,
      points: 30,
      at: new Date("2026-08-01T16:00:00Z"),
      expiresAt: new Date("2027-02-02T05:00:00Z"),
    });
    await active(new Date("2026-11-21T02:00:00Z")); // still the 20th in New York
    expect(await redate(expiry, false)).toEqual({ lots: 2 });
    expect(await redate(expiry, false)).toEqual({ lots: 0 });
    const later = new Date("2027-05-21T04:00:00Z");
    expect((await lots()).map((lot) => lot.expiresAt)).toEqual([later, later]);
    expect(await expireLots(db, { shopId, now: new Date(later.getTime() - 1) })).toEqual({
      lots: 0,
      points: 0,
    });
    expect(await expireLots(db, { shopId, now: later })).toEqual({ lots: 2, points: 130 });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("get their new date on the first night after it, however many nights were missed", async () => {
    const { db, shopId, memberId, lots, night, active } = await setUp((settings) => {
      settings.expiry = expiry;
    });
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: dies });
    await night("2026-06-20");
    await active(new Date("2026-06-21T16:00:00Z"));
    expect(await night("2026-08-01")).toMatchObject({ done: { redated: { lots: 1 } } });
    expect(await lots()).toEqual([{ remaining: 100, expiresAt: new Date("2026-12-22T05:00:00Z") }]);
  });

  it("are saved by an order that was never looked at since, on the night they would lapse", async () => {
    const { db, shopId, memberId, night, active } = await setUp((settings) => {
      settings.expiry = expiry;
    });
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: dies });
    await night("2026-09-01");
    await active(new Date("2026-09-02T16:00:00Z"));
    expect(await night("2026-12-11")).toMatchObject({ done: { redated: { lots: 1 }, expired: { lots: 0 } } });
    expect(await night("2027-03-03")).toMatchObject({ done: { expired: { lots: 1, points: 100 } } });
  });
});

describe("reminders", () => {
  it("are written once for each last day and each number of days, whoever runs the night", async () => {
    const { db, shopId, memberId } = await setUp();
    const blocked = await joinMember(db, shopId, "2");
    await db.query(`update member set state = 'blocked' where shop_id = $1 and member_id = $2`, [
      shopId,
      blocked,
    ]);
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: YEAR_LATER });
    await grantLot(db, { shopId, memberId, points: 20, at: EARNED, expiresAt: YEAR_LATER });
    await grantLot(db, { shopId, memberId: blocked, points: 20, at: EARNED, expiresAt: YEAR_LATER });
    const write = (today: string, lastNight: string | null) =>
      writeReminders(db, { shopId, now: NOW, timeZone: ZONE, reminderDays: [30, 7, 1], today, lastNight });
    expect(await write("2027-05-10", "2027-05-09")).toEqual({ reminders: 0 });
    expect(
      await Promise.all([write("2027-05-11", "2027-05-10"), write("2027-05-11", "2027-05-10")]),
    ).toContainEqual({ reminders: 1 });
    expect(await write("2027-05-11", "2027-05-10")).toEqual({ reminders: 0 });
    // The shop was asleep from the 2nd to the 4th: the reminder of the 3rd comes late, and once.
    expect(await write("2027-06-05", "2027-06-02")).toEqual({ reminders: 1 });
    expect(await write("2027-06-10", "2027-06-09")).toEqual({ reminders: 0 });
    expect(await write("2027-06-09", "2027-06-08")).toEqual({ reminders: 1 });
    expect(
      await db.query(
        `select member_id, on_date::text, days_before, points from expiry_reminder where shop_id = $1 order by days_before desc`,
        [shopId],
      ),
    ).toEqual(
      [30, 7, 1].map((days) => ({
        member_id: memberId,
        on_date: "2027-06-10",
        days_before: days,
        points: 120,
      })),
    );
  });
});

describe("points that lapsed", () => {
  const lapse = async (change?: (settings: ProgramSettings) => void) => {
    const scene = await setUp(change);
    const { db, shopId, memberId } = scene;
    await grantLot(db, { shopId, memberId, points: 100, at: EARNED, expiresAt: YEAR_LATER });
    await expireLots(db, { shopId, now: YEAR_LATER });
    const give = (now: Date, seq = 2) =>
      reinstateLot(scene.services, { shopId, memberId, seq, actor: "7", reason: "A letter", now });
    const offered = (now: Date) =>
      readReinstatable(db, { shopId, memberId, now, timeZone: ZONE, reinstateDays: 30 });
    return { ...scene, give, offered };
  };

  it("come back once within 30 days, into a new lot with a new date, with an audit entry", async () => {
    const { db, shopId, memberId, give, offered, lots } = await lapse();
    const now = new Date("2027-07-11T03:59:00Z"); // the last minute of 10 July, 30 days after 10 June
    expect(await offered(now)).toMatchObject([{ seq: 2 }]);
    const given = await Promise.all([give(now), give(now)]);
    expect(given.map((result) => result.outcome).sort()).toEqual(["reinstated", "replayed"]);
    expect(await balancesOf(db, shopId, memberId)).toEqual([100, 0, 0]);
    expect(await lots()).toEqual([
      { remaining: 0, expiresAt: YEAR_LATER },
      { remaining: 100, expiresAt: new Date("2028-07-11T04:00:00Z") },
    ]);
    expect(await offered(now)).toEqual([]);
    expect(await give(now)).toEqual({ outcome: "replayed", points: 100, available: 100 });
    const audit = await db.query(
      `select actor, reason, before, after from audit_event where shop_id = $1 and action = 'points.reinstate'`,
      [shopId],
    );
    expect(audit).toEqual([
      { actor: "7", reason: "A letter", before: { available: 0 }, after: { available: 100, points: 100 } },
    ]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("do not come back later, nor for what never lapsed, nor where the program says never", async () => {
    const { give, offered } = await lapse();
    const late = new Date("2027-07-11T04:00:00Z");
    expect(await offered(late)).toEqual([]);
    expect(await give(late)).toEqual({ outcome: "too_late" });
    expect(await give(YEAR_LATER, 1)).toEqual({ outcome: "not_expired" });
    const never = await lapse((settings) => {
      settings.reinstateDays = 0;
    });
    expect(await never.give(YEAR_LATER)).toEqual({ outcome: "too_late" });
  });

  it("pay what is owed first when they come back", async () => {
    const { db, shopId, memberId, give, lots } = await lapse();
    await takeBack(db, shopId, memberId, 30);
    expect(await give(YEAR_LATER)).toMatchObject({ outcome: "reinstated", available: 70 });
    expect((await lots()).map((lot) => lot.remaining)).toEqual([0, 70]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });
});
