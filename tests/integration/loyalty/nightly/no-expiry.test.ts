import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { reinstateLot } from "#app/loyalty/nightly/reinstate-lot.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { readBalances } from "#app/loyalty/ledger/statement.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { grantLot } from "#tests/support/people-fixtures.ts";
import { createScene, discrepancies, type RewardScene } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const DAY = 86_400_000;
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY);

/** The member's figures, lots, moves and transfers: all that a night could touch. */
async function heldBy({ db, shopId, memberId }: RewardScene) {
  const of = (table: string, order: string) =>
    db.query(
      `select to_jsonb(t) as row from ${table} t where shop_id = $1 and member_id = $2 order by ${order}`,
      [shopId, memberId],
    );
  const [member] = await db.query<{ lifetime: number; available: number; pending: number; held: number }>(
    `select lifetime, available, pending, held from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  return {
    member: member!,
    lots: await of("points_lot", "lot_seq"),
    moves: await of("lot_move", "transfer_seq, lot_seq"),
    transfers: await of("points_transfer", "seq"),
  };
}

describe("a program whose points never expire", () => {
  it("leaves lots, dates and lifetime alone, night after night for years", async () => {
    const { db } = database;
    const scene = await createScene(db, {
      points: 0,
      settings: (settings) => void (settings.expiry = { kind: "none" }),
    });
    const { shopId, customerId } = scene;
    await db.transaction(async (tx) => {
      const payload = orderPayload({ id: "1", customerId });
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      await settleOrder(tx, { shopId, orderId: "1", now: NOW, newId: randomUUID, randomBytes });
    });
    await grantLot(db, { ...scene, points: 30, at: inDays(-5000) });
    const before = await heldBy(scene);
    expect(before.member).toEqual({ lifetime: 530, available: 530, pending: 0, held: 0 });
    expect(before.lots).toHaveLength(2);
    expect(
      await db.query(`select 1 from points_lot where shop_id = $1 and expires_at is not null`, [shopId]),
    ).toEqual([]);
    for (const days of [1, 31, 366, 367, 4000]) {
      const localDate = inDays(days).toISOString().slice(0, 10);
      const night = await runNightly(scene.services, { shopId, localDate }, { now: inDays(days) });
      expect(night).toMatchObject({
        outcome: "done",
        done: { expired: { lots: 0 }, redated: { lots: 0 }, reminded: { reminders: 0 } },
      });
    }
    expect(await heldBy(scene)).toEqual(before);
    expect((await readBalances(db, shopId, scene.memberId))!.expiring).toEqual([]);
    expect(await discrepancies(scene)).toEqual([]);
  });
});

describe("points given back after they lapsed", () => {
  it("twice within the days change nothing the second time: lots, moves, transfers, lifetime and log", async () => {
    const { db } = database;
    const scene = await createScene(db, { points: 0 });
    const { shopId, memberId } = scene;
    await grantLot(db, { ...scene, points: 70, at: inDays(-400), expiresAt: inDays(-1) });
    await grantLot(db, { ...scene, points: 5 });
    await expireLots(db, { shopId, now: NOW });
    const lapsed = await heldBy(scene);
    expect(lapsed.member).toMatchObject({ lifetime: 75, available: 5 });
    const give = (days: number) =>
      reinstateLot(scene.services, {
        shopId,
        memberId,
        seq: 3,
        actor: "7",
        reason: "A letter",
        now: inDays(days),
      });
    expect(await give(1)).toEqual({ outcome: "reinstated", points: 70, available: 75 });
    const once = await heldBy(scene);
    // Neither lapsing nor coming back is earning.
    expect(once.member).toEqual({ lifetime: 75, available: 75, pending: 0, held: 0 });
    expect([once.lots.length, once.transfers.length]).toEqual([3, 4]);
    for (const days of [1, 2, 29, 60]) {
      expect(await give(days)).toEqual({ outcome: "replayed", points: 70, available: 75 });
    }
    expect(await Promise.all([give(1), give(1)])).toMatchObject([
      { outcome: "replayed" },
      { outcome: "replayed" },
    ]);
    expect(await heldBy(scene)).toEqual(once);
    const audit = await db.query(
      `select 1 from audit_event where shop_id = $1 and action = 'points.reinstate'`,
      [shopId],
    );
    expect(audit).toHaveLength(1);
    expect(await discrepancies(scene)).toEqual([]);
  });

  it("get no date where the program has none any more, and stay so", async () => {
    const { db } = database;
    const scene = await createScene(db, {
      points: 0,
      settings: (settings) => void (settings.expiry = { kind: "none" }),
    });
    const { shopId, memberId } = scene;
    await grantLot(db, { ...scene, points: 70, at: inDays(-400), expiresAt: inDays(-1) });
    await expireLots(db, { shopId, now: NOW });
    const now = inDays(2);
    const args = { shopId, memberId, seq: 2, actor: "7", reason: "A letter", now };
    expect(await reinstateLot(scene.services, args)).toMatchObject({
      outcome: "reinstated",
    });
    const once = await heldBy(scene);
    await runNightly(
      scene.services,
      { shopId, localDate: "2030-01-01" },
      { now: new Date("2030-01-01T06:00:00Z") },
    );
    expect(await heldBy(scene)).toEqual(once);
    expect(once.lots.map(({ row }) => (row as { expires_at: string | null }).expires_at)).toContain(null);
    expect(await discrepancies(scene)).toEqual([]);
  });
});
