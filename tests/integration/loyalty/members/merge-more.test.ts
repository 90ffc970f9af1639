import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import { rewardEntries } from "#app/loyalty/tiers/entry-reward.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
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
const later = (days: number) => new Date(NOW.getTime() + days * DAY);

/** Three customers, 1, 2 and 3, each a member with nothing. */
async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const [a = "", b = "", c = ""] = await Promise.all(["1", "2", "3"].map((id) => joinMember(db, shopId, id)));
  const merge = (deletedCustomerId: string, keptCustomerId: string, now = NOW) =>
    db.transaction((tx) =>
      mergeMembers(tx, { shopId, keptCustomerId, deletedCustomerId, now, newId: randomUUID, randomBytes }),
    );
  const bonus = (memberId: string, points: number, expiresAt: Date | null = null) =>
    db.transaction((tx) =>
      postTransfers(tx, {
        shopId,
        now: NOW,
        postings: [
          {
            memberId,
            from: "issued",
            to: "available",
            points,
            reason: "bonus",
            source: "bonus",
            sourceId: `joining:${memberId}`,
            idempotencyKey: `joining:${memberId}`,
            occurredAt: NOW,
            lot: { expiresAt },
          },
        ],
      }),
    );
  const tier = async (memberId: string) => {
    const [row] = await db.query<{ id: string; until: Date | null; locked: boolean }>(
      `select tier_id as id, tier_until as until, tier_locked as locked from member where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    return row!;
  };
  const put = (memberId: string, tierId: string, tierUntil: Date | null, locked: boolean) =>
    db.query(
      `update member set tier_id = $3, tier_until = $4, tier_locked = $5 where shop_id = $1 and member_id = $2`,
      [shopId, memberId, tierId, tierUntil, locked],
    );
  const books = () => discrepanciesIn(db, shopId);
  return { db, shopId, a, b, c, merge, bonus, tier, put, books };
}

/** Enters silver, which gives 200. */
async function entering(db: Database, shopId: string) {
  const { settings } = await liveProgram(db, shopId);
  const copy = structuredClone(settings);
  copy.tiers[1]!.entryPoints = 200;
  return (memberId: string, now: Date) =>
    db.transaction((tx) =>
      rewardEntries(tx, {
        shopId,
        entries: [{ memberId, tierId: "silver" }],
        now,
        settings: copy,
        timeZone: "America/New_York",
      }),
    );
}

describe("T21 a bonus for joining, along a chain of merges", () => {
  test.each([
    ["all three have it", [100, 100, 100]],
    ["the first and the last have it", [100, 0, 100]],
    ["the first two have it", [100, 100, 0]],
    ["only the one in the middle has it", [0, 100, 0]],
  ])(
    "counts once when %s, and repeating every merge changes nothing",
    async (_, [one = 0, two = 0, three = 0]) => {
      const { db, shopId, a, b, c, merge, bonus, books } = await setUp();
      for (const [memberId, points] of [
        [a, one],
        [b, two],
        [c, three],
      ] as const) {
        if (points > 0) await bonus(memberId, points);
      }
      await merge("1", "2");
      await merge("2", "3");
      expect(await balancesOf(db, shopId, c)).toEqual([100, 0, 0]);
      await merge("1", "2");
      await merge("2", "3");
      await merge("1", "3");
      expect(await balancesOf(db, shopId, c)).toEqual([100, 0, 0]);
      expect(await books()).toEqual([]);
    },
  );

  test("that has lapsed is not taken back a second time; one that was spent is", async () => {
    const lapsed = await setUp();
    await lapsed.bonus(lapsed.a, 100, later(1));
    await lapsed.bonus(lapsed.b, 100);
    await expireLots(lapsed.db, { shopId: lapsed.shopId, now: later(2) });
    await lapsed.merge("1", "2", later(3));
    expect(await balancesOf(lapsed.db, lapsed.shopId, lapsed.b)).toEqual([100, 0, 0]);
    expect(await lapsed.books()).toEqual([]);
    const spent = await setUp();
    await spent.bonus(spent.a, 100);
    await spent.bonus(spent.b, 100);
    await takeBack(spent.db, spent.shopId, spent.a, 100);
    await spent.merge("1", "2");
    expect(await balancesOf(spent.db, spent.shopId, spent.b)).toEqual([0, 0, 0]);
    expect(await spent.books()).toEqual([]);
  });

  test("that was moved by one merge and has lapsed since is not taken back by the next", async () => {
    const { db, shopId, a, b, c, merge, bonus, books } = await setUp();
    await bonus(a, 100, later(10));
    await bonus(c, 100);
    await merge("1", "2");
    expect(await balancesOf(db, shopId, b)).toEqual([100, 0, 0]);
    await expireLots(db, { shopId, now: later(11) });
    await merge("2", "3", later(12));
    await merge("2", "3", later(12));
    expect(await balancesOf(db, shopId, c)).toEqual([100, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("what entering a tier gave over the years stays, but for what a single member would not have had", async () => {
    const { db, shopId, a, b, c, merge, books } = await setUp();
    const enter = await entering(db, shopId);
    const years = (count: number) => later(count * 400);
    for (const [memberId, now] of [
      [a, NOW],
      [b, later(30)],
      [a, years(1)],
      [a, years(2)],
      [b, years(3)],
      [c, years(5)],
    ] as const)
      expect(await enter(memberId, now)).toEqual({ rewarded: 1 });
    // Five entries of the two, of which the first two are one.
    await merge("1", "2", years(4));
    expect(await balancesOf(db, shopId, b)).toEqual([800, 0, 0]);
    await merge("1", "2", years(4));
    await merge("2", "3", years(6));
    await merge("2", "3", years(6));
    await merge("1", "3", years(6));
    expect(await balancesOf(db, shopId, c)).toEqual([1_000, 0, 0]);
    // What was taken back was given years ago: it does not stand in the way of the next entry.
    expect(await enter(c, years(6))).toEqual({ rewarded: 1 });
    expect(await books()).toEqual([]);
  });

  test("what entering a tier gave to either is not given again within 12 months", async () => {
    const { db, shopId, a, b, merge } = await setUp();
    const enter = await entering(db, shopId);
    expect(await enter(a, NOW)).toEqual({ rewarded: 1 });
    await merge("1", "2");
    expect(await enter(b, later(200))).toEqual({ rewarded: 0 });
    expect(await enter(b, later(367))).toEqual({ rewarded: 1 });
    expect(await balancesOf(db, shopId, b)).toEqual([400, 0, 0]);
  });
});

describe("T21 tiers of two", () => {
  const until = later(100);
  const longer = later(400);
  test.each([
    ["both locked: the better one", ["gold", null, true], ["silver", null, true], ["gold", null, true]],
    ["both locked, the kept one better", ["silver", null, true], ["gold", null, true], ["gold", null, true]],
    [
      "the lower one locked: the better one, as it is",
      ["silver", null, true],
      ["gold", until, false],
      ["gold", until, false],
    ],
    ["the same, one locked: locked", ["gold", null, true], ["gold", until, false], ["gold", null, true]],
    ["the same, for longer", ["gold", longer, false], ["gold", until, false], ["gold", longer, false]],
    ["the same, for shorter", ["gold", until, false], ["gold", longer, false], ["gold", longer, false]],
  ] as const)("%s", async (_, gone, kept, ends) => {
    const { a, b, merge, put, tier } = await setUp();
    await put(a, gone[0], gone[1], gone[2]);
    await put(b, kept[0], kept[1], kept[2]);
    await merge("1", "2");
    await merge("1", "2");
    const [id, end, locked] = ends;
    expect(await tier(b)).toEqual({ id, until: end, locked });
  });
});

describe("T21 debts, holds and haste", () => {
  test("both owe: the kept member owes both, and the next points pay", async () => {
    const { db, shopId, a, b, merge, books } = await setUp();
    await takeBack(db, shopId, a, 80);
    await takeBack(db, shopId, b, 30);
    await merge("1", "2");
    await merge("1", "2");
    expect(await balancesOf(db, shopId, b)).toEqual([-110, 0, 0]);
    await grantLot(db, { shopId, memberId: b, points: 150 });
    expect(await balancesOf(db, shopId, b)).toEqual([40, 0, 0]);
    expect(await books()).toEqual([]);
  });

  test("an open code is cancelled while its member is merged, over and over: its points come back once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { db } = database;
      const scene = await createScene(db, { points: 1_000, expiresAt: later(90) });
      const { shopId, customerId } = scene;
      const kept = await joinMember(db, shopId, "11");
      await redeem(scene);
      const [open] = await redemptionsOf(scene);
      const merge = () =>
        db.transaction((tx) =>
          mergeMembers(tx, {
            shopId,
            keptCustomerId: "11",
            deletedCustomerId: customerId,
            now: NOW,
            newId: randomUUID,
            randomBytes,
          }),
        );
      const cancel = (memberId: string) =>
        cancelRedemption(scene.services, {
          shopId,
          memberId,
          redemptionId: open!.redemptionId,
          now: NOW,
          actor: "1",
        }).catch(() => null);
      await Promise.all([merge(), cancel(scene.memberId), cancel(kept), merge()]);
      await cancel(kept);
      expect(await balancesOf(db, shopId, kept)).toEqual([1_000, 0, 0]);
      expect(await discrepanciesIn(db, shopId)).toEqual([]);
    }
  });

  test("an open code goes along a chain, and its points come back to the last one, with the dates they had", async () => {
    const { db } = database;
    const scene = await createScene(db, { points: 1_000, expiresAt: later(90) });
    const { shopId, customerId } = scene;
    const [middle, last] = [await joinMember(db, shopId, "11"), await joinMember(db, shopId, "12")];
    await redeem(scene);
    const [open] = await redemptionsOf(scene);
    const merge = (deletedCustomerId: string, keptCustomerId: string) =>
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
    await merge(customerId, "11");
    await merge("11", "12");
    await merge(customerId, "11");
    expect(await balancesOf(db, shopId, last)).toEqual([500, 0, 500]);
    const args = { shopId, redemptionId: open!.redemptionId, now: NOW, actor: "1" };
    expect(await cancelRedemption(scene.services, { ...args, memberId: middle })).not.toMatchObject({
      outcome: "cancelled",
    });
    expect(await cancelRedemption(scene.services, { ...args, memberId: last })).toMatchObject({
      outcome: "cancelled",
      points: 500,
    });
    expect(await balancesOf(db, shopId, last)).toEqual([1_000, 0, 0]);
    const dates = await db.query(
      `select distinct expires_at from points_lot where shop_id = $1 and remaining > 0`,
      [shopId],
    );
    expect(dates).toEqual([{ expires_at: later(90) }]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  test("a chain merged from both ends at once, while their orders settle, ends with one member who has everything", async () => {
    for (let round = 0; round < 4; round += 1) {
      const { db, shopId, c, merge, books } = await setUp();
      const order = (customerId: string, id: string) =>
        db.transaction(async (tx) => {
          const payload = orderPayload({ id, customerId, lines: [{ price: "10.00" }] });
          await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
          return settleOrder(tx, { shopId, orderId: id, now: NOW, newId: randomUUID, randomBytes });
        });
      const orders = Array.from({ length: 9 }, (_, index) =>
        order(String((index % 3) + 1), String(900 + index)),
      );
      await Promise.all([...orders, merge("1", "2"), merge("2", "3"), merge("1", "2")]);
      await merge("1", "2");
      await merge("2", "3");
      expect(await balancesOf(db, shopId, c)).toEqual([450, 0, 0]);
      const rows = await db.query(
        `select state, count(*) as n from member where shop_id = $1 group by state order by state`,
        [shopId],
      );
      expect(rows).toEqual([
        { state: "active", n: 1 },
        { state: "merged", n: 2 },
      ]);
      expect(await books()).toEqual([]);
    }
  });
});
