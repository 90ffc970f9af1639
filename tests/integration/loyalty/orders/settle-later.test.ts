import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { setMemberBlocked } from "#app/loyalty/members/set-member-blocked.server.ts";
import { asRefund } from "#app/loyalty/orders/dispute.ts";
import { recordDispute } from "#app/loyalty/orders/record-dispute.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrderJob } from "#app/loyalty/orders/settle-order-job.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { ORDER_ID, orderPayload, type OrderSpec, refundPayload } from "#tests/support/order-payload.ts";
import { discrepanciesIn, jobsOf, joinMember } from "#tests/support/people-fixtures.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

// What an order comes to when it was looked at before, by other rules, for another customer or in another state.

const database = useTestDatabase();

async function setUp(change: (settings: ProgramSettings) => void = () => undefined) {
  const { db } = database;
  const shopId = await createShop(db);
  await changeProgram(db, shopId, change);
  const within = { newId: randomUUID, randomBytes };
  const settle = (orderId = ORDER_ID) =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now: NOW, ...within }));
  return {
    db,
    shopId,
    settle,
    order: async (spec: OrderSpec = {}) => {
      const payload = orderPayload(spec);
      const { orderId } = await db.transaction((tx) =>
        recordOrder(tx, { shopId, payload, hashEmail: (email) => email }),
      );
      return settle(orderId);
    },
    refund: async (payload: unknown) => {
      const { orderId } = await db.transaction((tx) => recordRefund(tx, { shopId, payload, exponent: 2 }));
      return settle(orderId);
    },
    change: (edited: (settings: ProgramSettings) => void) => changeProgram(db, shopId, edited),
    points: async () =>
      Object.fromEntries(
        (
          await db.query<{ customer: string; available: number }>(
            `select customer_id as customer, available from member where shop_id = $1 order by customer_id`,
            [shopId],
          )
        ).map(({ customer, available }) => [customer, available]),
      ),
    earned: () =>
      db.query<{ points: number; at: Date }>(
        `select points, occurred_at as at from points_transfer
          where shop_id = $1 and reason = 'earn' order by member_id, seq`,
        [shopId],
      ),
    books: () => discrepanciesIn(db, shopId),
  };
}

describe("points that come later", () => {
  it("to an order that was worth nothing are dated by the edit that brought them", async () => {
    const { order, earned } = await setUp();
    const gift = { price: "50.00", discount: "50.00" };
    expect(await order({ lines: [gift] })).toEqual({ outcome: "settled", posted: 0 });
    const updatedAt = "2026-11-20T20:00:00.000Z";
    await order({ updatedAt, lines: [gift, { price: "20.00" }] });
    await order({ updatedAt, lines: [gift, { price: "20.00" }] });
    expect(await earned()).toEqual([{ points: 100, at: new Date(updatedAt) }]);
  });
});

describe("an order whose customer is changed", () => {
  const [placed, paid] = ["2026-11-20T10:00:05-05:00", "2026-11-20T11:00:00-05:00"];
  const states: OrderSpec[] = [
    { customerId: "71", financialStatus: "pending", updatedAt: placed },
    { customerId: "72", updatedAt: paid },
  ];

  it.each([
    ["in the sequence it happened", [0, 1]],
    ["the other way round", [1, 0]],
    ["twice", [0, 1, 0, 1]],
  ])("T08 before it is paid is the new customer's: heard of %s", async (_how, sequence) => {
    const { order, points, books } = await setUp();
    for (const index of sequence) await order(states[index]);
    expect((await points())["72"]).toBe(500);
    expect((await points())["71"] ?? 0).toBe(0);
    expect(await books()).toEqual([]);
  });

  it("once it is awarded stays with whom it was awarded to, also where that was nothing", async () => {
    const { order, points } = await setUp();
    await order({ id: "1", customerId: "71" });
    await order({ id: "2", customerId: "71", lines: [{ price: "50.00", discount: "50.00" }] });
    const lines = [{ price: "50.00", discount: "50.00" }, { price: "10.00" }];
    await order({ id: "1", customerId: "72", updatedAt: paid, lines: [{ price: "120.00" }] });
    await order({ id: "2", customerId: "72", updatedAt: paid, lines });
    expect(await points()).toEqual({ "71": 650, "72": 0 });
  });
});

describe("a refund whose money is on its way", () => {
  const money = (status: string) => ({
    ...refundPayload({ id: "31" }),
    transactions: [{ kind: "refund", status, amount: "40.00" }],
  });
  const hour = (at: number): string => `2026-11-20T${at}:00:00-05:00`;
  const back = { financialStatus: "partially_refunded" };
  type Scene = Awaited<ReturnType<typeof setUp>>;
  const told: Record<string, (scene: Scene) => Promise<unknown>> = {
    placed: ({ order }) => order(),
    "the refund": ({ refund }) => refund(money("pending")),
    "on its way": ({ order }) => order({ ...back, updatedAt: hour(12), refunds: [money("pending")] }),
    arrived: ({ order }) => order({ ...back, updatedAt: hour(13), refunds: [money("success")] }),
  };

  it.each([
    [["placed", "the refund", "on its way", "arrived"]],
    [["the refund", "placed", "on its way", "arrived"]],
    [["arrived", "on its way", "the refund", "placed"]],
    [["on its way", "arrived", "placed", "the refund", "on its way"]],
  ])("T08 counts once it has arrived, and only then: %j", async (sequence) => {
    const scene = await setUp();
    for (const what of sequence) await told[what]!(scene);
    expect(await scene.points()).toEqual({ "115310627314723954": 300 });
    for (const what of sequence) await told[what]!(scene);
    expect(await scene.points()).toEqual({ "115310627314723954": 300 });
    expect(await scene.books()).toEqual([]);
  });

  it("counts also where both states are of one second, in either sequence, and not when it fails after all", async () => {
    const scene = await setUp();
    const state = (id: string, status: string, at: number) =>
      scene.order({ ...back, id, customerId: id, updatedAt: hour(at), refunds: [money(status)] });
    for (const status of ["pending", "success"]) await state("1", status, 12);
    for (const status of ["success", "pending"]) await state("2", status, 12);
    expect(await scene.points()).toEqual({ "1": 300, "2": 300 });
    await state("2", "failure", 13);
    expect(await scene.points()).toEqual({ "1": 300, "2": 500 });
  });

  it("leaves a chargeback among the refunds", async () => {
    const scene = await setUp();
    await told["placed"]!(scene);
    await told["on its way"]!(scene);
    const dispute = {
      orderId: ORDER_ID,
      disputeId: "5",
      kind: "chargeback" as const,
      status: "needs_response" as const,
    };
    const { shopId } = scene;
    await scene.db.transaction((tx) => recordDispute(tx, { shopId, dispute, now: NOW }));
    await told["arrived"]!(scene);
    const [row] = await scene.db.query<{ refunds: Record<string, { amountMinor: number }> }>(
      `select refunds from order_state where shop_id = $1`,
      [scene.shopId],
    );
    expect(row!.refunds["dispute:5"]).toEqual(asRefund(dispute, NOW));
    expect(row!.refunds["31"]).toMatchObject({ amountMinor: 4_000 });
    expect(await scene.points()).toEqual({ "115310627314723954": 0 });
  });
});

describe("a test order that earned while test orders did", () => {
  it("T16 gives its points back when it is cancelled, and new ones earn nothing", async () => {
    const { order, change, points, books } = await setUp(({ earn }) => (earn.testOrders = true));
    await order({ id: "1", customerId: "7", test: true });
    expect(await points()).toEqual({ "7": 500 });
    await change(({ earn }) => (earn.testOrders = false));
    expect(await order({ id: "2", customerId: "7", test: true })).toEqual({ outcome: "test", posted: 0 });
    const at = "2026-11-20T12:00:00-05:00";
    await order({ id: "1", customerId: "7", test: true, updatedAt: at, cancelledAt: at });
    await order({ id: "1", customerId: "7", test: true, updatedAt: at, cancelledAt: at });
    expect(await points()).toEqual({ "7": 0 });
    expect(await books()).toEqual([]);
  });
});

describe("the orders of a blocked member", () => {
  it("earn when the member is let back in, once, and nobody else's do", async () => {
    const scene = await setUp();
    const { db, shopId, order, points, earned } = scene;
    const [memberId, other] = [await joinMember(db, shopId, "7"), await joinMember(db, shopId, "8")];
    const services = { db, newId: randomUUID, randomBytes, shopify: createFakeShopify({}) };
    const block = (id: string, blocked: boolean) =>
      setMemberBlocked(services, { shopId, memberId: id, blocked, actor: "9", reason: "why", now: NOW });
    const waiting = async () => (await jobsOf(db, shopId)).filter(({ task }) => task === "settle-order");
    await block(memberId, true);
    await block(other, true);
    const processedAt = "2026-11-15T12:00:00.000Z";
    expect(await order({ id: "2", customerId: "7", processedAt })).toEqual({ outcome: "blocked", posted: 0 });
    await order({ id: "1", customerId: "7" });
    await order({ id: "3", customerId: "8" });
    expect(await waiting()).toEqual([]);
    for (let time = 0; time < 2; time += 1) {
      await block(memberId, false);
      const jobs = await waiting();
      // The older one first.
      expect(jobs.map(({ key }) => key)).toEqual([`settle:${shopId}:2`, `settle:${shopId}:1`]);
      for (const orderId of ["2", "1"]) await settleOrderJob(services, { shopId, orderId }, { now: NOW });
      expect(await points()).toEqual({ "7": 1_000, "8": 0 });
    }
    expect((await earned())[0]).toEqual({ points: 500, at: new Date(processedAt) });
    expect(await scene.books()).toEqual([]);
  });
});
