import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import {
  readReconciliationEntries,
  readReconciliations,
} from "#app/loyalty/orders/reconcile-report.server.ts";
import { reconcileOrders } from "#app/loyalty/orders/reconcile-orders.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { SHOP, shopOnSandbox, type ShopOnSandbox } from "#tests/support/shop-on-sandbox.ts";

const database = useTestDatabase();
const HOUR = 3_600_000;
let clock = new Date(Date.now() + HOUR);
let shop: ShopOnSandbox;

beforeAll(async () => {
  shop = await shopOnSandbox(database.db, () => clock);
});
afterAll(() => shop.sandbox.close());

const state = () => shop.sandbox.control.store.shop(SHOP);
const each = () => Math.floor((shop.variant().priceMinor * 5) / 100);
const books = async () => (await auditLedger(database.db, { shopIds: [SHOP] })).discrepancies;
const reconcile = (over: { runId?: string; actor?: string } = {}) =>
  reconcileOrders(shop.services, { shopId: SHOP, ...over }, { now: clock });
const everything = () =>
  database.db.query(
    `select 'order' as kind, order_id as id, to_jsonb(o) - 'settled_at' as row from order_state o where shop_id = $1
     union all select 'transfer', member_id || ':' || seq, to_jsonb(t) from points_transfer t where shop_id = $1
     union all select 'lot', member_id || ':' || lot_seq, to_jsonb(l) from points_lot l where shop_id = $1
     order by 1, 2`,
    [SHOP],
  );

async function hear(orderId: string): Promise<void> {
  const payload: unknown = JSON.parse(JSON.stringify(orderPayload(state(), state().orders.get(orderId)!)));
  const { newId, randomBytes } = shop.services;
  await database.db.transaction(async (tx) => {
    await recordOrder(tx, { shopId: SHOP, payload, hashEmail: (email) => `hash:${email}` });
    await settleOrder(tx, { shopId: SHOP, orderId, now: clock, newId, randomBytes });
  });
}

test("T14 a gap of 4 hours with every event lost: reconciliation restores exact balances, and twice is no change", async () => {
  const { actions } = shop.sandbox.control;
  const [mina, jun, sol] = [shop.customer(), shop.customer(), shop.customer()];
  const lineOf = (id: string) => state().orders.get(id)!.lines[0]!.id;
  const before = [shop.order(mina, 3), shop.order(jun, 2), shop.order(sol, 1)];
  for (const { id } of before) await hear(id);
  await reconcile();
  expect(await shop.balances()).toMatchObject({
    [mina]: [each() * 3, 0],
    [jun]: [each() * 2, 0],
    [sol]: [each(), 0],
  });

  // The gap: refunded in part, cancelled, edited to two pieces more, and a new order. Nobody tells us.
  actions.refundOrder(SHOP, {
    orderId: before[0]!.id,
    lines: [{ lineItemId: lineOf(before[0]!.id), quantity: 1 }],
  });
  actions.cancelOrder(SHOP, { orderId: before[1]!.id });
  actions.editOrder(SHOP, {
    orderId: before[2]!.id,
    setQuantities: [{ lineItemId: lineOf(before[2]!.id), quantity: 3 }],
  });
  actions.markPaid(SHOP, before[2]!.id);
  shop.order(jun, 1);
  clock = new Date(clock.getTime() + 4 * HOUR);

  const runId = randomUUID();
  const report = await reconcile({ runId, actor: "7" });
  expect(report.mended).toBe(4);
  const restored = { [mina]: [each() * 2, 0], [jun]: [each(), 0], [sol]: [each() * 3, 0] };
  expect(await shop.balances()).toMatchObject(restored);

  // What the merchant reads of it.
  const [latest] = await readReconciliations(database.db, { shopId: SHOP, limit: 1 });
  expect(latest).toMatchObject({ runId, actor: "7", state: "done", differing: 4, mended: 4, failed: 0 });
  const entries = await readReconciliationEntries(database.db, { shopId: SHOP, limit: 4 });
  const cancelled = entries.find((entry) => entry.orderId === before[1]!.id)!;
  expect(cancelled).toMatchObject({
    why: "newer_state",
    pointsBefore: each() * 2,
    pointsAfter: 0,
    outcome: "mended",
    shopifySays: { cancelled: true },
    weHeld: { cancelled: false, refunds: 0 },
  });
  expect(entries.filter((entry) => entry.why === "unknown_order")).toHaveLength(1);

  const whole = await everything();
  expect(await reconcile()).toMatchObject({ mended: 0 });
  expect(await reconcile({ runId, actor: "7" })).toMatchObject({ mended: 0 });
  expect(await everything()).toEqual(whole);
  expect(await books()).toEqual([]);
});

describe("T14 an order that could not be mended", () => {
  /** Services for which Shopify refuses to show one order. */
  const refusing = (orderId: string) => ({
    ...shop.services,
    log: { ...shop.services.log, warn: () => {} },
    shopify: {
      request: async (shopId: string, document: never, variables: { id?: string }) =>
        variables.id === `gid://shopify/Order/${orderId}`
          ? { ok: false, failure: { kind: "refused", errors: [] } }
          : shop.services.shopify.request(shopId, document, variables as never),
    } as unknown as typeof shop.services.shopify,
  });
  const notesOf = (orderId: string) =>
    database.db.query<{ runId: string; outcome: string; at: Date; name: string | null }>(
      `select run_id as "runId", outcome, at, name from reconciliation_entry
        where shop_id = $1 and order_id = $2 order by at`,
      [SHOP, orderId],
    );
  const pass = (hours: number) => {
    clock = new Date(clock.getTime() + hours * HOUR);
  };

  test("is tried again by every later comparison until it is, however long ago it changed", async () => {
    const yuna = shop.customer();
    const { id } = shop.order(yuna, 2);
    const runId = randomUUID();
    const broken = (over: { runId?: string } = {}) =>
      reconcileOrders(refusing(id), { shopId: SHOP, ...over }, { now: clock });
    await broken({ runId });
    expect(await notesOf(id)).toMatchObject([{ runId, outcome: "failed" }]);
    // The next one still looks so far back.
    pass(30);
    await broken();
    for (let time = 0; time < 3; time += 1) {
      pass(30);
      expect(await broken()).toMatchObject({ compared: 1, mended: 0 });
      expect(await notesOf(id)).toMatchObject([
        { runId, outcome: "failed" },
        { outcome: "failed", at: clock },
      ]);
    }
    expect((await shop.balances())[yuna]).toBeUndefined();
    pass(30);
    expect(await reconcile()).toMatchObject({ mended: 1 });
    expect((await shop.balances())[yuna]).toEqual([each() * 2, 0]);
    expect((await notesOf(id)).map(({ outcome }) => outcome)).toEqual(["failed", "failed", "mended"]);
    const whole = await everything();
    pass(1);
    expect(await reconcile()).toMatchObject({ compared: 0, mended: 0 });
    expect(await everything()).toEqual(whole);
    expect(await books()).toEqual([]);
  });

  test("is told of in full when the next attempt of the same comparison mends it", async () => {
    const yuna = shop.customer();
    const { id } = shop.order(yuna, 1);
    // Placed by the sandbox's clock, which ours has left behind.
    state().orders.get(id)!.updatedAt = clock.toISOString();
    const runId = randomUUID();
    const services = refusing(id);
    const { request } = services.shopify;
    const away = {
      ...services,
      shopify: {
        request: (shopId: string, document: { definitions: { name: { value: string } }[] }, vars: never) =>
          document.definitions[0]?.name.value === "DisputedOrders"
            ? Promise.resolve({ ok: false, failure: { kind: "unavailable", reason: "timeout" } })
            : request(shopId, document as never, vars),
      } as unknown as typeof shop.services.shopify,
    };
    const latest = async () =>
      (await readReconciliations(database.db, { shopId: SHOP, limit: 5 })).filter(
        (run) => run.runId === runId,
      );
    await expect(reconcileOrders(away, { shopId: SHOP, runId }, { now: clock })).rejects.toMatchObject({
      code: "upstream_unavailable",
    });
    expect(await latest()).toMatchObject([{ state: "interrupted" }]);
    pass(1);
    await reconcile({ runId });
    expect(await latest()).toMatchObject([{ state: "done", differing: 1, mended: 1, failed: 0 }]);
    const entries = await readReconciliationEntries(database.db, { shopId: SHOP, limit: 50 });
    expect(entries.filter(({ orderId }) => orderId === id)).toMatchObject([
      {
        runId,
        name: expect.stringContaining("#"),
        why: "unknown_order",
        shopifySays: { cancelled: false },
        weHeld: null,
        pointsBefore: 0,
        pointsAfter: each(),
        outcome: "mended",
      },
    ]);
  });

  test("the hourly comparison carries the id of its report, so that its attempts have one", async () => {
    const run = { now: clock, attempt: 1, maxAttempts: 3 };
    await taskHandlers["schedule-reconcile"](shop.services, {}, run);
    const [job] = await database.db.query<{ runId: string }>(
      `select payload ->> 'runId' as "runId" from graphile_worker._private_jobs where key = $1`,
      [`reconcile:${SHOP}`],
    );
    expect(job!.runId).toMatch(/^[0-9a-f-]{36}$/u);
  });
});

test("orders of before the installation are left to the merchant's choice, however often we compare", async () => {
  const old = shop.order(shop.customer(), 1);
  state().orders.get(old.id)!.updatedAt = new Date(Date.now() - 30 * HOUR).toISOString();
  await reconcile();
  await reconcile();
  const known = await database.db.query(`select 1 from order_state where shop_id = $1 and order_id = $2`, [
    SHOP,
    old.id,
  ]);
  expect(known).toEqual([]);
});

describe("the report", () => {
  it("is kept for 90 days", async () => {
    clock = new Date(clock.getTime() + 91 * 24 * HOUR);
    await reconcile();
    const runs = await readReconciliations(database.db, { shopId: SHOP, limit: 50 });
    expect(runs).toHaveLength(1);
    const left = await database.db.query(
      `select distinct run_id from reconciliation_entry where shop_id = $1 and run_id <> $2`,
      [SHOP, runs[0]!.runId],
    );
    expect(left).toEqual([]);
  });
});

describe("a chargeback", () => {
  it("takes the order's points while it is open, returns them when won, and keeps them when lost", async () => {
    const { actions } = shop.sandbox.control;
    const [kim, lee] = [shop.customer(), shop.customer()];
    const [won, lost] = [shop.order(kim, 2), shop.order(lee, 1)];
    await hear(won.id);
    await hear(lost.id);
    const points = async () => {
      const { [kim]: a, [lee]: b } = await shop.balances();
      return [a, b];
    };
    expect(await points()).toEqual([
      [each() * 2, 0],
      [each(), 0],
    ]);
    actions.disputeOrder(SHOP, { orderId: won.id });
    actions.disputeOrder(SHOP, { orderId: lost.id });
    expect(await reconcile()).toMatchObject({ mended: 2 });
    expect(await points()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(await reconcile()).toMatchObject({ mended: 0 });
    // An ordinary webhook of the order meanwhile does not bring them back.
    await hear(won.id);
    expect((await points())[0]).toEqual([0, 0]);

    actions.disputeOrder(SHOP, { orderId: won.id, status: "WON" });
    actions.disputeOrder(SHOP, { orderId: lost.id, status: "LOST" });
    await reconcile();
    expect(await points()).toEqual([
      [each() * 2, 0],
      [0, 0],
    ]);
    const whole = await everything();
    expect(await reconcile()).toMatchObject({ mended: 0 });
    expect(await everything()).toEqual(whole);
    expect(await books()).toEqual([]);
  });

  it("that is only an inquiry moves nothing", async () => {
    const park = shop.customer();
    const order = shop.order(park, 1);
    await hear(order.id);
    shop.sandbox.control.actions.disputeOrder(SHOP, { orderId: order.id, kind: "INQUIRY" });
    await reconcile();
    expect((await shop.balances())[park]).toEqual([each(), 0]);
  });
});

describe("an exchange", () => {
  it("on the same order earns on what was kept and what came instead, in whichever sequence it is heard", async () => {
    const { actions } = shop.sandbox.control;
    const choi = shop.customer();
    const order = shop.order(choi, 3);
    await hear(order.id);
    const line = state().orders.get(order.id)!.lines[0]!;
    // Two go back, two of another variant come instead.
    actions.refundOrder(SHOP, {
      orderId: order.id,
      lines: [{ lineItemId: line.id, quantity: 2 }],
      withoutMoney: true,
    });
    const [, other] = [...state().products.values()].flatMap((product) => product.variants);
    actions.editOrder(SHOP, { orderId: order.id, addVariants: [{ variantId: other!.id, quantity: 2 }] });
    actions.markPaid(SHOP, order.id);
    await hear(order.id);
    await hear(order.id);
    const kept = shop.variant().priceMinor + 2 * other!.priceMinor;
    expect((await shop.balances())[choi]).toEqual([Math.floor((kept * 5) / 100), 0]);
    await reconcile();
    expect((await shop.balances())[choi]).toEqual([Math.floor((kept * 5) / 100), 0]);
    expect(await books()).toEqual([]);
  });
});
