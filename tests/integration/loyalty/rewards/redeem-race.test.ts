import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { useTestDatabase } from "#tests/support/database.ts";
import { createScene, discrepancies, redeem, type RewardScene } from "#tests/support/rewards-fixtures.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";

const database = useTestDatabase({ max: 20 });
const CALLERS = 16;
const COST = 500;

type Redeem = (scene: RewardScene) => Promise<"redeemed" | "insufficient_points" | "conflict">;

/** Sixteen requests at once from a member who can afford exactly one: how many got it, and what the rest were told. */
async function race(scene: RewardScene, redeemOnce: Redeem) {
  const outcomes = await Promise.all(Array.from({ length: CALLERS }, () => redeemOnce(scene)));
  const count = (outcome: string): number => outcomes.filter((each) => each === outcome).length;
  return { redeemed: count("redeemed"), refused: count("insufficient_points"), conflicts: count("conflict") };
}

const ours: Redeem = async (scene) => {
  const { outcome } = await redeem(scene);
  if (outcome !== "redeemed" && outcome !== "insufficient_points") throw new Error(outcome);
  return outcome;
};

describe("T23 sixteen redemptions at once of a reward that the member can afford once", () => {
  test("exactly one succeeds and fifteen are refused cleanly, five times over", async () => {
    for (let trial = 0; trial < 5; trial += 1) {
      const scene = await createScene(database.db, { points: COST });
      expect(await race(scene, ours)).toEqual({ redeemed: 1, refused: 15, conflicts: 0 });
      expect(scene.shopify.discounts).toHaveLength(1);
      expect(await discrepancies(scene)).toEqual([]);
    }
  });

  test("with points for three, exactly three succeed", async () => {
    const scene = await createScene(database.db, { points: 3 * COST + 499 });
    expect(await race(scene, ours)).toEqual({ redeemed: 3, refused: 13, conflicts: 0 });
    expect(scene.shopify.discounts).toHaveLength(3);
  });

  test("the race catches SELECT-then-UPDATE at READ COMMITTED", async () => {
    const scene = await createScene(database.db, { points: COST });
    expect((await race(scene, selectThenUpdate)).redeemed).toBeGreaterThan(1);
  });

  test("the race catches summing the entries and inserting at REPEATABLE READ", async () => {
    const scene = await createScene(database.db, { points: COST });
    expect((await race(scene, sumThenInsert)).redeemed).toBeGreaterThan(1);
  });
});

/** Mutant: reads the balance, decides in the application, writes what it computed. */
const selectThenUpdate: Redeem = ({ db, shopId, memberId }) =>
  db.transaction(async (tx) => {
    const [member] = await tx.query<{ available: number }>(
      `select available from member where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    if (member!.available < COST) return "insufficient_points";
    await sleep(5);
    await tx.query(`update member set available = $3 where shop_id = $1 and member_id = $2`, [
      shopId,
      memberId,
      member!.available - COST,
    ]);
    return "redeemed";
  });

/** Mutant: adds the entries up in a snapshot that does not see the others' inserts. */
const sumThenInsert: Redeem = async ({ db, shopId, memberId }) =>
  db.transaction(async (tx) => {
    await tx.query("set transaction isolation level repeatable read");
    const [sum] = await tx.query<{ points: number }>(
      `select coalesce(sum(case when to_account = 'available' then points else -points end), 0)::bigint as points
         from points_transfer where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    if (sum!.points < COST) return "insufficient_points";
    await sleep(5);
    await tx.query(
      `insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
         idempotency_key, occurred_at, recorded_at, actor, available_after)
       values ($1, $2, $3, 'available', 'held', $4, 'redeem_hold', 'redemption', 'mutant', $5, $6, $6, 'system', 0)`,
      [shopId, memberId, 1000 + Math.floor(Math.random() * 1e9), COST, randomUUID(), NOW],
    );
    return "redeemed";
  });
