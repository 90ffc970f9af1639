import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { chargeAwards } from "#app/loyalty/earning/campaigns/campaign-standing.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder, settleOrders } from "#app/loyalty/orders/settle-order.server.ts";
import { sqlStateOf, type Database, type Tx } from "#app/platform/db/database.server.ts";
import { createCampaignScene } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";

const database = useTestDatabase();
const ids = (count: number) => Array.from({ length: count }, (_none, index) => String(101 + index));

/** The same database, noting what PostgreSQL refuses: 40P01 where it had to break a circle of waiting transactions. */
function noting(db: Database): { db: Database; refused: (string | undefined)[] } {
  const refused: (string | undefined)[] = [];
  const transaction: Database["transaction"] = (work) =>
    db.transaction((tx) =>
      work({
        kind: "tx",
        query: async (text, values) => {
          try {
            return await tx.query(text, values);
          } catch (error) {
            refused.push(sqlStateOf(error));
            throw error;
          }
        },
      }),
    );
  return { db: { ...db, transaction }, refused };
}

describe("orders at the same moment", () => {
  it("40 orders of 40 members never overspend a budget for twelve and a half, and spend all of it", async () => {
    const { db, refused } = noting(database.db);
    const scene = await createCampaignScene(db);
    const budget = 6_250;
    const id = await scene.campaign({ budget });
    const open = await scene.campaign({ award: { kind: "bonus", points: 10, minimumMinor: 0 } });
    const orders = ids(40);
    await Promise.all(orders.map((orderId) => scene.order({ id: orderId, customerId: `7${orderId}` })));
    const awards = Object.values(await scene.awards(id));
    expect(awards.filter((points) => points === 500)).toHaveLength(12);
    expect(awards.filter((points) => points > 0)).toHaveLength(13);
    expect(awards.reduce((sum, points) => sum + points, 0)).toBe(budget);
    expect([await scene.spent(id), await scene.spent(open)]).toEqual([budget, 400]);
    expect(await scene.books()).toEqual([]);
    expect(refused).toEqual([]);
  });

  it("a dozen orders of one member, each twice, stay below the cap per member to the point", async () => {
    const scene = await createCampaignScene(database.db);
    const id = await scene.campaign({ perMember: 1_750 });
    const orders = ids(12);
    await Promise.all(
      [...orders, ...orders].map((orderId) => scene.order({ id: orderId, customerId: "71" })),
    );
    const awards = Object.values(await scene.awards(id));
    expect(awards.reduce((sum, points) => sum + points, 0)).toBe(1_750);
    expect(Math.max(...awards)).toBe(500);
    expect(await scene.spent(id)).toBe(1_750);
    expect(await scene.books()).toEqual([]);
  });

  it("sets that overlap, in campaigns with and without a budget, wait for each other and for nobody in a circle", async () => {
    const { db, refused } = noting(database.db);
    const scene = await createCampaignScene(db);
    const campaigns = await Promise.all(
      [900, null, 4_000, null].map((budget) =>
        scene.campaign({ budget, award: { kind: "bonus", points: 100, minimumMinor: 0 } }),
      ),
    );
    const orders = ids(24);
    // Three orders a member: a set of them takes several waves.
    for (const [index, orderId] of orders.entries())
      await scene.record({ id: orderId, customerId: `7${index % 8}` });
    const settle = (orderIds: string[]) =>
      db.transaction((tx) =>
        settleOrders(tx, { shopId: scene.shopId, orderIds, now: NOW, newId: randomUUID, randomBytes }),
      );
    await Promise.all([
      settle(orders.slice(0, 12)),
      settle(orders.slice(12)),
      settle(orders.slice(6, 18).toReversed()),
      ...orders.map((orderId) => settle([orderId])),
    ]);
    const spent = await Promise.all(campaigns.map((id) => scene.spent(id)));
    expect(spent).toEqual([900, 2_400, 2_400, 2_400]);
    expect(await scene.books()).toEqual([]);
    expect(refused).toEqual([]);
  });

  it("refunds give the budget back while other orders take it: never above, and exact in the end", async () => {
    const scene = await createCampaignScene(database.db);
    const id = await scene.campaign({ budget: 2_000 });
    const [first, second] = [ids(4), ids(12).slice(4)];
    for (const orderId of first) await scene.order({ id: orderId, customerId: `7${orderId}` });
    expect(await scene.spent(id)).toBe(2_000);
    await Promise.all([
      ...first.map((orderId) =>
        scene.refund({ id: `9${orderId}`, orderId, lines: [{ subtotal: "100.00" }] }),
      ),
      ...second.map((orderId) => scene.order({ id: orderId, customerId: `7${orderId}` })),
    ]);
    const awards = await scene.awards(id);
    expect(first.map((orderId) => awards[orderId])).toEqual([0, 0, 0, 0]);
    const spent = Object.values(awards).reduce((sum, points) => sum + points, 0);
    expect(spent).toBeLessThanOrEqual(2_000);
    expect(await scene.spent(id)).toBe(spent);
    expect(await scene.books()).toEqual([]);
  });
});

describe("messages", () => {
  const messages = [
    orderPayload({ id: "1", lines: [{ price: "33.33", quantity: 3 }] }),
    refundPayload({ id: "1", orderId: "1", lines: [{ subtotal: "33.33" }] }),
    orderPayload({
      id: "1",
      lines: [{ price: "33.33", quantity: 3 }, { price: "50.00" }],
      updatedAt: "2026-11-20T11:00:00-05:00",
    }),
    refundPayload({ id: "2", orderId: "1", amountOnly: "20.00" }),
  ];

  it.each([
    ["in their sequence", [0, 1, 2, 3]],
    ["backwards", [3, 2, 1, 0]],
    ["refunds first, everything twice", [1, 3, 1, 2, 0, 3, 2, 0, 1]],
    ["the edit before what it edits", [2, 0, 3, 1, 1]],
  ])("%s end at the same points and the same cost", async (_how, sequence) => {
    const scene = await createCampaignScene(database.db);
    const { db, shopId } = scene;
    const id = await scene.campaign({ budget: 700 });
    for (const index of sequence) {
      await db.transaction(async (tx) => {
        const payload = messages[index];
        if (index % 2 === 0) await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
        else await recordRefund(tx, { shopId, payload, exponent: 2 });
        await settleOrder(tx, { shopId, orderId: "1", now: NOW, newId: randomUUID, randomBytes });
      });
    }
    // 149.99 × 5 is 749.95, doubled 1,499.9: 749 (499 and 250) and 750, of which 700 (467 and 233). Two of three units
    // and 96.66 of 116.66 are left: 582.67 and 1,127 times 0.82856 are 482.77 and 933.79.
    expect([await scene.held("1"), await scene.spent(id)]).toEqual([933, 451]);
    expect(await scene.books()).toEqual([]);
  });
});

describe("nothing is half done", () => {
  /** Fails at the nth statement, as a process that is killed there would. */
  function dying(tx: Tx, at: number): Tx {
    let count = 0;
    return {
      kind: "tx",
      query: async (text, values) => {
        count += 1;
        if (count === at) throw new Error("killed");
        return tx.query(text, values);
      },
    };
  }

  it("wherever a settlement dies, and the next one does it all", async () => {
    const scene = await createCampaignScene(database.db);
    const id = await scene.campaign({ budget: 300 });
    await scene.record({ id: "1" });
    const args = { shopId: scene.shopId, orderId: "1", now: NOW, newId: randomUUID, randomBytes };
    let died = 0;
    for (let at = 1; at < 40; at += 1) {
      const attempt = database.db.transaction((tx) => settleOrder(dying(tx, at), args));
      const done = await attempt.then(
        () => true,
        () => false,
      );
      if (done) break;
      died += 1;
      expect([await scene.spent(id), await scene.awards(id), await scene.held("1")]).toEqual([0, {}, 0]);
    }
    expect(died).toBeGreaterThan(4);
    expect([await scene.spent(id), await scene.awards(id), await scene.held("1")]).toEqual([
      300,
      { "1": 300 },
      800,
    ]);
    expect(await scene.books()).toEqual([]);
  });

  it("the table refuses what would overspend, whoever asks", async () => {
    const scene = await createCampaignScene(database.db);
    const id = await scene.campaign({ budget: 100 });
    await scene.order({ id: "1" });
    const [member] = await database.db.query<{ memberId: string }>(
      `select member_id as "memberId" from member where shop_id = $1`,
      [scene.shopId],
    );
    const charge = (points: number) =>
      database.db.transaction((tx) =>
        chargeAwards(tx, {
          shopId: scene.shopId,
          charges: [{ campaignId: id, orderId: "2", memberId: member!.memberId, points }],
          now: NOW,
        }),
      );
    await expect(charge(1)).rejects.toThrow("campaign_budget");
    expect(await scene.awards(id)).toEqual({ "1": 100 });
    expect(await scene.spent(id)).toBe(100);
  });
});
