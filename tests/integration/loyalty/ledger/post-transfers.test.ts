import { describe, expect, it } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { readBalances, readStatement } from "#app/loyalty/ledger/statement.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createMember, createShop, NOW } from "#tests/support/ledger-fixtures.ts";

const database = useTestDatabase();

function posting(over: Partial<Posting> & Pick<Posting, "memberId">): Posting {
  return {
    from: "issued",
    to: "available",
    points: 100,
    reason: "earn",
    source: "admin",
    sourceId: "1",
    idempotencyKey: "order:1:1",
    occurredAt: NOW,
    ...over,
  };
}

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await createMember(db, shopId);
  const post = (postings: Partial<Posting>[], allowDebt = false) =>
    db.transaction((tx) =>
      postTransfers(tx, {
        shopId,
        now: NOW,
        allowDebt,
        postings: postings.map((entry) => posting({ memberId, ...entry })),
      }),
    );
  const balances = async () => {
    const found = await readBalances(db, shopId, memberId);
    return found && [found.available, found.pending, found.held];
  };
  return { db, shopId, memberId, post, balances };
}

describe("posting", () => {
  it("posting the same key again changes nothing and answers with the first transfer", async () => {
    const { post, balances, db, shopId } = await setUp();
    const first = await post([{}]);
    const second = await post([{}]);
    expect(first).toMatchObject({ outcome: "posted", transfers: [{ seq: 1, replayed: false }] });
    expect(second).toMatchObject({
      outcome: "posted",
      transfers: [{ seq: 1, replayed: true, availableAfter: 100 }],
    });
    expect(await balances()).toEqual([100, 0, 0]);
    expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
  });

  it("another movement under a used key is refused loudly", async () => {
    const { post, balances } = await setUp();
    await post([{}]);
    await expect(post([{ points: 101 }])).rejects.toThrow("ledger_key_reused");
    expect(await balances()).toEqual([100, 0, 0]);
  });

  it("sixty-four postings of one key at once are one posting", async () => {
    const { post, balances } = await setUp();
    await Promise.all(Array.from({ length: 64 }, () => post([{}])));
    expect(await balances()).toEqual([100, 0, 0]);
  });

  it("a posting that waited for its member spends what the other one brought meanwhile", async () => {
    const { db, shopId, memberId, post, balances } = await setUp();
    let committed: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await postTransfers(tx, { shopId, now: NOW, postings: [posting({ memberId })] });
      committed = post([{ from: "available", to: "held", points: 80, idempotencyKey: "hold:1" }]);
      for (let waiting = 0; waiting === 0;) {
        const [row] = await db.query<{ n: number }>(
          "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        );
        waiting = row?.n ?? 0;
      }
    });
    expect(await committed).toMatchObject({ outcome: "posted", transfers: [{ seq: 2, availableAfter: 20 }] });
    expect(await balances()).toEqual([20, 0, 80]);
    const lots = await db.query(`select lot_seq, remaining from points_lot where shop_id = $1`, [shopId]);
    expect(lots).toEqual([{ lot_seq: 1, remaining: 20 }]);
  });

  it("posts all or nothing: an unaffordable hold takes its companions with it", async () => {
    const { post, balances } = await setUp();
    const result = await post([
      {},
      { from: "available", to: "held", points: 101, reason: "redeem_hold", idempotencyKey: "r:1" },
    ]);
    expect(result).toEqual({ outcome: "insufficient_points", available: 100 });
    expect(await balances()).toEqual([0, 0, 0]);
  });

  it("spends what expires first and gives back into the same lots", async () => {
    const { post, balances, db, shopId, memberId } = await setUp();
    await post([
      { points: 50, idempotencyKey: "a", lot: { expiresAt: new Date("2027-06-01") } },
      { points: 50, idempotencyKey: "b", lot: { expiresAt: new Date("2027-01-01") } },
      { points: 50, idempotencyKey: "c", lot: { expiresAt: null } },
      { from: "available", to: "held", points: 70, reason: "redeem_hold", idempotencyKey: "hold" },
    ]);
    const left = () =>
      db.query<{ remaining: number }>(
        `select remaining from points_lot where shop_id = $1 and member_id = $2 order by lot_seq`,
        [shopId, memberId],
      );
    expect((await left()).map((lot) => lot.remaining)).toEqual([30, 0, 50]);
    const back: Partial<Posting> = {
      from: "held",
      to: "available",
      points: 70,
      reason: "redeem_return",
      idempotencyKey: "back",
      returnOf: { transferSeq: 4 },
    };
    await post([back]);
    await post([back]);
    expect((await left()).map((lot) => lot.remaining)).toEqual([50, 50, 50]);
    expect(await balances()).toEqual([150, 0, 0]);
  });

  it("points that come back too close to their end get the life they were promised, in a lot of their own", async () => {
    const { post, db, shopId, memberId } = await setUp();
    const soon = new Date("2026-11-23T05:00:00Z");
    const later = new Date("2026-12-05T05:00:00Z");
    await post([
      { points: 50, idempotencyKey: "a", lot: { expiresAt: soon } },
      { from: "available", to: "held", points: 30, reason: "redeem_hold", idempotencyKey: "h" },
      { from: "held", to: "redeemed", points: 30, reason: "redeem_use", idempotencyKey: "u" },
      {
        from: "redeemed",
        to: "available",
        points: 30,
        reason: "redeem_restore",
        idempotencyKey: "r",
        returnOf: { transferSeq: 2, minExpiresAt: later },
      },
    ]);
    const balances = await readBalances(db, shopId, memberId);
    expect(balances?.expiring).toEqual([
      { points: 20, expiresAt: soon },
      { points: 30, expiresAt: later },
    ]);
    expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
  });

  it("T28 what a refund takes beyond the balance is owed, and the next points pay it off", async () => {
    const { post, balances, db, shopId, memberId } = await setUp();
    await post([
      {},
      { from: "available", to: "held", points: 80, reason: "redeem_hold", idempotencyKey: "h" },
      { from: "held", to: "redeemed", points: 80, reason: "redeem_use", idempotencyKey: "u" },
    ]);
    await post([{ from: "available", to: "reversed", reason: "clawback", idempotencyKey: "back" }], true);
    expect(await balances()).toEqual([-80, 0, 0]);
    await post([{ points: 100, idempotencyKey: "order:2:1" }]);
    expect(await balances()).toEqual([20, 0, 0]);
    const [lot] = await db.query<{ remaining: number }>(
      `select remaining from points_lot where shop_id = $1 and member_id = $2 order by lot_seq desc limit 1`,
      [shopId, memberId],
    );
    expect(lot?.remaining).toBe(20);
    expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
  });

  it("nothing but a refund may be owed", async () => {
    const { post } = await setUp();
    const hold = await post(
      [{ from: "available", to: "held", reason: "redeem_hold", idempotencyKey: "x" }],
      true,
    );
    expect(hold).toMatchObject({ outcome: "insufficient_points" });
  });

  it.each([
    { from: "pending", to: "available", reason: "release" },
    { from: "available", to: "expired", reason: "expire" },
  ] as const)("leaves $from → $to to the night", async (night) => {
    const { post, balances } = await setUp();
    await post([{ to: night.from, idempotencyKey: "start" }]);
    const before = await balances();
    await expect(post([{ ...night, idempotencyKey: "x" }])).rejects.toThrow("ledger_unknown_pair");
    expect(await balances()).toEqual(before);
  });

  it("pages a statement by key, newest first, with the running balance", async () => {
    const { post, db, shopId, memberId } = await setUp();
    await post(Array.from({ length: 5 }, (_, index) => ({ points: 10, idempotencyKey: `k${index}` })));
    const first = await readStatement(db, { shopId, memberId, limit: 3 });
    expect(first.entries.map((entry) => [entry.seq, entry.signedPoints, entry.availableAfter])).toEqual([
      [5, 10, 50],
      [4, 10, 40],
      [3, 10, 30],
    ]);
    const rest = await readStatement(db, { shopId, memberId, limit: 3, before: first.next ?? 0 });
    expect(rest.entries.map((entry) => entry.seq)).toEqual([2, 1]);
    expect(rest.next).toBeNull();
  });
});

describe("what the database itself refuses", () => {
  it("T33 a transfer or a lot move is never updated, deleted or truncated", async () => {
    const { post, db, shopId } = await setUp();
    await post([{}]);
    for (const sql of [
      `update points_transfer set points = 1 where shop_id = $1`,
      `delete from points_transfer where shop_id = $1`,
      `delete from lot_move where shop_id = $1 and false or shop_id = $1`,
    ]) {
      if (sql.includes("lot_move")) {
        await post([
          { from: "available", to: "held", points: 5, reason: "redeem_hold", idempotencyKey: "h" },
        ]);
      }
      await expect(db.query(sql, [shopId])).rejects.toMatchObject({ code: "23001" });
    }
    await expect(db.query("truncate points_transfer cascade")).rejects.toMatchObject({ code: "23001" });
  });

  it.each([
    ["no points", "available", "held", 0],
    ["negative points", "issued", "available", -5],
    ["an unknown pair", "redeemed", "expired", 5],
    ["points out of nowhere", "held", "pending", 5],
  ])("refuses %s", async (_, from, to, points) => {
    const { db, shopId, memberId } = await setUp();
    await expect(
      db.query(
        `insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
           idempotency_key, occurred_at, recorded_at, actor, available_after)
         values ($1, $2, 1, $3, $4, $5, 'earn', 'order', '1', 'k', now(), now(), 'system', 0)`,
        [shopId, memberId, from, to, points],
      ),
    ).rejects.toMatchObject({ code: "23514" });
  });

  it("refuses a held or pending balance below zero, and a lot beyond its grant", async () => {
    const { db, shopId, memberId, post } = await setUp();
    await post([{}]);
    for (const sql of [
      `update member set held = -1 where shop_id = $1 and member_id = $2`,
      `update member set pending = -1 where shop_id = $1 and member_id = $2`,
      `update points_lot set remaining = granted + 1 where shop_id = $1 and member_id = $2`,
    ]) {
      await expect(db.query(sql, [shopId, memberId])).rejects.toMatchObject({ code: "23514" });
    }
  });
});

describe("the audit", () => {
  it.each([
    [
      "a balance",
      `update member set available = available + 1 where shop_id = $1`,
      "balances_are_their_transfers",
    ],
    ["a lot", `update points_lot set remaining = remaining - 1 where shop_id = $1`, "lots_are_their_moves"],
    ["a hold", `update member set held = held + 7 where shop_id = $1`, "held_is_open_redemptions"],
    ["a number", `update member set last_seq = last_seq + 1 where shop_id = $1`, "statements_have_no_gaps"],
    [
      "a phantom order",
      `insert into order_state (shop_id, order_id, points_held) values ($1, '99', 5)`,
      "orders_hold_their_points",
    ],
  ])("finds %s tampered with", async (_, sql, check) => {
    const { db, shopId, post } = await setUp();
    await post([{}]);
    expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
    await db.query(sql, [shopId]);
    const found = (await auditLedger(db, { shopIds: [shopId] })).discrepancies.map((entry) => entry.check);
    expect(found).toContain(check);
  });
});
