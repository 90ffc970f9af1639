import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { forgetCustomer } from "#app/loyalty/members/forget-customer.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { readStatement } from "#app/loyalty/ledger/statement.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import { restoreForOrder } from "#app/loyalty/rewards/restore-for-order.server.ts";
import { useCodesOnOrder } from "#app/loyalty/rewards/use-codes.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { findAdvocate } from "#app/loyalty/referrals/claim-rows.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  joinMember,
  takeBack,
} from "#tests/support/people-fixtures.ts";
import { createScene, redeem, redemptionsOf } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const DAY = 86_400_000;
const KEPT = "11";
const later = (days: number) => new Date(NOW.getTime() + days * DAY);

/** The scene's member is the one who goes; another is kept. */
async function setUp(points = 0) {
  const { db } = database;
  const scene = await createScene(db, { points, expiresAt: later(90) });
  const { shopId, memberId: gone, customerId: deleted } = scene;
  const kept = await joinMember(db, shopId, KEPT);
  const merge = (keptCustomerId = KEPT, deletedCustomerId = deleted) =>
    db.transaction((tx) =>
      mergeMembers(tx, {
        shopId,
        keptCustomerId,
        deletedCustomerId,
        now: NOW,
        newId: randomUUID,
        randomBytes,
      }),
    );
  const order = async (customerId: string, spec: OrderSpec = {}) => {
    const payload = orderPayload({ ...spec, customerId });
    return db.transaction(async (tx) => {
      const { orderId } = await recordOrder(tx, { shopId, payload, hashEmail: (email) => `hash:${email}` });
      return settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes });
    });
  };
  const member = async (memberId: string) => {
    const [row] = await db.query<Record<string, unknown>>(
      `select state, merged_into, lifetime, tier_id, available, pending, held from member where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    return row!;
  };
  const balances = () => balancesOf(db, shopId, kept);
  const books = () => discrepanciesIn(db, shopId);
  return { db, scene, shopId, gone, deleted, kept, merge, order, member, balances, books };
}

describe("T21 customers merged", () => {
  test("brings balances together once, each lot with its dates; repeating changes nothing", async () => {
    const { db, shopId, gone, kept, merge, member, balances, books } = await setUp();
    await grantLot(db, { shopId, memberId: kept, points: 50, expiresAt: later(10) });
    await grantLot(db, { shopId, memberId: gone, points: 100, expiresAt: later(20) });
    await grantLot(db, { shopId, memberId: gone, points: 30, availableAt: later(5), expiresAt: later(40) });
    expect(await merge()).toEqual({ outcome: "merged", memberId: kept });
    expect(await balances()).toEqual([150, 30, 0]);
    expect(await member(gone)).toMatchObject({
      state: "merged",
      merged_into: kept,
      available: 0,
      lifetime: 0,
    });
    expect(await member(kept)).toMatchObject({ lifetime: 180 });
    const lots = await db.query(
      `select remaining as points, state, available_at, expires_at from points_lot
        where shop_id = $1 and member_id = $2 and remaining > 0 order by expires_at`,
      [shopId, kept],
    );
    expect(lots).toEqual([
      { points: 50, state: "available", available_at: NOW, expires_at: later(10) },
      { points: 100, state: "available", available_at: NOW, expires_at: later(20) },
      { points: 30, state: "pending", available_at: later(5), expires_at: later(40) },
    ]);
    expect(await books()).toEqual([]);

    expect(await merge()).toEqual({ outcome: "unchanged", memberId: kept });
    expect(await balances()).toEqual([150, 30, 0]);
    await releaseLots(db, { shopId, now: later(6) });
    expect(await balances()).toEqual([180, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("what the one owes, the other pays or owes", async () => {
    const { db, shopId, gone, kept, merge, balances, books } = await setUp();
    await takeBack(db, shopId, gone, 80);
    await grantLot(db, { shopId, memberId: kept, points: 50, expiresAt: later(10) });
    await merge();
    expect(await balances()).toEqual([-30, 0, 0]);
    expect(await balancesOf(db, shopId, gone)).toEqual([0, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("points of the one pay what the other owed", async () => {
    const { db, shopId, gone, kept, merge, balances, books } = await setUp();
    await takeBack(db, shopId, kept, 80);
    await grantLot(db, { shopId, memberId: gone, points: 100, expiresAt: later(10) });
    await merge();
    expect(await balances()).toEqual([20, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("orders move: a later refund takes their points from their own lot, now the kept member's", async () => {
    const { deleted, merge, order, balances, member, kept, books } = await setUp();
    await order(deleted);
    await merge();
    expect(await balances()).toEqual([500, 0, 0]);
    // Shopify still names the deleted customer in what was on its way.
    await order(deleted, {
      cancelledAt: "2026-11-20T12:00:00-05:00",
      updatedAt: "2026-11-20T12:00:00-05:00",
    });
    expect(await balances()).toEqual([0, 0, 0]);
    expect(await member(kept)).toMatchObject({ lifetime: 0 });
    expect(await books()).toEqual([]);
  });

  test("orders before, between and after the merge end alike, whichever customer they name", async () => {
    const ends = await Promise.all(
      [
        ["order", "merge", "late"],
        ["merge", "order", "late"],
        ["order", "late", "merge"],
      ].map(async (steps) => {
        const { deleted, merge, order, balances, member, kept, books } = await setUp();
        for (const step of steps) {
          if (step === "merge") await merge();
          if (step === "order") await order(KEPT, { id: "501", lines: [{ price: "200.00" }] });
          if (step === "late") await order(deleted, { id: "502", lines: [{ price: "150.00" }] });
        }
        expect(await books()).toEqual([]);
        const { tier_id: tier, lifetime } = await member(kept);
        return { points: (await balances())[0], tier, lifetime };
      }),
    );
    // 350.00 together is silver; each order was priced at the tier of its time.
    expect(ends).toEqual(ends.map(() => ({ points: 1750, tier: "silver", lifetime: 1750 })));
  });

  test("a customer who was no member leads to the kept one all the same", async () => {
    const { merge, order, balances, books } = await setUp();
    expect(await merge(KEPT, "99")).toMatchObject({ outcome: "merged" });
    await order("99");
    expect(await balances()).toEqual([500, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("a chain of merges ends with the last one kept, in either order of arrival", async () => {
    for (const steps of [
      ["a-b", "b-c"],
      ["b-c", "a-b"],
    ]) {
      const { db, shopId, merge, books } = await setUp();
      const [a, b, c] = await Promise.all(["1", "2", "3"].map((id) => joinMember(db, shopId, id)));
      for (const memberId of [a!, b!, c!]) await grantLot(db, { shopId, memberId, points: 10 });
      for (const step of steps) await (step === "a-b" ? merge("2", "1") : merge("3", "2"));
      expect(await balancesOf(db, shopId, c!)).toEqual([30, 0, 0]);
      const into = await db.query(`select merged_into from member where shop_id = $1 and state = 'merged'`, [
        shopId,
      ]);
      expect(into).toEqual([{ merged_into: c }, { merged_into: c }]);
      expect(await books()).toEqual([]);
    }
  });

  test("the better tier is kept with its dates, and a block stays", async () => {
    const { db, shopId, gone, kept, merge, member } = await setUp();
    await db.query(
      `update member set tier_id = 'gold', tier_until = $3, state = 'blocked' where shop_id = $1 and member_id = $2`,
      [shopId, gone, later(400)],
    );
    await merge();
    expect(await member(kept)).toMatchObject({ tier_id: "gold", state: "blocked" });
  });

  test("referrals move, as advocate and as friend, and the old link still counts", async () => {
    const { db, shopId, gone, deleted, kept, merge } = await setUp();
    const refer = (advocate: string, friend: string) =>
      db.query(
        `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, friend_customer_id, code, status, created_at)
         values ($1, $2, $3, 'hash ' || $4, $4, 'CODE' || $4, 'ordered', $5)`,
        [shopId, randomUUID(), advocate, friend, NOW],
      );
    await refer(gone, "77");
    await refer(kept, deleted);
    await merge();
    const rows = await db.query(
      `select advocate_id, friend_customer_id from referral where shop_id = $1 order by friend_customer_id`,
      [shopId],
    );
    expect(rows).toEqual([
      { advocate_id: kept, friend_customer_id: KEPT },
      { advocate_id: kept, friend_customer_id: "77" },
    ]);
    const [old] = await db.query<{ code: string }>(
      `select referral_code as code from member where shop_id = $1 and member_id = $2`,
      [shopId, gone],
    );
    expect(await findAdvocate(db, shopId, old!.code)).toEqual({ memberId: kept, customerId: KEPT });
  });

  test("a bonus that both were given counts once", async () => {
    const { db, shopId, gone, kept, merge, balances, books } = await setUp();
    for (const memberId of [gone, kept]) {
      await db.transaction((tx) =>
        postTransfers(tx, {
          shopId,
          now: NOW,
          postings: [
            {
              memberId,
              from: "issued",
              to: "available",
              points: 100,
              reason: "bonus",
              source: "bonus",
              sourceId: `joining:${memberId}`,
              idempotencyKey: `joining:${memberId}`,
              occurredAt: NOW,
              lot: { expiresAt: null },
            },
          ],
        }),
      );
    }
    await merge();
    expect(await balances()).toEqual([100, 0, 0]);
    await merge();
    expect(await balances()).toEqual([100, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("an open code stays good: held by the kept member, used or cancelled by them", async () => {
    const { db, scene, shopId, kept, merge, balances, books } = await setUp(1000);
    await redeem(scene);
    await redeem(scene);
    const codes = await redemptionsOf(scene);
    await merge();
    const held = codes.length * 500;
    expect(await balances()).toEqual([1000 - held, 0, held]);
    expect(await books()).toEqual([]);
    const { redemptionId } = codes[0]!;
    const cancelled = await cancelRedemption(scene.services, {
      shopId,
      memberId: kept,
      redemptionId,
      now: NOW,
      actor: "1",
    });
    expect(cancelled).toMatchObject({ outcome: "cancelled", points: 500 });
    expect(await balances()).toEqual([1500 - held, 0, held - 500]);
    const [lot] = await db.query(
      `select distinct expires_at from points_lot where shop_id = $1 and member_id = $2 and remaining > 0`,
      [shopId, kept],
    );
    expect(lot).toEqual({ expires_at: later(90) });
    expect(await books()).toEqual([]);
  });

  test("a reward used before or after comes back to the kept member when its order is undone", async () => {
    for (const steps of [
      ["use", "merge", "undo"],
      ["merge", "use", "undo"],
    ]) {
      const { db, scene, shopId, kept, merge, balances, books } = await setUp(1000);
      await redeem(scene);
      const [row] = await redemptionsOf(scene);
      for (const step of steps) {
        const at = { shopId, orderId: "6001", now: NOW };
        if (step === "merge") await merge();
        if (step === "use") {
          const use = { ...at, codes: [row!.code], memberId: kept, occurredAt: NOW };
          expect(await db.transaction((tx) => useCodesOnOrder(tx, use))).toEqual({ used: [row!.code] });
        }
        if (step === "undo")
          expect(await db.transaction((tx) => restoreForOrder(tx, at))).toEqual({ restored: 1 });
      }
      expect(await balances()).toEqual([1000, 0, 0]);
      expect(await books()).toEqual([]);
    }
  });

  test("both histories are read as one, page by page, nothing twice and nothing missing", async () => {
    const { db, shopId, gone, kept, merge } = await setUp();
    for (let n = 0; n < 7; n += 1) await grantLot(db, { shopId, memberId: gone, points: 1 });
    for (let n = 0; n < 5; n += 1) await grantLot(db, { shopId, memberId: kept, points: 2 });
    await merge();
    const seen: number[] = [];
    let before: number | undefined;
    for (;;) {
      const page = await readStatement(db, { shopId, memberId: kept, limit: 4, ...(before && { before }) });
      seen.push(...page.entries.map(({ points }) => points));
      if (page.next === null) break;
      before = page.next;
    }
    const [all] = await db.query<{ n: number }>(
      `select count(*)::int as n from points_transfer where shop_id = $1`,
      [shopId],
    );
    expect(seen).toHaveLength(all!.n);
    expect(seen.filter((points) => points === 2)).toHaveLength(5);
  });

  test("orders of both settling while they are merged, over and over, lose and double nothing", async () => {
    const { deleted, merge, order, balances, books } = await setUp();
    await order(deleted, { id: "700" });
    const jobs = Array.from({ length: 12 }, (_, n) => [
      () => order(n % 2 ? deleted : KEPT, { id: String(701 + n) }),
      () => order(deleted, { id: "700" }),
      ...(n % 4 ? [] : [() => merge()]),
    ]).flat();
    await Promise.all(jobs.map((job) => job()));
    // Thirteen orders of 100.00; those that settle once silver is reached earn a quarter more.
    const [available] = await balances();
    expect(available).toBeGreaterThanOrEqual(13 * 500);
    expect(available).toBeLessThanOrEqual(13 * 625);
    expect(await books()).toEqual([]);
  });

  test("who is forgotten is forgotten with everybody merged into them", async () => {
    const { db, shopId, merge } = await setUp();
    await merge();
    await db.transaction((tx) =>
      forgetCustomer(tx, { shopId, customerId: KEPT, eventId: randomUUID(), now: NOW }),
    );
    const rows = await db.query(`select customer_id, state from member where shop_id = $1 order by state`, [
      shopId,
    ]);
    expect(rows).toEqual([
      { customer_id: null, state: "erased" },
      { customer_id: null, state: "merged" },
    ]);
  });
});
