import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backfillFromLines, backfillOrders } from "#app/loyalty/importing/backfill-orders.server.ts";
import {
  pauseBackfill,
  readBackfill,
  readBackfillFailures,
  startBackfill,
  stopBackfill,
} from "#app/loyalty/importing/backfill-run.server.ts";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { asLines, exportedLine, exportedOrder } from "#tests/support/export-lines.ts";
import { SHOP, shopOnSandbox, type ShopOnSandbox } from "#tests/support/shop-on-sandbox.ts";

const database = useTestDatabase();
// Later than whatever the sandbox does meanwhile.
const now = new Date(Date.now() + 3_600_000);
let shop: ShopOnSandbox;

beforeAll(async () => {
  shop = await shopOnSandbox(database.db, () => now);
});
afterAll(() => shop.sandbox.close());
beforeEach(async () => {
  const { db } = database;
  await db.query(
    `update backfill_run set state = 'stopped' where shop_id = $1 and state not in ('done', 'failed')`,
    [SHOP],
  );
  await db.query(`delete from backfill_order where shop_id = $1`, [SHOP]);
  await db.query(`delete from backfill_line where shop_id = $1`, [SHOP]);
});

async function start(since: Date | null = null): Promise<string> {
  const runId = randomUUID();
  await database.db.transaction((tx) => startBackfill(tx, { shopId: SHOP, runId, actor: "7", now, since }));
  return runId;
}

/** Runs its steps as the worker would, until it is over or waits for somebody. */
async function run(
  runId: string,
  services = shop.services,
  over: { chunkOrders?: number } = {},
): Promise<string> {
  for (let step = 0; step < 60; step += 1) {
    const { state } = await backfillOrders(services, { shopId: SHOP, runId }, { now, ...over });
    if (["done", "failed", "stopped", "paused"].includes(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  throw new Error("The run never ended.");
}

const books = async () => (await auditLedger(database.db, { shopIds: [SHOP] })).discrepancies;
const state = () => shop.sandbox.control.store.shop(SHOP);

/** What one piece of the first variant earns. */
const each = () => Math.floor((shop.variant().priceMinor * 5) / 100);

describe("past orders by bulk operation", () => {
  it("earn what their webhooks would have: paid, refunded, cancelled, of guests; twice is once", async () => {
    const { actions } = shop.sandbox.control;
    const [mina, jun] = [shop.customer(), shop.customer()];
    shop.order(mina, 2);
    const refunded = shop.order(jun, 3);
    const line = state().orders.get(refunded.id)!.lines[0]!;
    actions.refundOrder(SHOP, { orderId: refunded.id, lines: [{ lineItemId: line.id, quantity: 1 }] });
    const cancelled = shop.order(jun, 1);
    actions.cancelOrder(SHOP, { orderId: cancelled.id });
    shop.order(null, 1, { email: "guest@example.com" });

    const runId = await start();
    expect(await run(runId)).toBe("done");
    const balances = await shop.balances();
    expect(balances[mina]).toEqual([each() * 2, 0]);
    expect(balances[jun]).toEqual([each() * 2, 0]);
    const first = await readBackfill(database.db, SHOP, runId);
    expect(first).toMatchObject({ state: "done", ordersFailed: 0, ordersFound: state().orders.size });
    expect(first!.ordersSettled).toBe(first!.ordersFound);
    expect(first!.ordersGuest).toBeGreaterThanOrEqual(1);

    const again = await start();
    expect(await run(again)).toBe("done");
    expect(await shop.balances()).toEqual(balances);
    expect((await readBackfill(database.db, SHOP, again))!.pointsPosted).toBe(0);
    expect(await books()).toEqual([]);
    const staged = await database.db.query(`select 1 from backfill_order where shop_id = $1`, [SHOP]);
    expect(staged).toEqual([]);
  });

  it("keep no address of a guest, and nothing is lost or doubled when live webhooks come in between", async () => {
    const mina = shop.customer();
    const early = shop.order(mina, 1);
    shop.order(null, 1, { email: "secret-guest@example.com" });
    const runId = await start();
    for (;;) {
      const { state: at } = await backfillOrders(shop.services, { shopId: SHOP, runId }, { now });
      if (at === "settling") break;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const staged = await database.db.query(`select node from backfill_order where shop_id = $1`, [SHOP]);
    expect(JSON.stringify(staged)).not.toContain("secret-guest");
    // Live: a refund of an order that is staged in its old state, and an order placed since.
    const { actions } = shop.sandbox.control;
    const line = state().orders.get(early.id)!.lines[0]!;
    actions.refundOrder(SHOP, { orderId: early.id, lines: [{ lineItemId: line.id, quantity: 1 }] });
    const late = shop.order(mina, 4);
    for (const id of [early.id, late.id]) await hear(id);
    expect(await run(runId)).toBe("done");
    expect((await shop.balances())[mina]).toEqual([each() * 4, 0]);
    expect(await books()).toEqual([]);
  });

  it("go on after a crash between any two of its transactions, and end at the same points", async () => {
    const people = Array.from({ length: 12 }, () => shop.customer());
    for (let n = 0; n < 36; n += 1) shop.order(people[n % people.length]!, 1 + (n % 3));
    const runId = await start();
    let crashes = 0;
    for (let attempt = 0; attempt < 200; attempt += 1) {
      // The power goes after a few transactions, each time a different number of them.
      let left = 1 + (attempt % 3);
      const db = {
        ...database.db,
        query: database.db.query.bind(database.db),
        transaction: <T>(work: Parameters<typeof database.db.transaction<T>>[0]) => {
          if (left <= 0) return Promise.reject(new Error("power cut"));
          left -= 1;
          return database.db.transaction(work);
        },
      };
      const services = { ...shop.services, db: db as typeof database.db };
      try {
        // Several chunks, so that crashes fall between them.
        if ((await run(runId, services, { chunkOrders: 7 })) === "done") break;
      } catch {
        crashes += 1;
      }
    }
    expect(crashes).toBeGreaterThan(1);
    expect(await readBackfill(database.db, SHOP, runId)).toMatchObject({ state: "done", ordersFailed: 0 });
    const balances = await shop.balances();
    // Three orders of one piece for the first, of two for the second, of three for the third, and so on.
    expect(people.map((id) => balances[id])).toEqual(people.map((_, n) => [each() * (1 + (n % 3)) * 3, 0]));
    expect(await books()).toEqual([]);
  });

  it("stop where the merchant pauses, go on where they left off, one run at a time", async () => {
    const runId = await start();
    const pause = (paused: boolean) =>
      database.db.transaction((tx) => pauseBackfill(tx, { shopId: SHOP, runId, paused }));
    expect(await pause(true)).toEqual({ outcome: "paused" });
    expect(await pause(true)).toEqual({ outcome: "unchanged" });
    expect(await run(runId)).toBe("paused");
    const other = { shopId: SHOP, runId: randomUUID(), actor: "7", now, since: null };
    expect(await database.db.transaction((tx) => startBackfill(tx, other))).toEqual({ outcome: "busy" });
    expect(await database.db.transaction((tx) => startBackfill(tx, { ...other, runId }))).toEqual({
      outcome: "already_started",
    });
    expect(await pause(false)).toEqual({ outcome: "resumed" });
    const stop = () =>
      database.db.transaction((tx) =>
        stopBackfill(tx, { shopId: SHOP, runId, actor: "7", now, eventId: randomUUID() }),
      );
    expect(await stop()).toEqual({ outcome: "stopped" });
    expect(await stop()).toEqual({ outcome: "unchanged" });
    expect(await run(runId)).toBe("stopped");
  });

  it("ask for a new file when the old one is gone, and look back only as far as asked", async () => {
    const runId = await start(new Date(now.getTime() + 86_400_000));
    expect(await run(runId)).toBe("done");
    expect(await readBackfill(database.db, SHOP, runId)).toMatchObject({ ordersFound: 0, ordersSettled: 0 });

    const again = await start();
    await database.db.query(
      `update backfill_run set state = 'staging', url = $3 where shop_id = $1 and run_id = $2`,
      [SHOP, again, `${shop.sandbox.url}/__sandbox/bulk/1.jsonl`],
    );
    expect(await run(again)).toBe("done");
    expect((await readBackfill(database.db, SHOP, again))!.ordersFound).toBe(state().orders.size);
  });
});

describe("lines at hand", () => {
  it("settle in any sequence of lines after their orders; a broken order is set aside and holds up no other", async () => {
    const order = (n: number) =>
      exportedOrder(`88000${n}`, {
        name: `#88${n}`,
        processedAt: `2026-10-0${n}T00:00:00Z`,
        updatedAt: `2026-10-0${n}T00:00:00Z`,
      });
    const line = (n: number, amount: string) => exportedLine(`88000${n}`, `77${n}`, amount);
    const rows = [order(3), order(1), order(2), line(1, "10.00"), line(3, "30.00"), line(2, "not money")];
    const found = await backfillFromLines(shop.services, {
      shopId: SHOP,
      runId: randomUUID(),
      now,
      lines: asLines(rows),
    });
    expect(found).toMatchObject({ state: "done", ordersFound: 3, ordersSettled: 2, ordersFailed: 1 });
    expect((await shop.balances())["990001"]).toEqual([200, 0]);
    expect(await readBackfillFailures(database.db, { shopId: SHOP, runId: found!.runId, limit: 5 })).toEqual([
      { orderId: "880002", name: "#882", failure: "malformed" },
    ]);
  });
});

/** The order's webhook, as the sandbox would send it now. */
async function hear(orderId: string): Promise<void> {
  const payload: unknown = JSON.parse(JSON.stringify(orderPayload(state(), state().orders.get(orderId)!)));
  const { newId, randomBytes } = shop.services;
  await database.db.transaction(async (tx) => {
    await recordOrder(tx, { shopId: SHOP, payload, hashEmail: (email) => `hash:${email}` });
    await settleOrder(tx, { shopId: SHOP, orderId, now, newId, randomBytes });
  });
}
