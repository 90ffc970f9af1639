import { describe, expect, it } from "vitest";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { scheduleNightly } from "#app/loyalty/nightly/schedule-nightly.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  joinMember,
  jobsOf,
  peopleServices,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const EVENING = new Date("2026-11-20T14:00:00Z"); // 23:00 in Seoul
const MIDNIGHT = new Date("2026-11-20T15:00:00Z");

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db, { timeZone: "Asia/Seoul" });
  const services = peopleServices(db);
  const schedule = (now: Date) => scheduleNightly(services, {}, { now });
  const nights = async () => (await jobsOf(db, shopId)).filter(({ task }) => task === "run-nightly").length;
  const run = (now: Date, localDate = "2026-11-21") => runNightly(services, { shopId, localDate }, { now });
  return { db, shopId, services, schedule, nights, run };
}

describe("T30 a shop's night", () => {
  it("ends holds, then lapses what is over, once for the date", async () => {
    const { db, shopId, run } = await setUp();
    const memberId = await joinMember(db, shopId, "1");
    await grantLot(db, {
      shopId,
      memberId,
      points: 100,
      at: EVENING,
      availableAt: new Date(EVENING.getTime() + 60_000),
    });
    await grantLot(db, { shopId, memberId, points: 40, at: EVENING, expiresAt: MIDNIGHT });
    await db.query(
      `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, ip_prefix_hash, created_at)
       values ($1, gen_random_uuid(), $2, 'h', 'C', 'invited', 'ip', $3)`,
      [shopId, memberId, new Date("2026-10-01T00:00:00Z")],
    );
    const runs = await Promise.all([run(MIDNIGHT), run(MIDNIGHT)]);
    expect(runs.map((ran) => ran.outcome)).toContain("done");
    expect(await run(MIDNIGHT)).toEqual({ outcome: "done_before" });
    const [nights] = await db.query(
      `select count(*) as n from audit_event where shop_id = $1 and action = 'nightly.run'`,
      [shopId],
    );
    expect(nights).toEqual({ n: 1 });
    expect(await balancesOf(db, shopId, memberId)).toEqual([100, 0, 0]);
    expect(await db.query(`select ip_prefix_hash from referral where shop_id = $1`, [shopId])).toEqual([
      { ip_prefix_hash: null },
    ]);
    const tasks = (await jobsOf(db, shopId)).map(({ task, key }) => `${task} ${key}`);
    expect(tasks).toContain(`reconcile-orders reconcile:${shopId}`);
    expect(tasks).toContain(`project-member project:${shopId}:rest`);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("is queued once the local midnight has passed, once, and not again when it is done", async () => {
    const { db, shopId, schedule, nights, run } = await setUp();
    await run(EVENING, "2026-11-20");
    await schedule(EVENING);
    expect(await nights()).toBe(0);
    await schedule(MIDNIGHT);
    await schedule(new Date(MIDNIGHT.getTime() + 600_000));
    expect(await nights()).toBe(1);
    await run(MIDNIGHT);
    await db.query(`delete from graphile_worker._private_jobs where payload ->> 'shopId' = $1`, [shopId]);
    await schedule(new Date(MIDNIGHT.getTime() + 1_200_000));
    expect(await nights()).toBe(0);
  });

  it("that broke off half-way is finished by running it again", async () => {
    const { db, shopId, services, run } = await setUp();
    const memberId = await joinMember(db, shopId, "1");
    await grantLot(db, { shopId, memberId, points: 40, at: EVENING, expiresAt: MIDNIGHT });
    const { newId } = services;
    services.newId = () => {
      throw new Error("killed");
    };
    await expect(run(MIDNIGHT)).rejects.toThrow("killed");
    services.newId = newId;
    expect(await run(MIDNIGHT)).toMatchObject({ outcome: "done" });
    expect(await balancesOf(db, shopId, memberId)).toEqual([0, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });
});
