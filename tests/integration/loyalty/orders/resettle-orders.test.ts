import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { resettleOrders } from "#app/loyalty/orders/resettle-orders.server.ts";
import {
  applyResettlement,
  discardResettlement,
  previewResettlement,
  readResettlement,
  readResettlementEntries,
  readTotals,
} from "#app/loyalty/orders/resettle-run.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";
import { testServices } from "#tests/support/services.ts";

const database = useTestDatabase();

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const services = testServices(db);
  const place = (id: string, customerId: string, price: string) =>
    db.transaction(async (tx) => {
      const payload = orderPayload({ id, customerId, lines: [{ id: `9${id}`, price }] });
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => `hash:${email}` });
      await settleOrder(tx, { shopId, orderId: id, now: NOW, newId: randomUUID, randomBytes });
    });
  await place("101", "1", "10.00");
  await place("102", "1", "20.00");
  await place("103", "2", "30.00");
  /** A newer program goes live: ten points per dollar instead of five. */
  const doubleTheRate = async () => {
    const [live] = await db.query<{ settings: ProgramSettings; version: number }>(
      `update program_version set status = 'retired', retired_at = $2
        where shop_id = $1 and status = 'live' returning settings, version`,
      [shopId, NOW],
    );
    live!.settings.earn.points *= 2;
    await db.query(
      `insert into program_version (shop_id, version, status, settings, created_at, created_by, published_at)
       values ($1, $2, 'live', $3::jsonb, $4, '7', $4)`,
      [shopId, live!.version + 1, JSON.stringify(live!.settings), NOW],
    );
  };
  const edit = (change: (settings: ProgramSettings) => void) => changeProgram(db, shopId, change);
  /** A later state of order 103. */
  const tell = (over: OrderSpec) =>
    db.transaction(async (tx) => {
      const payload = orderPayload({
        id: "103",
        customerId: "2",
        updatedAt: "2026-11-20T20:00:00Z",
        ...over,
      });
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => `hash:${email}` });
      await settleOrder(tx, { shopId, orderId: "103", now: NOW, newId: randomUUID, randomBytes });
    });
  const runId = randomUUID();
  const args = { shopId, runId, actor: "7", now: NOW };
  const period = { since: new Date("2026-11-01T00:00:00Z"), until: new Date("2026-12-01T00:00:00Z") };
  const preview = (reprice: boolean, over = {}) =>
    db.transaction((tx) => previewResettlement(tx, { ...args, ...period, reprice, ...over }));
  const apply = (eventId = randomUUID()) =>
    db.transaction((tx) => applyResettlement(tx, { ...args, eventId }));
  const step = () => resettleOrders(services, { shopId, runId }, { now: NOW });
  const points = async () =>
    (
      await db.query<{ available: number }>(
        `select available from member where shop_id = $1 order by customer_id`,
        [shopId],
      )
    ).map((row) => row.available);
  const books = async () => (await auditLedger(db, { shopIds: [shopId] })).discrepancies;
  const entries = () => readResettlementEntries(db, { shopId, runId, limit: 10 });
  const run = () => readResettlement(db, shopId, runId);
  return {
    db,
    shopId,
    runId,
    services,
    doubleTheRate,
    edit,
    tell,
    preview,
    apply,
    step,
    points,
    books,
    entries,
    run,
  };
}

type Scene = Awaited<ReturnType<typeof setUp>>;

/** A database whose power fails after one transaction. */
function dyingAfterOne(db: Database): Database {
  let left = 1;
  return {
    ...db,
    query: db.query.bind(db),
    transaction: (work) => (left-- > 0 ? db.transaction(work) : Promise.reject(new Error("power cut"))),
  };
}

describe("orders settled again because the merchant asks", () => {
  it("by the rules they were awarded by, change nothing where nothing was wrong", async () => {
    const { preview, step, doubleTheRate, points, entries, run } = await setUp();
    await doubleTheRate();
    expect(await preview(false)).toEqual({ outcome: "started" });
    expect(await step()).toEqual({ state: "previewed" });
    expect(await run()).toMatchObject({ ordersSeen: 3, ordersFailed: 0 });
    expect(await entries()).toEqual([]);
    expect(await points()).toEqual([150, 150]);
  });

  it("by today's program: first shown to the point, then exactly that, and what they had is kept", async () => {
    const { db, shopId, runId, preview, apply, step, doubleTheRate, points, books, entries, run } =
      await setUp();
    await doubleTheRate();
    await preview(true);
    expect(await preview(true)).toEqual({ outcome: "already_started" });
    expect(await step()).toEqual({ state: "previewed" });
    expect(await readTotals(db, shopId, runId)).toEqual({
      orders: 3,
      members: 2,
      pointsUp: 300,
      pointsDown: 0,
    });
    const [most] = await entries();
    expect(most).toMatchObject({ orderId: "103", why: "repriced", pointsBefore: 150, pointsAfter: 300 });
    // A preview is only that.
    expect(await points()).toEqual([150, 150]);
    const untouched = await db.query(
      `select 1 from order_state where shop_id = $1 and (snapshot->>'programVersion')::int > 1`,
      [shopId],
    );
    expect(untouched).toEqual([]);

    expect(await apply()).toEqual({ outcome: "applying" });
    expect(await apply()).toEqual({ outcome: "unchanged" });
    expect(await step()).toEqual({ state: "done" });
    expect(await points()).toEqual([300, 300]);
    expect(await run()).toMatchObject({ state: "done", ordersApplied: 3, ordersFailed: 0 });
    const [applied] = await entries();
    expect(applied!.snapshotBefore).toMatchObject({ programVersion: 1 });
    expect(applied!.snapshotAfter).toMatchObject({ programVersion: 2 });
    const audit = await db.query(
      `select action, actor, after from audit_event where shop_id = $1 and action = 'orders.resettle'`,
      [shopId],
    );
    expect(audit).toEqual([
      {
        action: "orders.resettle",
        actor: "7",
        after: { reprice: true, programVersion: 2, orders: 3, members: 2, pointsUp: 300, pointsDown: 0 },
      },
    ]);
    // Once more is no change.
    expect(await step()).toEqual({ state: "done" });
    expect(await points()).toEqual([300, 300]);
    expect(await books()).toEqual([]);
  });

  it("goes on after a crash with the next order", async () => {
    const { db, shopId, runId, services, preview, apply, step, doubleTheRate, points, books } = await setUp();
    await doubleTheRate();
    await preview(true);
    await step();
    await apply();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const dying = dyingAfterOne(db);
      await resettleOrders({ ...services, db: dying }, { shopId, runId }, { now: NOW }).catch(
        () => undefined,
      );
    }
    expect(await step()).toEqual({ state: "done" });
    expect(await points()).toEqual([300, 300]);
    expect(await books()).toEqual([]);
  });

  it("is refused when the program has changed since, or the period is none; and can be put away", async () => {
    const { db, shopId, runId, preview, apply, step, doubleTheRate, points, entries } = await setUp();
    const at = new Date("2026-11-02T00:00:00Z");
    expect(await preview(true, { since: at, until: at })).toEqual({ outcome: "empty_period" });
    await doubleTheRate();
    await preview(true);
    expect(await preview(true, { runId: randomUUID() })).toEqual({ outcome: "busy" });
    await step();
    await doubleTheRate();
    expect(await apply()).toEqual({ outcome: "outdated" });
    const discard = () => db.transaction((tx) => discardResettlement(tx, { shopId, runId, now: NOW }));
    expect(await discard()).toEqual({ outcome: "discarded" });
    expect(await discard()).toEqual({ outcome: "unchanged" });
    expect(await step()).toEqual({ state: "discarded" });
    expect(await entries()).toEqual([]);
    expect(await points()).toEqual([150, 150]);
  });

  it("stops when another program goes live while it is applied, and says what it has done by then", async () => {
    const { db, shopId, runId, services, preview, apply, step, doubleTheRate, points, books, entries, run } =
      await setUp();
    await doubleTheRate();
    await preview(true);
    await step();
    await apply();
    const dying = dyingAfterOne(db);
    await resettleOrders({ ...services, db: dying }, { shopId, runId }, { now: NOW }).catch(() => undefined);
    await doubleTheRate();
    for (let time = 0; time < 2; time += 1) expect(await step()).toEqual({ state: "stopped" });
    expect(await points()).toEqual([200, 150]);
    expect(await run()).toMatchObject({
      state: "stopped",
      ordersApplied: 1,
      ordersFailed: 0,
      finishedAt: NOW,
    });
    // What was not applied is not said to have changed.
    expect(await readTotals(db, shopId, runId)).toEqual({
      orders: 1,
      members: 1,
      pointsUp: 50,
      pointsDown: 0,
    });
    expect(await entries()).toMatchObject([{ orderId: "101", state: "applied" }]);
    expect(await books()).toEqual([]);
    // The next one may begin.
    expect(await preview(true, { runId: randomUUID() })).toEqual({ outcome: "started" });
  });

  it("by their own rules does not mind another program", async () => {
    const { preview, apply, step, doubleTheRate, run } = await setUp();
    await preview(false);
    await step();
    await apply();
    await doubleTheRate();
    expect(await step()).toEqual({ state: "done" });
    expect(await run()).toMatchObject({ state: "done" });
  });

  it.each([
    [
      "its source is off",
      async ({ edit }: Scene) => edit((settings) => (settings.earn.sources.online = false)),
    ],
    [
      "they earn once fulfilled",
      async ({ edit }: Scene) => edit((settings) => (settings.earn.on = "fulfilled")),
    ],
    [
      "an edit left a balance open",
      async ({ tell }: Scene) =>
        tell({ financialStatus: "partially_paid", lines: [{ id: "9103", price: "30.00" }] }),
    ],
    [
      "test orders earn no more",
      async ({ edit, tell }: Scene) => {
        await edit((settings) => (settings.earn.testOrders = true));
        await tell({ test: true, lines: [{ id: "9103", price: "30.00" }] });
        await edit((settings) => (settings.earn.testOrders = false));
      },
    ],
    [
      "its member is blocked",
      async ({ db, shopId }: Scene) =>
        db.query(`update member set state = 'blocked' where shop_id = $1`, [shopId]),
    ],
  ])("leaves an order its award that would earn nothing if first looked at now: %s", async (_why, change) => {
    const scene = await setUp();
    const { db, shopId, preview, apply, step, doubleTheRate, points, books, entries } = scene;
    await change(scene);
    await doubleTheRate();
    const held = async () =>
      db.query(
        `select points_held, outcome, snapshot ->> 'programVersion' as version from order_state
          where shop_id = $1 and order_id = '103'`,
        [shopId],
      );
    const before = await held();
    expect(before).toEqual([{ points_held: 150, outcome: "settled", version: "1" }]);
    await preview(true);
    await step();
    expect((await entries()).map(({ orderId }) => orderId)).not.toContain("103");
    await apply();
    expect(await step()).toEqual({ state: "done" });
    expect(await held()).toEqual(before);
    expect((await points())[1]).toBe(150);
    // Nor does the next message change anything.
    const args = { shopId, orderId: "103", now: NOW, newId: randomUUID, randomBytes };
    expect(await db.transaction((tx) => settleOrder(tx, args))).toEqual({ outcome: "unchanged", posted: 0 });
    expect(await books()).toEqual([]);
  });

  it("asks Shopify what a gift card paid when today's rules want to know and those of then did not", async () => {
    const { db, shopId, runId, services, preview, apply, points, books, entries, run } = await setUp();
    const program = async (tender: "all" | "money") =>
      db.query(
        `update program_version set settings = jsonb_set(settings, '{earn,tender}', to_jsonb($2::text))
          where shop_id = $1 and status = 'live'`,
        [shopId, tender],
      );
    await program("all");
    await db.transaction(async (tx) => {
      const lines = [{ id: "9104", price: "40.00" }];
      const payload = orderPayload({ id: "104", customerId: "2", lines, gateways: ["gift_card", "bogus"] });
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => `hash:${email}` });
      await settleOrder(tx, { shopId, orderId: "104", now: NOW, newId: randomUUID, randomBytes });
    });
    expect(await points()).toEqual([150, 350]);
    await program("money");
    const paid = (gateway: string, amount: string) => ({
      kind: "SALE",
      status: "SUCCESS",
      gateway,
      amountSet: { shopMoney: { amount, currencyCode: "USD" } },
    });
    const shopify = createFakeShopify({
      OrderTransactions: () => ({
        order: {
          id: "gid://1",
          currencyCode: "USD",
          transactions: [paid("gift_card", "30.00"), paid("bogus", "10.00")],
        },
      }),
    });
    const step = () => resettleOrders({ ...services, shopify }, { shopId, runId }, { now: NOW });
    await preview(true);
    expect(await step()).toEqual({ state: "previewed" });
    // A quarter of 40.00 was money: 50 of the 200.
    expect(await entries()).toMatchObject([
      { orderId: "104", why: "repriced", pointsBefore: 200, pointsAfter: 50 },
    ]);
    expect(await points()).toEqual([150, 350]);
    await apply();
    expect(await step()).toEqual({ state: "done" });
    expect(await points()).toEqual([150, 200]);
    expect(await run()).toMatchObject({ ordersApplied: 1, ordersFailed: 0 });
    expect(await step()).toEqual({ state: "done" });
    expect(await points()).toEqual([150, 200]);
    const [order] = await db.query(
      `select outcome, document -> 'payments' as payments from order_state where shop_id = $1 and order_id = '104'`,
      [shopId],
    );
    expect(order).toEqual({ outcome: "settled", payments: { paidMinor: 4000, creditMinor: 3000 } });
    expect(await books()).toEqual([]);
  });

  it("takes nothing on trust when Shopify does not answer: the step is tried again", async () => {
    const { db, shopId, runId, services, preview, points, run } = await setUp();
    await db.query(
      `update order_state set document = jsonb_set(document, '{payments}', 'null') where shop_id = $1`,
      [shopId],
    );
    const shopify = createFakeShopify({});
    shopify.request = async () => ({ ok: false, failure: { kind: "unavailable" } }) as never;
    await preview(true);
    await expect(resettleOrders({ ...services, shopify }, { shopId, runId }, { now: NOW })).rejects.toThrow();
    expect(await run()).toMatchObject({ state: "previewing", ordersSeen: 0 });
    expect(await points()).toEqual([150, 150]);
  });
});
