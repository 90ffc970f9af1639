import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readStatement } from "#app/loyalty/ledger/statement.server.ts";
import type { Dispute, DisputeStatus } from "#app/loyalty/orders/dispute.ts";
import { recordDispute } from "#app/loyalty/orders/record-dispute.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import {
  createScene,
  discrepancies,
  firstRedemption,
  redeem,
  redemptionsOf,
  runSagaJobs,
  standing,
} from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const ORDER = "8001";

/** A member with 500 points to spare uses a reward of 500 on an order of $100, which earns 500. */
async function setUp() {
  const { db } = database;
  const scene = await createScene(db, { points: 500 });
  const { shopId, memberId, customerId } = scene;
  await redeem(scene);
  await runSagaJobs(scene);
  const { code } = await firstRedemption(scene);
  const settle = () =>
    db.transaction((tx) =>
      settleOrder(tx, { shopId, orderId: ORDER, now: NOW, newId: randomUUID, randomBytes }),
    );
  const dispute = async (status: DisputeStatus, over: Partial<Dispute> = {}) => {
    const said: Dispute = { orderId: ORDER, disputeId: "1", kind: "chargeback", status, ...over };
    const { outcome } = await db.transaction((tx) => recordDispute(tx, { shopId, dispute: said, now: NOW }));
    await settle();
    return outcome;
  };
  const payload = orderPayload({ id: ORDER, customerId, codes: [code] });
  await db.transaction((tx) => recordOrder(tx, { shopId, payload, hashEmail: (email) => email }));
  await settle();
  const lines = async () => {
    const { entries } = await readStatement(db, { shopId, memberId, limit: 100 });
    return entries
      .toReversed()
      .map(({ reason, signedPoints, detail }) => [reason, signedPoints, detail["cause"]]);
  };
  return { db, scene, shopId, settle, dispute, lines };
}

describe("a chargeback on an order that used a reward", () => {
  test("takes the order's points and gives the reward's back, and says why; twice is once", async () => {
    const { scene, dispute, settle, lines } = await setUp();
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await dispute("needs_response")).toBe("recorded");
    // The 500 of the order are gone, the 500 of the reward are back and no longer count as spent.
    expect(await standing(scene)).toEqual([500, 0, 0]);
    const told = await lines();
    expect(told.slice(-2)).toEqual([
      ["clawback", -500, "disputed"],
      ["redeem_restore", 500, undefined],
    ]);
    expect((await redemptionsOf(scene)).map(({ status }) => status)).toEqual(["used"]);

    expect(await dispute("needs_response")).toBe("unchanged");
    expect(await dispute("under_review")).toBe("recorded");
    await settle();
    expect(await standing(scene)).toEqual([500, 0, 0]);
    expect(await lines()).toEqual(told);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("won, it returns the order's points, takes the reward's not again, and may be told twice", async () => {
    const { scene, dispute, settle, lines } = await setUp();
    await dispute("needs_response");
    expect(await dispute("won")).toBe("recorded");
    // The order's 500 are back; the reward that went back meanwhile stays with the shopper.
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    const told = await lines();
    expect(told.at(-1)).toEqual(["earn", 500, undefined]);
    expect(await dispute("won")).toBe("unchanged");
    await settle();
    await runSagaJobs(scene);
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    expect(await lines()).toEqual(told);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("a second one after the first was won takes the points once more, and gives no reward back again", async () => {
    const { scene, dispute } = await setUp();
    await dispute("needs_response");
    await dispute("won");
    await dispute("needs_response", { disputeId: "2" });
    expect(await standing(scene)).toEqual([500, 0, 0]);
    await dispute("lost", { disputeId: "2" });
    expect(await standing(scene)).toEqual([500, 0, 0]);
    await dispute("won", { disputeId: "2" });
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("two at once hold back until both are won", async () => {
    const { scene, dispute } = await setUp();
    await dispute("needs_response");
    await dispute("under_review", { disputeId: "2" });
    await dispute("won");
    expect(await standing(scene)).toEqual([500, 0, 0]);
    await dispute("won", { disputeId: "2" });
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("after a partial refund it takes the rest; won, the refund alone counts, and later ones say refunded", async () => {
    const { db, scene, shopId, settle, dispute, lines } = await setUp();
    const refund = async (id: string, subtotal: string) => {
      const payload = refundPayload({ id, orderId: ORDER, amountOnly: subtotal });
      await db.transaction((tx) => recordRefund(tx, { shopId, payload, exponent: 2 }));
      await settle();
    };
    await refund("71", "20.00");
    expect(await standing(scene)).toEqual([400, 0, 500]);
    await dispute("needs_response");
    expect(await standing(scene)).toEqual([500, 0, 0]);
    await dispute("won");
    expect(await standing(scene)).toEqual([900, 0, 0]);
    await refund("72", "30.00");
    expect(await standing(scene)).toEqual([750, 0, 0]);
    const causes = (await lines()).filter(([reason]) => reason === "clawback");
    expect(causes).toEqual([
      ["clawback", -100, "refunded"],
      ["clawback", -400, "disputed"],
      ["clawback", -150, "refunded"],
    ]);
    expect(await discrepancies(scene)).toEqual([]);
  });
});
