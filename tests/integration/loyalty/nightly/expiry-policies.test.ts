import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldGrantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { addDays, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ExpirySettings } from "#app/loyalty/program/expiry-settings.ts";
import { previewPublish } from "#app/loyalty/program/preview-publish.server.ts";
import { liveProgram, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop } from "#tests/support/ledger-fixtures.ts";
import { discrepanciesIn, grantLot, joinMember, peopleServices } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const HOUR = 3_600_000;

const policy = fc.oneof<fc.Arbitrary<ExpirySettings>[]>(
  fc.constant({ kind: "none" }),
  fc.integer({ min: 1, max: 24 }).map((months) => ({ kind: "after_earning" as const, months })),
  fc.integer({ min: 1, max: 24 }).map((months) => ({ kind: "inactivity" as const, months })),
  fc.constantFrom<ExpirySettings>(
    { kind: "calendar", month: 12, day: 31 },
    { kind: "calendar", month: 2, day: 29 },
    { kind: "calendar", month: 3, day: 14 },
  ),
);

interface Lot {
  key: string;
  remaining: number;
  expiresAt: Date | null;
}

/** A shop that publishes one rule after another, with grants, activity and nights in between. */
async function shopIn(timeZone: string, from: string) {
  const { db } = database;
  const shopId = await createShop(db, { timeZone });
  const services = peopleServices(db);
  const members = [await joinMember(db, shopId, "1"), await joinMember(db, shopId, "2")];
  let day = from;
  const noon = () => new Date(startOfLocalDay(day, timeZone).getTime() + 12 * HOUR);
  const lots = async () => {
    const rows = await db.query<Lot>(
      `select member_id || ':' || lot_seq as key, remaining, expires_at as "expiresAt" from points_lot
        where shop_id = $1 order by 1`,
      [shopId],
    );
    return new Map(rows.map((lot) => [lot.key, lot]));
  };
  const expired = async () => {
    const [row] = await db.query<{ points: number }>(
      `select coalesce(sum(points), 0)::bigint as points from points_transfer where shop_id = $1 and to_account = 'expired'`,
      [shopId],
    );
    return row!.points;
  };
  const publish = async (expiry: ExpirySettings) => {
    const now = noon();
    const { settings } = await liveProgram(db, shopId);
    const { version } = await db.transaction((tx) =>
      saveDraft(tx, { shopId, settings: { ...settings, expiry }, actor: "7", now }),
    );
    const preview = await previewPublish(db, { shopId, now, timeZone });
    await db.transaction((tx) =>
      publishDraft(tx, { shopId, version, actor: "7", now, eventId: randomUUID() }),
    );
    return preview.expiry;
  };
  const grant = async (who: number, points: number) => {
    const { settings } = await liveProgram(db, shopId);
    const at = noon();
    const expiresAt = heldGrantExpiresAt(settings.expiry, { earnedAt: at, availableAt: at }, timeZone);
    await grantLot(db, { shopId, memberId: members[who]!, points, at, expiresAt });
  };
  const active = (who: number) =>
    db.query(`update member set last_active_at = $3 where shop_id = $1 and member_id = $2`, [
      shopId,
      members[who],
      noon(),
    ]);
  const night = async (days: number) => {
    day = addDays(day, days);
    const now = new Date(startOfLocalDay(day, timeZone).getTime() + 1_000);
    return runNightly(services, { shopId, localDate: day }, { now });
  };
  return { db, shopId, lots, expired, publish, grant, active, night };
}

function expectNoneEarlier(before: Map<string, Lot>, after: Map<string, Lot>): void {
  for (const [key, { remaining, expiresAt }] of before) {
    const now = after.get(key)!;
    if (remaining === 0 || now.remaining === 0) continue;
    if (expiresAt === null) expect([key, now.expiresAt]).toEqual([key, null]);
    else if (now.expiresAt) expect(now.expiresAt.getTime()).toBeGreaterThanOrEqual(expiresAt.getTime());
  }
}

describe("T30 one rule for expiry after another", () => {
  it("never → 12 months → inactivity → calendar → never: points keep what was promised, and what comes later", async () => {
    const shop = await shopIn("Asia/Seoul", "2026-11-20");
    const dates = async () =>
      [...(await shop.lots()).values()].map((lot) => lot.expiresAt?.toISOString() ?? null);
    await shop.publish({ kind: "none" });
    await shop.grant(0, 10);
    await shop.publish({ kind: "after_earning", months: 12 });
    await shop.grant(0, 20);
    await shop.night(1);
    expect(await dates()).toEqual([null, "2027-11-20T15:00:00.000Z"]);
    await shop.publish({ kind: "inactivity", months: 6 });
    await shop.grant(0, 30); // earned on the 21st
    await shop.night(1);
    expect(await dates()).toEqual([null, "2027-11-20T15:00:00.000Z", "2027-05-21T15:00:00.000Z"]);
    await shop.publish({ kind: "calendar", month: 12, day: 31 });
    await shop.night(1);
    // The next 31 December is earlier than every date there is.
    expect(await dates()).toEqual([null, "2027-11-20T15:00:00.000Z", "2027-05-21T15:00:00.000Z"]);
    expect(await shop.expired()).toBe(0);
    await shop.publish({ kind: "none" });
    await shop.night(1);
    expect(await dates()).toEqual([null, null, null]);
    expect(await discrepanciesIn(shop.db, shop.shopId)).toEqual([]);
  });

  it.each([
    ["America/New_York", "2027-02-20"], // over the spring's clock change
    ["Asia/Seoul", "2028-02-20"], // over a leap day
  ])(
    "in %s from %s on: no sequence of rules, grants, orders and nights moves a date forward or takes a point on publishing",
    async (timeZone, from) => {
      const step = fc.oneof(
        { weight: 3, arbitrary: fc.record({ do: fc.constant("publish" as const), expiry: policy }) },
        {
          weight: 2,
          arbitrary: fc.record({
            do: fc.constant("grant" as const),
            who: fc.nat(1),
            points: fc.integer({ min: 1, max: 500 }),
          }),
        },
        { weight: 1, arbitrary: fc.record({ do: fc.constant("active" as const), who: fc.nat(1) }) },
        {
          weight: 3,
          arbitrary: fc.record({
            do: fc.constant("night" as const),
            days: fc.constantFrom(1, 1, 2, 9, 45, 200),
          }),
        },
      );
      const plans = fc.sample(fc.array(step, { minLength: 12, maxLength: 16 }), { numRuns: 8, seed: 30 });
      for (const plan of plans) {
        const shop = await shopIn(timeZone, from);
        for (const move of plan) {
          const before = await shop.lots();
          const gone = await shop.expired();
          if (move.do === "publish") {
            const preview = await shop.publish(move.expiry);
            const open = [...before.values()].filter((lot) => lot.remaining > 0);
            const points = open.reduce((sum, lot) => sum + lot.remaining, 0);
            // Every point is in one of the three, or the rule has not changed.
            if (preview)
              expect(preview.later.points + preview.kept.points + preview.undated.points).toBe(points);
            expect(await shop.lots()).toEqual(before);
            expect(await shop.expired()).toBe(gone);
          }
          if (move.do === "grant") await shop.grant(move.who, move.points);
          if (move.do === "active") await shop.active(move.who);
          if (move.do === "night") {
            await shop.night(move.days);
            const after = await shop.lots();
            expectNoneEarlier(before, after);
            for (const [key, { remaining, expiresAt }] of before) {
              // Only what had a date lapses.
              if (after.get(key)!.remaining < remaining) expect([key, expiresAt]).not.toEqual([key, null]);
            }
          }
        }
        expect(await discrepanciesIn(shop.db, shop.shopId)).toEqual([]);
      }
    },
    120_000,
  );
});
