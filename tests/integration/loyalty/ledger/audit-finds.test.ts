import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { createCampaign } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import { createScene, redeem, type RewardScene } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
let scene: RewardScene;

/** A member with a grant, an order refunded, a redemption whose code is ready, and an order in a campaign. */
beforeAll(async () => {
  const { db } = database;
  scene = await createScene(db, { points: 1000 });
  const { shopId, customerId } = scene;
  const settle = (orderId = "1") =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes }));
  const order = async (id: string) => {
    const payload = orderPayload({ id, customerId, lines: [{ price: "100.00" }] });
    await db.transaction((tx) => recordOrder(tx, { shopId, payload, hashEmail: (email) => email }));
    await settle(id);
  };
  await order("1");
  const refund = refundPayload({ orderId: "1", lines: [{ subtotal: "100.00" }] });
  await db.transaction((tx) => recordRefund(tx, { shopId, payload: refund, exponent: 2 }));
  await settle();
  await redeem(scene);
  await createCampaign(db, shopId, { budget: 5_000 });
  await order("2");
});

class Undo extends Error {}

/** The checks that find something after one statement has broken the rows; nothing of it stays. */
async function findsAfter(sql: string): Promise<string[]> {
  let found: string[] = [];
  const work = scene.db.transaction(async (tx) => {
    // The triggers and foreign keys would refuse what only a fault below them can do.
    await tx.query("set local session_replication_role = replica");
    const rows = await tx.query(`${sql} returning 1`, [scene.shopId]);
    expect(rows.length).toBeGreaterThan(0);
    const { discrepancies } = await auditLedger(tx, { shopIds: [scene.shopId] });
    found = [...new Set(discrepancies.map(({ check }) => check))];
    throw new Undo();
  });
  await expect(work).rejects.toThrow(Undo);
  return found;
}

const PLANTED: [check: string, what: string, sql: string][] = [
  [
    "balances_are_their_transfers",
    "a balance",
    "update member set available = available + 1 where shop_id = $1",
  ],
  ["balances_are_their_transfers", "a pending balance", "update member set pending = 1 where shop_id = $1"],
  [
    "balances_are_their_transfers",
    "lifetime points",
    "update member set lifetime = lifetime - 1 where shop_id = $1",
  ],
  [
    "balances_are_their_transfers",
    "a transfer's points",
    "update points_transfer set points = points + 1 where shop_id = $1 and seq = 2",
  ],
  [
    "balances_are_their_lots",
    "what is left of a lot",
    "update points_lot set remaining = remaining - 1 where shop_id = $1 and remaining > 0",
  ],
  [
    "balances_are_their_lots",
    "a lot's state",
    "update points_lot set state = 'pending' where shop_id = $1 and remaining > 0",
  ],
  ["lots_are_their_moves", "a move", "update lot_move set points = points - 1 where shop_id = $1"],
  ["lots_are_their_moves", "a move that is gone", "delete from lot_move where shop_id = $1"],
  ["lots_are_their_moves", "a lot's grant", "update points_lot set granted = granted + 1 where shop_id = $1"],
  ["grants_have_lots", "a lot that is gone", "delete from points_lot where shop_id = $1 and lot_seq = 2"],
  ["grants_have_lots", "a lot's grant", "update points_lot set granted = granted + 1 where shop_id = $1"],
  ["spending_comes_from_lots", "a move that is gone", "delete from lot_move where shop_id = $1"],
  [
    "spending_comes_from_lots",
    "a hold's points",
    "update points_transfer set points = points - 1 where shop_id = $1 and to_account = 'held'",
  ],
  [
    "statements_have_no_gaps",
    "a transfer that is gone",
    "delete from points_transfer where shop_id = $1 and seq = 2",
  ],
  [
    "statements_have_no_gaps",
    "the last number",
    "update member set last_seq = last_seq + 1 where shop_id = $1",
  ],
  [
    "running_balances_run",
    "a running balance",
    "update points_transfer set available_after = available_after + 1 where shop_id = $1 and seq = 2",
  ],
  ["held_is_open_redemptions", "a held balance", "update member set held = held + 1 where shop_id = $1"],
  [
    "held_is_open_redemptions",
    "a redemption's points",
    "update redemption set points = points + 1 where shop_id = $1",
  ],
  ["held_is_open_redemptions", "its status", "update redemption set status = 'cancelled' where shop_id = $1"],
  ["held_is_open_redemptions", "one that is gone", "delete from redemption where shop_id = $1"],
  [
    "orders_hold_their_points",
    "an order's points",
    "update order_state set points_held = points_held + 1 where shop_id = $1",
  ],
  ["orders_hold_their_points", "an order that is gone", "delete from order_state where shop_id = $1"],
  [
    "orders_hold_their_points",
    "the order a transfer names",
    "update points_transfer set source_id = '9' where shop_id = $1 and reason = 'earn'",
  ],
  [
    "nothing_is_undone_twice",
    "points taken back as expired that never expired",
    "update points_transfer set from_account = 'expired' where shop_id = $1 and reason = 'clawback'",
  ],
  [
    "nothing_is_undone_twice",
    "points set against what nobody had forgiven",
    "update points_transfer set to_account = 'forgiven' where shop_id = $1 and reason = 'earn'",
  ],
  ["campaign_cost", "a cost", "update campaign set spent_points = spent_points + 1 where shop_id = $1"],
  ["campaign_cost", "a campaign's part", "update campaign_award set points = points - 1 where shop_id = $1"],
  ["campaign_cost", "an award that is gone", "delete from campaign_award where shop_id = $1"],
  [
    "campaign_cost",
    "the order of an award",
    "update campaign_award set order_id = '1' where shop_id = $1 and order_id = '2'",
  ],
  [
    "campaign_cost",
    "an order that holds less than its campaign's part",
    "update order_state set points_held = 499 where shop_id = $1 and order_id = '2'",
  ],
  [
    "merges_hand_on_everything",
    "a member merged into nobody",
    `update member set state = 'merged', merged_into = gen_random_uuid(), available = 0, pending = 0, held = 0, lifetime = 0
      where shop_id = $1`,
  ],
  [
    "merges_hand_on_everything",
    "points that were handed on and never came",
    "update points_transfer set from_account = 'available', to_account = 'merged' where shop_id = $1 and seq = 2",
  ],
  ["books_balance", "a balance", "update member set available = available + 1 where shop_id = $1"],
];

describe("ledger:audit", () => {
  test("finds nothing wrong in books that are right", async () => {
    const { discrepancies } = await auditLedger(scene.db, { shopIds: [scene.shopId] });
    expect(discrepancies).toEqual([]);
  });

  test.each(PLANTED)("%s finds %s planted wrong", async (check, _what, sql) => {
    expect(await findsAfter(sql)).toContain(check);
  });

  test("every check it prints has a corruption that it finds", async () => {
    const { checks } = await auditLedger(scene.db, { shopIds: [scene.shopId] });
    expect(new Set(PLANTED.map(([check]) => check))).toEqual(new Set(checks.map(({ check }) => check)));
  });
});
