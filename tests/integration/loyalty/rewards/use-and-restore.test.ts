import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import { restoreForOrder } from "#app/loyalty/rewards/restore-for-order.server.ts";
import { useCodesOnOrder } from "#app/loyalty/rewards/use-codes.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import {
  createScene,
  discrepancies,
  grant,
  redeem,
  firstRedemption,
  redemptionsOf,
  runSagaJobs,
  standing,
  type RewardScene,
} from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const ORDER = "6001";

async function withCode(over: Parameters<typeof createScene>[1] = {}) {
  const scene = await createScene(database.db, over);
  await redeem(scene);
  const [row] = await redemptionsOf(scene);
  return { scene, code: row!.code, redemptionId: row!.redemptionId };
}

function pay(scene: RewardScene, codes: string[], orderId = ORDER) {
  const { shopId, memberId } = scene;
  return database.db.transaction((tx) =>
    useCodesOnOrder(tx, { shopId, orderId, codes, memberId, now: NOW, occurredAt: NOW }),
  );
}

function undo(scene: RewardScene, orderId = ORDER) {
  return database.db.transaction((tx) => restoreForOrder(tx, { shopId: scene.shopId, orderId, now: NOW }));
}

describe("an order uses a code", () => {
  test("its points are spent once, however the code was typed and however often the order is seen", async () => {
    const { scene, code } = await withCode();
    expect(await pay(scene, [` ${code.toLowerCase()} `, "WELCOME10", code])).toEqual({ used: [code] });
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await pay(scene, [code])).toEqual({ used: [code] });
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "used" }]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("codes that are not ours change nothing", async () => {
    const { scene } = await withCode();
    expect(await pay(scene, ["WELCOME10"])).toEqual({ used: [] });
    expect(await pay(scene, [])).toEqual({ used: [] });
    expect(await standing(scene)).toEqual([500, 500, 0]);
  });

  test("a second order with the same code spends nothing more", async () => {
    const { scene, code } = await withCode();
    await pay(scene, [code]);
    expect(await pay(scene, [code], "6002")).toEqual({ used: [] });
    expect(await standing(scene)).toEqual([500, 0, 500]);
  });

  test("sixteen deliveries of the order at once spend the points once", async () => {
    const { scene, code } = await withCode();
    await Promise.all(Array.from({ length: 16 }, () => pay(scene, [code])));
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("a code of another shop is not used here", async () => {
    const { scene, code } = await withCode();
    const other = await withCode();
    expect(await pay(other.scene, [code])).toEqual({ used: [] });
    expect(await standing(scene)).toEqual([500, 500, 0]);
  });
});

describe("an order uses a code whose points had been returned", () => {
  async function cancelled(over: Parameters<typeof createScene>[1] = {}) {
    const made = await withCode(over);
    const { scene, redemptionId } = made;
    await cancelRedemption(scene.services, {
      shopId: scene.shopId,
      memberId: scene.memberId,
      redemptionId,
      now: NOW,
    });
    return made;
  }

  test("takes them again, once, and gives them back if the order is undone", async () => {
    const { scene, code } = await cancelled();
    expect(await pay(scene, [code])).toEqual({ used: [code] });
    await pay(scene, [code]);
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "used" }]);
    expect(await undo(scene)).toEqual({ restored: 1 });
    expect(await undo(scene)).toEqual({ restored: 0 });
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("owes them when they are spent elsewhere, and the next points pay it off", async () => {
    const { scene, code } = await cancelled({ points: 500 });
    await redeem(scene);
    expect(await pay(scene, [code])).toEqual({ used: [code] });
    await pay(scene, [code]);
    expect(await standing(scene)).toEqual([-500, 500, 0]);
    expect(await redeem(scene)).toEqual({ outcome: "insufficient_points", available: -500, needed: 500 });
    await grant(scene, 700);
    expect(await standing(scene)).toEqual([200, 500, 0]);
    expect(await undo(scene)).toEqual({ restored: 1 });
    expect(await standing(scene)).toEqual([700, 500, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("where the shop absorbs shortfalls, takes what is there and nobody owes anything", async () => {
    const { scene, code } = await cancelled({
      points: 700,
      settings: (settings) => void (settings.shortfall = "absorb"),
    });
    await redeem(scene);
    await pay(scene, [code]);
    expect(await standing(scene)).toEqual([0, 500, 0]);
    expect(await undo(scene)).toEqual({ restored: 1 });
    expect(await standing(scene)).toEqual([200, 500, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });
});

describe("the order of a used reward is undone", () => {
  test("its points come back once into their lot, and live at least fourteen days more", async () => {
    const { scene, code } = await withCode({ expiresAt: new Date("2026-11-22T05:00:00Z") });
    await pay(scene, [code]);
    expect(await undo(scene)).toEqual({ restored: 1 });
    expect(await undo(scene)).toEqual({ restored: 0 });
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    const lots = await database.db.query(
      `select remaining, expires_at as "expiresAt" from points_lot where shop_id = $1 and remaining > 0 order by lot_seq`,
      [scene.shopId],
    );
    expect(lots).toEqual([
      { remaining: 500, expiresAt: new Date("2026-11-22T05:00:00Z") },
      { remaining: 500, expiresAt: new Date("2026-12-05T03:00:00Z") },
    ]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("a lot that lives longer keeps its own end", async () => {
    const expiresAt = new Date("2027-11-21T05:00:00Z");
    const { scene, code } = await withCode({ expiresAt });
    await pay(scene, [code]);
    await undo(scene);
    const lots = await database.db.query(
      `select remaining, expires_at as "expiresAt" from points_lot where shop_id = $1`,
      [scene.shopId],
    );
    expect(lots).toEqual([{ remaining: 1000, expiresAt }]);
  });

  test("the code is switched off, so that points and code are never both there", async () => {
    const { scene, code } = await withCode();
    await pay(scene, [code]);
    await undo(scene); // Shopify counted no use, as with an order whose code was removed
    await runSagaJobs(scene);
    expect(scene.shopify.live()).toEqual([]);
    expect(await standing(scene)).toEqual([1000, 0, 0]);
  });

  test("an order that used none of our codes gives nothing back", async () => {
    const { scene } = await withCode();
    expect(await undo(scene)).toEqual({ restored: 0 });
    expect(await standing(scene)).toEqual([500, 500, 0]);
  });
});

describe("T28 earn, redeem, refund", () => {
  async function shopper() {
    const scene = await createScene(database.db, { points: 0 });
    const order = async (spec: OrderSpec) => {
      const { shopId } = scene;
      const payload = orderPayload({ customerId: scene.customerId, ...spec });
      await database.db.transaction((tx) =>
        recordOrder(tx, { shopId, payload, hashEmail: (email) => email }),
      );
      return database.db.transaction((tx) =>
        settleOrder(tx, { shopId, orderId: spec.id!, now: NOW, newId: randomUUID, randomBytes }),
      );
    };
    return { scene, order };
  }
  const later = "2026-11-20T12:00:00-05:00";

  test("points spent on an unused code are owed after the refund, and the next order pays them first", async () => {
    const { scene, order } = await shopper();
    await order({ id: "1" }); // 100.00 earns 500
    await redeem(scene);
    expect(await standing(scene)).toEqual([0, 500, 0]);
    await order({ id: "1", cancelledAt: later, updatedAt: later });
    expect(await standing(scene)).toEqual([-500, 500, 0]);
    expect(await redeem(scene, { rewardId: "free-shipping" })).toMatchObject({
      outcome: "insufficient_points",
      available: -500,
    });
    await order({ id: "2" });
    expect(await standing(scene)).toEqual([0, 500, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("cancelling the code afterwards pays what is owed: the double dip comes to nothing", async () => {
    const { scene, order } = await shopper();
    await order({ id: "1" });
    await redeem(scene);
    await order({ id: "1", cancelledAt: later, updatedAt: later });
    const { redemptionId } = await firstRedemption(scene);
    await cancelRedemption(scene.services, {
      shopId: scene.shopId,
      memberId: scene.memberId,
      redemptionId,
      now: NOW,
    });
    expect(await standing(scene)).toEqual([0, 0, 0]);
    expect(scene.shopify.live()).toEqual([]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("an order that used a code and is cancelled gives the reward back and takes its own points back", async () => {
    const { scene, order } = await shopper();
    await order({ id: "1" });
    await redeem(scene);
    const { code } = await firstRedemption(scene);
    scene.shopify.use(code);
    await order({ id: "2", codes: [code] });
    expect(await standing(scene)).toEqual([500, 0, 500]);
    const cancelled: OrderSpec = { id: "2", codes: [code], cancelledAt: later, updatedAt: later };
    await order(cancelled);
    await order(cancelled);
    expect(await standing(scene)).toEqual([500, 0, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("who is blocked earns nothing, but the code they used is spent, and goes back with the order", async () => {
    const { scene, order } = await shopper();
    await order({ id: "1" });
    await redeem(scene);
    const { code } = await firstRedemption(scene);
    scene.shopify.use(code);
    await database.db.query(`update member set state = 'blocked' where shop_id = $1 and member_id = $2`, [
      scene.shopId,
      scene.memberId,
    ]);
    const used: OrderSpec = { id: "2", codes: [code] };
    expect(await order(used)).toEqual({ outcome: "blocked", posted: 0 });
    await order(used);
    expect(await standing(scene)).toEqual([0, 0, 500]);
    await order({ ...used, cancelledAt: later, updatedAt: later });
    await order({ ...used, cancelledAt: later, updatedAt: later });
    expect(await standing(scene)).toEqual([500, 0, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });
});
