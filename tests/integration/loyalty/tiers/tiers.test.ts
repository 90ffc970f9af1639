import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Database } from "#app/platform/db/database.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { applyTier } from "#app/loyalty/tiers/apply-tier.server.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { joinMember, placeOrder } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";
const END_2026 = new Date("2027-01-01T05:00:00Z");
const END_2027 = new Date("2028-01-01T05:00:00Z");

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await joinMember(db, shopId, "1");
  const { settings } = await liveProgram(db, shopId);
  const spend = (spentMinor: number, at = NOW) => placeOrder(db, { shopId, memberId, spentMinor, at });
  const apply = (now = NOW) =>
    db.transaction((tx) => applyTier(tx, { shopId, memberId, now, settings, timeZone: ZONE }));
  const review = (now: Date, batchSize?: number) =>
    reviewTiers(db, {
      shopId,
      now,
      settings,
      timeZone: ZONE,
      newId: randomUUID,
      ...(batchSize ? { batchSize } : {}),
    });
  return { db, shopId, memberId, settings, spend, apply, review, tier: () => tierOf(db, shopId, memberId) };
}

async function tierOf(db: Database, shopId: string, memberId: string) {
  const [row] = await db.query<{ tierId: string; tierSince: Date; tierUntil: Date | null; revision: number }>(
    `select tier_id as "tierId", tier_since as "tierSince", tier_until as "tierUntil", revision
       from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  return row!;
}

describe("a tier at settlement", () => {
  it("rises with the calendar year's spend, and applying it again changes nothing", async () => {
    const { spend, apply, tier } = await setUp();
    await spend(29_999);
    expect(await apply()).toEqual({ outcome: "unchanged", tierId: "bronze" });
    await spend(1);
    expect(await apply()).toEqual({ outcome: "upgraded", tierId: "silver" });
    const after = await tier();
    expect(after).toMatchObject({ tierId: "silver", tierSince: NOW, tierUntil: END_2027 });
    expect(await apply()).toEqual({ outcome: "unchanged", tierId: "silver" });
    expect((await tier()).revision).toBe(after.revision);
  });

  it("counts an order of the year's last second in New York to that year", async () => {
    const { spend, apply } = await setUp();
    await spend(100_000, new Date("2026-01-01T04:59:59Z"));
    expect(await apply()).toMatchObject({ tierId: "gold" }); // last year's spend, kept to the end of this one
    expect(await apply(new Date("2027-01-02T00:00:00Z"))).toMatchObject({
      outcome: "unchanged",
      tierId: "gold",
    });
  });

  it("does not fall with a refund before its review, and then to what is left", async () => {
    const { db, shopId, spend, apply, review, tier } = await setUp();
    const orderId = await spend(100_000);
    await spend(40_000);
    await apply();
    await db.query(`update order_state set spent_minor = 0 where shop_id = $1 and order_id = $2`, [
      shopId,
      orderId,
    ]);
    expect(await apply()).toEqual({ outcome: "unchanged", tierId: "gold" });
    expect(await tier()).toMatchObject({ tierId: "gold", tierUntil: END_2026 });
    expect(await review(new Date("2027-01-01T04:59:59Z"))).toEqual({ reviewed: 0, changed: 0 });
    expect(await review(END_2026)).toEqual({ reviewed: 1, changed: 1 });
    expect(await tier()).toMatchObject({ tierId: "silver", tierSince: END_2026, tierUntil: END_2027 });
  });

  it("knows no member of another shop, and leaves the erased alone", async () => {
    const { db, memberId, settings, shopId, spend } = await setUp();
    const other = await createShop(db);
    const apply = (shop: string) =>
      db.transaction((tx) => applyTier(tx, { shopId: shop, memberId, now: NOW, settings, timeZone: ZONE }));
    expect(await apply(other)).toEqual({ outcome: "unchanged", tierId: null });
    await spend(100_000);
    await db.query(`update member set state = 'erased', customer_id = null where shop_id = $1`, [shopId]);
    expect(await apply(shopId)).toEqual({ outcome: "unchanged", tierId: "bronze" });
  });
});

describe("T32 the review of tiers", () => {
  it("keeps a tier until the end of the next year, then goes to what the year's spend reaches", async () => {
    const { spend, apply, review, tier } = await setUp();
    await spend(100_000);
    await apply();
    expect(await review(END_2026)).toEqual({ reviewed: 0, changed: 0 });
    await spend(35_000, new Date("2027-06-01T00:00:00Z"));
    expect(await review(new Date("2027-12-31T23:00:00Z"))).toEqual({ reviewed: 0, changed: 0 });
    expect(await review(END_2027)).toEqual({ reviewed: 1, changed: 1 });
    expect(await tier()).toMatchObject({ tierId: "silver", tierUntil: new Date("2029-01-01T05:00:00Z") });
    expect(await review(END_2027)).toEqual({ reviewed: 0, changed: 0 });
  });

  it("leaves the lowest tier without an end, and locked tiers alone", async () => {
    const { db, shopId, spend, apply, review, tier } = await setUp();
    await spend(100_000);
    await apply();
    await db.query(`update member set tier_locked = true where shop_id = $1`, [shopId]);
    expect(await review(END_2027)).toEqual({ reviewed: 0, changed: 0 });
    await db.query(`update member set tier_locked = false where shop_id = $1`, [shopId]);
    expect(await review(END_2027)).toEqual({ reviewed: 1, changed: 1 });
    expect(await tier()).toMatchObject({ tierId: "bronze", tierUntil: null });
  });

  it("gives a tier that the program no longer has away at once", async () => {
    const { db, shopId, review, tier } = await setUp();
    await db.query(`update member set tier_id = 'platinum', tier_until = $2 where shop_id = $1`, [
      shopId,
      END_2027,
    ]);
    expect(await review(NOW)).toEqual({ reviewed: 1, changed: 1 });
    expect(await tier()).toMatchObject({ tierId: "bronze" });
  });

  it("run by three at once in small batches, reviews everybody once", async () => {
    const { db, shopId, settings } = await setUp();
    await db.query(
      `insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id, tier_until)
       select $1, gen_random_uuid(), n::text, $2, 'CODE' || n, 'gold', $3 from generate_series(100, 399) n`,
      [shopId, NOW, END_2026],
    );
    const run = () =>
      reviewTiers(db, { shopId, now: END_2026, settings, timeZone: ZONE, newId: randomUUID, batchSize: 50 });
    const totals = await Promise.all([run(), run(), run()]);
    expect(totals.reduce((sum, total) => sum + total.reviewed, 0)).toBe(300);
    const [row] = await db.query<{ n: number; raised: number }>(
      `select count(*) filter (where tier_id = 'bronze') as n, max(revision) as raised from member where shop_id = $1 and tier_until is null and customer_id <> '1'`,
      [shopId],
    );
    expect(row).toEqual({ n: 300, raised: 1 });
  });

  it("and settlements at once end where they would one after the other", async () => {
    const { db, shopId, memberId, settings, tier } = await setUp();
    const settle = async () => {
      await db.transaction(async (tx) => {
        await tx.query(
          `insert into order_state (shop_id, order_id, member_id, processed_at, spent_minor, outcome)
           values ($1, $2, $3, $4, 10_000, 'settled')`,
          [shopId, String(Math.floor(Math.random() * 1e15)), memberId, NOW],
        );
        await applyTier(tx, { shopId, memberId, now: NOW, settings, timeZone: ZONE });
      });
    };
    await Promise.all(Array.from({ length: 10 }, settle));
    expect(await tier()).toMatchObject({ tierId: "gold", tierUntil: END_2027 });
  });
});
