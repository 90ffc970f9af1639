import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
import { endOfLocalDay } from "#app/loyalty/program/calendar.ts";
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
const DAY = 86_400_000;
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY);

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await joinMember(db, shopId, "1");
  const grant = (points: number, over: { availableAt?: Date; expiresAt?: Date | null } = {}) =>
    grantLot(db, { shopId, memberId, points, ...over });
  const balances = () => balancesOf(db, shopId, memberId);
  const books = () => discrepanciesIn(db, shopId);
  const transfers = () =>
    db.query<{ seq: number; reason: string; points: number; availableAfter: number }>(
      `select seq, reason, points, available_after as "availableAfter" from points_transfer
        where shop_id = $1 and member_id = $2 order by seq`,
      [shopId, memberId],
    );
  return { db, shopId, memberId, grant, balances, books, transfers };
}

describe("the end of a hold", () => {
  it("makes pending points usable, once, and says when", async () => {
    const { db, shopId, grant, balances, books, transfers } = await setUp();
    await grant(300, { availableAt: inDays(7) });
    expect(await releaseLots(db, { shopId, now: inDays(6) })).toEqual({ lots: 0, points: 0 });
    expect(await balances()).toEqual([0, 300, 0]);
    expect(await releaseLots(db, { shopId, now: inDays(7) })).toEqual({ lots: 1, points: 300 });
    expect(await releaseLots(db, { shopId, now: inDays(7) })).toEqual({ lots: 0, points: 0 });
    expect(await balances()).toEqual([300, 0, 0]);
    expect(await transfers()).toMatchObject([
      { reason: "bonus" },
      { seq: 2, reason: "release", points: 300, availableAfter: 300 },
    ]);
    expect(await books()).toEqual([]);
  });

  it("pays what is owed first, from as many lots as it takes", async () => {
    const { db, shopId, memberId, grant, balances, books } = await setUp();
    await takeBack(db, shopId, memberId, 250);
    await grant(100, { availableAt: inDays(1), expiresAt: inDays(30) });
    await grant(100, { availableAt: inDays(1), expiresAt: inDays(10) });
    await grant(100, { availableAt: inDays(1) });
    expect(await releaseLots(db, { shopId, now: inDays(1) })).toEqual({ lots: 3, points: 300 });
    expect(await balances()).toEqual([50, 0, 0]);
    const lots = await db.query(
      `select granted, remaining, state, expires_at from points_lot where shop_id = $1 order by lot_seq`,
      [shopId],
    );
    // what lapses soonest pays first
    expect(lots).toEqual([
      { granted: 100, remaining: 0, state: "available", expires_at: inDays(30) },
      { granted: 100, remaining: 0, state: "available", expires_at: inDays(10) },
      { granted: 100, remaining: 50, state: "available", expires_at: null },
    ]);
    expect(await books()).toEqual([]);
  });

  it("T29 brings nothing of points that were taken back in the hold, and closes their empty lot", async () => {
    const { db, shopId, memberId, grant, balances, books } = await setUp();
    await grant(300, { availableAt: inDays(7) });
    const take = (points: number, key: string) =>
      db.transaction((tx) =>
        postTransfers(tx, {
          shopId,
          now: NOW,
          postings: [
            {
              memberId,
              from: "pending",
              to: "reversed",
              points,
              reason: "clawback",
              source: "order",
              sourceId: key,
              idempotencyKey: key,
              occurredAt: NOW,
            },
          ],
        }),
      );
    await take(100, "part");
    expect(await balances()).toEqual([0, 200, 0]);
    await take(200, "rest");
    expect(await releaseLots(db, { shopId, now: inDays(7) })).toEqual({ lots: 0, points: 0 });
    expect(await balances()).toEqual([0, 0, 0]);
    const [lot] = await db.query(`select state, remaining from points_lot where shop_id = $1`, [shopId]);
    expect(lot).toEqual({ state: "available", remaining: 0 });
    // "order" as a source without an order is this test's shortcut; every other check holds.
    expect(
      (await books()).filter((found) => (found as { check: string }).check !== "orders_hold_their_points"),
    ).toEqual([]);
  });
});

describe("T30 expiry", () => {
  it("takes the rest of a lot after its last day, once, first to lapse first", async () => {
    const { db, shopId, memberId, grant, balances, books, transfers } = await setUp();
    await grant(100, { expiresAt: inDays(20) });
    await grant(50, { expiresAt: inDays(10) });
    await grant(70);
    await adjustPoints(peopleServices(db), {
      shopId,
      memberId,
      points: -20,
      reason: "used",
      actor: "1",
      idempotencyKey: "k",
      now: NOW,
    });
    expect(await expireLots(db, { shopId, now: new Date(inDays(10).getTime() - 1) })).toEqual({
      lots: 0,
      points: 0,
    });
    expect(await expireLots(db, { shopId, now: inDays(10) })).toEqual({ lots: 1, points: 30 });
    expect(await expireLots(db, { shopId, now: inDays(10) })).toEqual({ lots: 0, points: 0 });
    expect(await expireLots(db, { shopId, now: inDays(400) })).toEqual({ lots: 1, points: 100 });
    expect(await balances()).toEqual([70, 0, 0]);
    expect((await transfers()).slice(-2)).toMatchObject([
      { reason: "expire", points: 30, availableAfter: 170 },
      { reason: "expire", points: 100, availableAfter: 70 },
    ]);
    expect(await books()).toEqual([]);
  });

  it("never touches points in their hold", async () => {
    const { db, shopId, grant, balances } = await setUp();
    await grant(100, { availableAt: inDays(30), expiresAt: inDays(10) });
    expect(await expireLots(db, { shopId, now: inDays(20) })).toEqual({ lots: 0, points: 0 });
    expect(await balances()).toEqual([0, 100, 0]);
  });

  it("leaves other shops alone", async () => {
    const { db, grant, balances } = await setUp();
    await grant(100, { expiresAt: inDays(1), availableAt: NOW });
    const other = await createShop(db);
    expect(await expireLots(db, { shopId: other, now: inDays(9) })).toEqual({ lots: 0, points: 0 });
    expect(await balances()).toEqual([100, 0, 0]);
  });

  it.each([
    ["America/New_York", "2027-03-14"], // the clock goes forward
    ["America/New_York", "2027-11-07"], // and back
    ["Africa/Cairo", "2027-04-30"], // over midnight itself
    ["Asia/Seoul", "2028-02-29"], // leap day
  ])("in %s on %s happens at the day's end and once, whoever runs it twice", async (timeZone, day) => {
    const { db, shopId, grant, balances, books } = await setUp();
    const end = endOfLocalDay(day, timeZone);
    await grant(100, { expiresAt: end });
    expect(await expireLots(db, { shopId, now: new Date(end.getTime() - 1) })).toMatchObject({ points: 0 });
    const runs = await Promise.all([1, 2, 3].map(() => expireLots(db, { shopId, now: end })));
    expect(runs.reduce((sum, run) => sum + run.points, 0)).toBe(100);
    expect(await balances()).toEqual([0, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("a lot that lapsed and got points back lapses again", async () => {
    const { db, shopId, memberId, grant, balances, books } = await setUp();
    await grant(100, { expiresAt: inDays(1) });
    const base = { memberId, points: 40, source: "redemption" as const, sourceId: "r", occurredAt: NOW };
    const held = await db.transaction((tx) =>
      postTransfers(tx, {
        shopId,
        now: NOW,
        postings: [{ ...base, from: "available", to: "held", reason: "redeem_hold", idempotencyKey: "hold" }],
      }),
    );
    await expireLots(db, { shopId, now: inDays(1) });
    expect(await balances()).toEqual([0, 0, 40]);
    const transferSeq = held.outcome === "posted" ? held.transfers[0]!.seq : 0;
    await db.transaction((tx) =>
      postTransfers(tx, {
        shopId,
        now: inDays(2),
        postings: [
          {
            ...base,
            from: "held",
            to: "available",
            reason: "redeem_return",
            idempotencyKey: "back",
            returnOf: { transferSeq },
          },
        ],
      }),
    );
    expect(await expireLots(db, { shopId, now: inDays(2) })).toEqual({ lots: 1, points: 40 });
    expect(await balances()).toEqual([0, 0, 0]);
    expect(await books()).toEqual([]);
  });
});

describe("sweeps over many members", () => {
  it("in small batches, three at once, with people adjusting in between, keep every law", async () => {
    const { db } = database;
    const shopId = await createShop(db);
    const services = peopleServices(db);
    const members = await Promise.all(
      Array.from({ length: 30 }, (_, index) => joinMember(db, shopId, String(index + 1))),
    );
    const plan = fc.sample(
      fc.record({ points: fc.integer({ min: 1, max: 500 }), held: fc.boolean(), dies: fc.boolean() }),
      { numRuns: 120, seed: 30 },
    );
    for (const [index, { points, held, dies }] of plan.entries()) {
      const memberId = members[index % members.length]!;
      await grantLot(db, {
        shopId,
        memberId,
        points,
        ...(held ? { availableAt: inDays(1) } : {}),
        expiresAt: dies ? inDays(2) : null,
      });
    }
    for (const memberId of members.slice(0, 5)) await takeBack(db, shopId, memberId, 2000);
    const now = inDays(3);
    const sweep = async () => {
      const released = await releaseLots(db, { shopId, now, batchSize: 7 });
      const expired = await expireLots(db, { shopId, now, batchSize: 7 });
      return { released: released.lots, expired: expired.points };
    };
    const adjusting = members.map((memberId, index) =>
      adjustPoints(services, {
        shopId,
        memberId,
        points: 10,
        reason: "r",
        actor: "1",
        idempotencyKey: `a${index}`,
        now: NOW,
      }),
    );
    const runs = await Promise.all([sweep(), sweep(), sweep()]);
    await Promise.all(adjusting);
    expect(runs.reduce((sum, run) => sum + run.released, 0)).toBe(plan.filter(({ held }) => held).length);
    const [left] = await db.query<{ pending: number; dying: number }>(
      `select (select sum(pending)::bigint from member where shop_id = $1) as pending,
              (select coalesce(sum(remaining), 0)::bigint from points_lot where shop_id = $1 and expires_at <= $2) as dying`,
      [shopId, now],
    );
    expect(left).toEqual({ pending: 0, dying: 0 });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });
});
