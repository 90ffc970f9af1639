import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backfillOrders } from "#app/loyalty/importing/backfill-orders.server.ts";
import { readBackfill, readBackfillFailures } from "#app/loyalty/importing/backfill-run.server.ts";
import { settleBackfillChunk } from "#app/loyalty/importing/settle-backfill.server.ts";
import { stageBackfill } from "#app/loyalty/importing/stage-backfill.server.ts";
import { forgetCustomer } from "#app/loyalty/members/forget-customer.server.ts";
import { hashEmail } from "#app/loyalty/members/hash-email.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { asLines, exportedLine, exportedOrder } from "#tests/support/export-lines.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { discrepanciesIn, peopleServices } from "#tests/support/people-fixtures.ts";
import { rowsOf } from "#tests/support/shop-rows.ts";

const database = useTestDatabase();
const WEEK = 7 * 86_400_000;

/** A reading of past orders that has got as far as `state`. */
async function setUp(over: { state?: string; url?: string; exportedAt?: Date } = {}) {
  const { db } = database;
  const shopId = await createShop(db);
  const shopify = createFakeShopify();
  const services = peopleServices(db, shopify);
  const runId = randomUUID();
  await db.query(
    `insert into backfill_run (shop_id, run_id, state, actor, started_at, url, exported_at, exports)
     values ($1, $2, $3, '1', $4, $5, $6, 1)`,
    [shopId, runId, over.state ?? "staging", NOW, over.url ?? null, over.exportedAt ?? null],
  );
  const stage = (rows: readonly unknown[]) =>
    stageBackfill(services, { shopId, runId, skip: 0 }, asLines(rows));
  const run = () => backfillOrders(services, { shopId, runId }, { now: NOW });
  const found = () => readBackfill(db, shopId, runId);
  const settle = (with_ = services) => settleBackfillChunk(with_, { shopId, runId }, NOW);
  return { db, shopId, shopify, services, runId, stage, run, found, settle };
}

describe("T20 a customer who is erased while their past orders are read", () => {
  const EMAIL = "guest@example.com";
  const rows = [
    exportedOrder("501", { customer: { legacyResourceId: "990001" } }),
    exportedLine("501", "601", "10.00"),
    exportedOrder("502", { customer: null, email: EMAIL }),
    exportedLine("502", "602", "20.00"),
    exportedOrder("503", { customer: { legacyResourceId: "990002" } }),
    exportedLine("503", "603", "30.00"),
  ];
  const expectNobody = async ({ db, shopId }: Awaited<ReturnType<typeof setUp>>) => {
    const orders = await db.query(
      `select order_id, customer_id, email_hash from order_state where shop_id = $1 order by 1`,
      [shopId],
    );
    expect(orders).toEqual([
      { order_id: "501", customer_id: null, email_hash: null },
      { order_id: "502", customer_id: null, email_hash: null },
      { order_id: "503", customer_id: "990002", email_hash: null },
    ]);
    const members = await db.query(`select customer_id from member where shop_id = $1`, [shopId]);
    expect(members).toEqual([{ customer_id: "990002" }]);
    expect(await rowsOf(db, shopId)).not.toContain("990001");
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  };
  const forget = ({ db, shopId }: Awaited<ReturnType<typeof setUp>>) =>
    db.transaction((tx) =>
      forgetCustomer(tx, {
        shopId,
        customerId: "990001",
        emailHashes: [hashEmail("a secret for tests", shopId, EMAIL)],
        eventId: randomUUID(),
        now: NOW,
      }),
    );

  it("leaves orders that are nobody's: erased before they are settled", async () => {
    const world = await setUp();
    await world.stage(rows);
    await forget(world);
    await forget(world);
    while ((await world.settle()).outcome === "more");
    await expectNobody(world);
  });

  it("and erased between the look at them and their settlement", async () => {
    const world = await setUp();
    await world.stage(rows);
    let erased = false;
    const db = {
      ...world.db,
      query: world.db.query.bind(world.db),
      transaction: async (work: Parameters<typeof world.db.transaction>[0]) => {
        if (!erased) await forget(world);
        erased = true;
        return world.db.transaction(work);
      },
    } as typeof world.db;
    while ((await world.settle({ ...world.services, db })).outcome === "more");
    expect(erased).toBe(true);
    await expectNobody(world);
  });

  it("also when Shopify has to be asked for the order and still names them", async () => {
    const world = await setUp();
    const refunded = { refunds: [{ legacyResourceId: "7", createdAt: "2026-10-02T00:00:00Z" }] };
    const { __parentId: _, ...line } = exportedLine("501", "601", "10.00");
    const pageInfo = { hasNextPage: false, endCursor: null };
    world.shopify.answer("OrderForSettlement", () => ({
      order: {
        ...exportedOrder("501"),
        totalTipReceivedSet: null,
        shippingLines: { nodes: [] },
        lineItems: { nodes: [line], pageInfo },
      },
    }));
    await world.stage([{ ...rows[0]!, ...refunded }, ...rows.slice(1)]);
    await forget(world);
    while ((await world.settle()).outcome === "more");
    await expectNobody(world);
  });
});

describe("a past order with refunds that Shopify no longer shows", () => {
  it("is set aside, for it would be awarded in full; the others are settled, and twice is once", async () => {
    const { db, shopId, runId, shopify, stage, settle, found } = await setUp();
    shopify.answer("OrderForSettlement", () => ({ order: null }));
    await stage([
      exportedOrder("511", { refunds: [{ legacyResourceId: "7", createdAt: "2026-10-02T00:00:00Z" }] }),
      exportedLine("511", "611", "10.00"),
      exportedOrder("512"),
      exportedLine("512", "612", "20.00"),
    ]);
    while ((await settle()).outcome === "more");
    expect(await found()).toMatchObject({ ordersSettled: 1, ordersFailed: 1, pointsPosted: 100 });
    expect(await readBackfillFailures(db, { shopId, runId, limit: 5 })).toEqual([
      { orderId: "511", name: "#511", failure: "not_found" },
    ]);
    expect(await settle()).toEqual({ outcome: "empty" });
    expect(await found()).toMatchObject({ ordersSettled: 1, ordersFailed: 1, pointsPosted: 100 });
  });
});

describe("the file of past orders", () => {
  let server: Server;
  let url: string;
  let asked = 0;
  let answer: { status: number; body: string; cut?: boolean } = { status: 404, body: "" };
  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(answer.status, { "content-length": answer.body.length + (answer.cut ? 9 : 0) });
      response.write(answer.body, () => (answer.cut ? response.destroy() : response.end()));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders.jsonl`;
  });
  afterAll(() => server.close());

  const exporting = (shopify: Awaited<ReturnType<typeof setUp>>["shopify"]) => {
    const bulkOperation = { id: "gid://shopify/BulkOperation/1" };
    shopify.answer("BulkOperationRunQuery", () => ({
      bulkOperationRunQuery: { bulkOperation, userErrors: [] },
    }));
    shopify.answer("BulkOperationState", () => ({
      bulkOperation: { status: "COMPLETED", errorCode: null, url },
    }));
  };

  it("that is never there is asked for three times, and then the run says so", async () => {
    answer = { status: 404, body: "" };
    const world = await setUp({ state: "requested" });
    await world.db.query(`update backfill_run set exports = 0 where run_id = $1`, [world.runId]);
    exporting(world.shopify);
    asked = 0;
    for (let step = 0; step < 30; step += 1) await world.run();
    expect(await world.found()).toMatchObject({ state: "failed", failure: "file_gone" });
    expect([world.shopify.named("BulkOperationRunQuery").length, asked]).toEqual([3, 3]);
  });

  it("that is refused is asked for anew when it is older than a week, and not before", async () => {
    answer = { status: 403, body: "" };
    const old = await setUp({ url, exportedAt: new Date(NOW.getTime() - WEEK) });
    expect(await old.run()).toEqual({ state: "requested" });
    const young = await setUp({ url, exportedAt: new Date(NOW.getTime() - WEEK + 1) });
    expect(await young.run()).toEqual({ state: "failed" });
    expect(await young.run()).toEqual({ state: "failed" });
    expect(await young.found()).toMatchObject({ failure: "upstream_refused" });
  });

  it("whose connection breaks is read on later; a fault of ours is not taken for one", async () => {
    const line = `${JSON.stringify(exportedOrder("521"))}\n`;
    answer = { status: 200, body: line, cut: true };
    const world = await setUp({ url });
    await expect(world.run()).rejects.toMatchObject({ code: "upstream_unavailable" });
    answer = { status: 200, body: line };
    expect(await world.run()).toEqual({ state: "settling" });
    const other = await setUp({ url });
    const db = {
      ...other.db,
      query: other.db.query.bind(other.db),
      transaction: () => Promise.reject(new TypeError("a fault of ours")),
    } as unknown as typeof other.db;
    const faulty = { ...other.services, db };
    await expect(
      backfillOrders(faulty, { shopId: other.shopId, runId: other.runId }, { now: NOW }),
    ).rejects.toThrow(new TypeError("a fault of ours"));
  });
});
