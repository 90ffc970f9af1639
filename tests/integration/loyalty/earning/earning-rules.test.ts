import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import {
  collectionChanged,
  productChanged,
  productDeleted,
} from "#app/loyalty/earning/product-facts.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrderJob } from "#app/loyalty/orders/settle-order-job.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { GatewayResult, ShopifyGateway } from "#app/platform/shopify/gateway.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { ORDER_ID, orderPayload, refundPayload } from "#tests/support/order-payload.ts";

const database = useTestDatabase();

interface Product {
  vendor: string;
  tags: string[];
  collections: string[];
}

/** Shopify, as far as these questions go; counts how often it is asked. */
function shopify(products: Record<string, Product>, transactions: object[] = []) {
  const asked: string[][] = [];
  const gateway = {
    request: async (_shopId: string, _operation: unknown, variables: Record<string, unknown>) => {
      const data = Array.isArray(variables["ids"])
        ? { nodes: answer(variables["ids"] as string[]) }
        : { order: { currencyCode: "USD", transactions } };
      if (!Array.isArray(variables["ids"])) asked.push(["transactions"]);
      return { ok: true, data } as GatewayResult<unknown>;
    },
  } as unknown as ShopifyGateway;
  const answer = (gids: string[]) => {
    asked.push(gids.map((gid) => gid.split("/").at(-1) ?? ""));
    return gids.map((id) => {
      const product = products[id.split("/").at(-1) ?? ""];
      if (!product) return null;
      const nodes = product.collections.map((entry) => ({ id: `gid://shopify/Collection/${entry}` }));
      const pageInfo = { hasNextPage: false, endCursor: null };
      return { id, vendor: product.vendor, tags: product.tags, collections: { nodes, pageInfo } };
    });
  };
  return { gateway, asked };
}

async function setUp(change: (earn: ProgramSettings["earn"]) => void, stub = shopify({})) {
  const { db } = database;
  const shopId = await createShop(db);
  const edit = async (edited: (earn: ProgramSettings["earn"]) => void) => {
    const [row] = await db.query<{ settings: ProgramSettings }>(
      `select settings from program_version where shop_id = $1 and status = 'live'`,
      [shopId],
    );
    edited(row!.settings.earn);
    await db.query(`update program_version set settings = $2::jsonb where shop_id = $1`, [
      shopId,
      JSON.stringify(row!.settings),
    ]);
  };
  await edit(change);
  const settle = (orderId = ORDER_ID, now = NOW) =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now, newId: randomUUID, randomBytes }));
  const hear = async (payload: unknown, now = NOW) => {
    const { orderId } = await db.transaction((tx) =>
      recordOrder(tx, { shopId, payload, hashEmail: (email) => email }),
    );
    return settle(orderId, now);
  };
  const refund = async (payload: unknown) => {
    const { orderId } = await db.transaction((tx) => recordRefund(tx, { shopId, payload, exponent: 2 }));
    return settle(orderId);
  };
  const job = (orderId = ORDER_ID, now = NOW) =>
    settleOrderJob(
      { db, shopify: stub.gateway, newId: randomUUID, randomBytes },
      { shopId, orderId },
      { now },
    );
  const held = async (orderId = ORDER_ID) => {
    const [row] = await db.query<{ points: number; outcome: string }>(
      `select points_held as points, outcome from order_state where shop_id = $1 and order_id = $2`,
      [shopId, orderId],
    );
    return row;
  };
  const entry = async () => {
    const rows = await db.query<{ detail: Record<string, unknown> }>(
      `select detail from points_transfer where shop_id = $1 order by seq desc limit 1`,
      [shopId],
    );
    return rows[0]?.detail;
  };
  const jobs = async () => {
    const rows = await db.query<{ key: string }>(`select key from graphile_worker.jobs where key = $1`, [
      `settle:${shopId}:${ORDER_ID}`,
    ]);
    return rows.length;
  };
  const books = async () => (await auditLedger(db, { shopIds: [shopId] })).discrepancies;
  return { db, shopId, edit, settle, hear, refund, job, held, entry, jobs, books };
}

const saleRule = { id: "sale", match: "tag" as const, values: ["sale"], points: 20, perMinor: 100 };

describe("rules that ask Shopify", () => {
  const products = { "1": { vendor: "Dangol", tags: ["Sale"], collections: ["9"] } };

  it("wait for the products, are asked once, and the replay changes nothing", async () => {
    const stub = shopify(products);
    const { hear, job, held, jobs, entry, books } = await setUp((earn) => earn.rules.push(saleRule), stub);
    expect(await hear(orderPayload())).toEqual({ outcome: "awaiting_facts", posted: 0 });
    expect(await hear(orderPayload())).toEqual({ outcome: "unchanged", posted: 0 });
    expect(await jobs()).toBe(1);
    expect(stub.asked).toEqual([]); // nothing is asked inside the transaction
    await job();
    await job();
    expect(await held()).toEqual({ points: 2_000, outcome: "settled" });
    expect(await entry()).toMatchObject({ rates: [{ eligibleMinor: 10_000, points: 20, why: "tag" }] });
    expect(await hear(orderPayload({ id: "2" }))).toEqual({ outcome: "settled", posted: 2_000 });
    expect(stub.asked).toEqual([["1"]]);
    expect(await books()).toEqual([]);
  });

  it("leave points dated by the payment that brought them, not by the day the order was placed", async () => {
    const { db, shopId, hear, job } = await setUp((earn) => {
      earn.rules.push(saleRule);
      earn.holdDays = 14;
    }, shopify(products));
    const processedAt = "2026-11-01T12:00:00.000Z";
    const paidAt = "2026-11-12T12:00:00.000Z";
    const unpaid = { processedAt, updatedAt: processedAt, financialStatus: "pending" };
    expect(await hear(orderPayload(unpaid))).toMatchObject({ outcome: "not_paid" });
    const paid = { processedAt, updatedAt: paidAt };
    expect(await hear(orderPayload(paid))).toMatchObject({ outcome: "awaiting_facts" });
    await job();
    await job();
    // One that was paid when we first heard of it waits for facts as well, and keeps the day it was placed.
    await hear(orderPayload({ ...paid, id: "2", lines: [{ price: "1.00", productId: "2" }] }));
    await job("2");
    const lots = await db.query(
      `select order_id as id, state, earned_at as earned, available_at as usable from points_lot
        where shop_id = $1 order by length(order_id) desc`,
      [shopId],
    );
    expect(lots).toEqual([
      {
        id: ORDER_ID,
        state: "pending",
        earned: new Date(paidAt),
        usable: new Date("2026-11-26T12:00:00.000Z"),
      },
      {
        id: "2",
        state: "available",
        earned: new Date(processedAt),
        usable: new Date("2026-11-15T12:00:00.000Z"),
      },
    ]);
  });

  it("never price an order again: neither by later tags nor by later rules", async () => {
    const stub = shopify({ ...products });
    const { hear, job, held, edit, db, shopId, refund } = await setUp(
      (earn) => earn.rules.push(saleRule),
      stub,
    );
    await hear(orderPayload({ lines: [{ price: "60.00" }, { price: "40.00" }] }));
    await job();
    await db.transaction((tx) => productChanged(tx, { shopId, productId: "1", vendor: "Dangol", tags: [] }));
    await edit((earn) => (earn.rules = [{ ...saleRule, points: 1 }]));
    await hear(
      orderPayload({ lines: [{ price: "60.00" }, { price: "40.00" }], updatedAt: "2026-11-20T12:00:00Z" }),
    );
    expect(await held()).toEqual({ points: 2_000, outcome: "settled" });
    await refund(refundPayload({ lines: [{ lineId: "9002", subtotal: "40.00" }] }));
    expect(await held()).toEqual({ points: 1_200, outcome: "settled" });
  });

  it("go by exclusions, and by nothing for a product that is gone", async () => {
    const stub = shopify(products);
    const { hear, job, held } = await setUp((earn) => earn.exclude.collectionIds.push("9"), stub);
    const lines = [
      { price: "60.00" },
      { price: "40.00", productId: "404" },
      { price: "10.00", productId: null },
    ];
    await hear(orderPayload({ lines }));
    await job();
    expect(await held()).toEqual({ points: 250, outcome: "settled" });
    expect(stub.asked).toEqual([["1", "404"]]);
  });

  it("ask again after a day, after a change of tags, and after a change of a collection they name", async () => {
    const stub = shopify(products);
    const { hear, job, db, shopId } = await setUp((earn) => {
      earn.rules.push({ ...saleRule, match: "collection", values: ["9"] });
    }, stub);
    const later = (ms: number) => new Date(NOW.getTime() + ms);
    const next = async (id: string, now: Date) => (await hear(orderPayload({ id }), now)).outcome;
    await hear(orderPayload());
    await job();
    expect(await next("2", later(1))).toBe("settled");
    expect(await next("3", later(25 * 3_600_000))).toBe("awaiting_facts");
    await job("3", later(25 * 3_600_000));
    const at = later(26 * 3_600_000);
    const unchanged = { shopId, productId: "1", vendor: "Dangol", tags: ["sale"] };
    expect(await productChanged(db, unchanged)).toEqual({ outcome: "unchanged" });
    expect(await next("4", at)).toBe("settled");
    expect(await productChanged(db, { ...unchanged, tags: [] })).toEqual({ outcome: "forgotten" });
    expect(await next("5", at)).toBe("awaiting_facts");
    await job("5", at);
    const collection = { shopId, collectionId: "9", named: ["9"], now: later(27 * 3_600_000) };
    expect(await collectionChanged(db, { ...collection, named: ["8"] })).toEqual({ outcome: "not_named" });
    expect(await collectionChanged(db, collection)).toEqual({ outcome: "stale" });
    expect(await next("6", collection.now)).toBe("awaiting_facts");
    await job("6", collection.now);
    await productDeleted(db, { shopId, productId: "1", now: collection.now });
    expect(await next("7", later(99 * 3_600_000))).toBe("settled"); // what a deleted product was stays true
  });
});

describe("gift cards and store credit", () => {
  const transactions = [
    { kind: "SALE", status: "SUCCESS", gateway: "gift_card", amountSet: { shopMoney: { amount: "40.00" } } },
    { kind: "SALE", status: "SUCCESS", gateway: "bogus", amountSet: { shopMoney: { amount: "60.0" } } },
  ];

  it("are asked for, once, and what they paid earns nothing", async () => {
    const stub = shopify({}, transactions);
    const { hear, job, held, entry, books, refund } = await setUp(() => {}, stub);
    const payload = orderPayload({ gateways: ["gift_card", "bogus"] });
    expect((await hear(payload)).outcome).toBe("awaiting_facts");
    await job();
    await job();
    expect(await hear(payload)).toEqual({ outcome: "unchanged", posted: 0 });
    expect(await held()).toEqual({ points: 300, outcome: "settled" });
    expect(await entry()).toMatchObject({ creditMinor: 4_000 });
    expect(stub.asked).toEqual([["transactions"]]);
    await refund(refundPayload({ lines: [{ subtotal: "100.00" }] }));
    expect(await held()).toMatchObject({ points: 0 });
    expect(await books()).toEqual([]);
  });

  it("need no question where they earn like money", async () => {
    const { hear } = await setUp((earn) => (earn.tender = "all"));
    expect(await hear(orderPayload({ gateways: ["gift_card"] }))).toEqual({
      outcome: "settled",
      posted: 500,
    });
  });
});

describe("sources", () => {
  it("that are switched off earn nothing, say so, and switching one on does not reach back", async () => {
    const { hear, held, edit } = await setUp((earn) => (earn.sources.pos = false));
    expect(await hear(orderPayload({ sourceName: "pos" }))).toEqual({ outcome: "source_off", posted: 0 });
    expect(await hear(orderPayload({ id: "2" }))).toEqual({ outcome: "settled", posted: 500 });
    await edit((earn) => (earn.sources.pos = true));
    expect((await hear(orderPayload({ sourceName: "pos" }))).outcome).toBe("unchanged");
    expect(await held()).toEqual({ points: 0, outcome: "source_off" });
    expect(await hear(orderPayload({ id: "3", sourceName: "pos" }))).toEqual({
      outcome: "settled",
      posted: 500,
    });
  });

  it("that are switched off keep what they earned before", async () => {
    const { hear, held, edit } = await setUp(() => {});
    await hear(orderPayload({ sourceName: "pos" }));
    await edit((earn) => (earn.sources.pos = false));
    await hear(orderPayload({ sourceName: "pos", updatedAt: "2026-11-20T12:00:00Z" }));
    expect(await held()).toEqual({ points: 500, outcome: "settled" });
  });
});

describe("shipping", () => {
  it("earns where the program says so, and its refund takes exactly that back", async () => {
    const { hear, held, refund } = await setUp((earn) => (earn.shipping = "earns"));
    await hear(orderPayload({ shipping: "8.00" }));
    expect(await held()).toMatchObject({ points: 540 });
    await refund(refundPayload({ shipping: "8.00" }));
    await refund(refundPayload({ shipping: "8.00" }));
    expect(await held()).toMatchObject({ points: 500 });
  });
});

describe("caps", () => {
  it("per order cut the award, say so in the entry, and stay frozen", async () => {
    const { hear, held, entry, edit } = await setUp((earn) => (earn.caps.perOrder = 300));
    expect(await hear(orderPayload())).toEqual({ outcome: "settled", posted: 300 });
    expect(await entry()).toMatchObject({ awarded: 300, capped: { by: "perOrder", uncapped: 500 } });
    await edit((earn) => (earn.caps.perOrder = null));
    await hear(orderPayload({ updatedAt: "2026-11-20T12:00:00Z" }));
    expect(await held()).toMatchObject({ points: 300 });
  });

  it("per day count the order's own day in the shop's time zone", async () => {
    const { hear } = await setUp((earn) => (earn.caps.perDay = 700));
    expect((await hear(orderPayload({ id: "1" }))).posted).toBe(500);
    // 04:59 UTC on the 21st is still the 20th in New York; a minute later it is not.
    expect((await hear(orderPayload({ id: "2", processedAt: "2026-11-21T04:59:00Z" }))).posted).toBe(200);
    expect((await hear(orderPayload({ id: "3", processedAt: "2026-11-21T05:00:00Z" }))).posted).toBe(500);
  });

  it("per member count what other orders hold, so that a refund makes room for the next order only", async () => {
    const { hear, refund, held, books } = await setUp((earn) => (earn.caps.perMember = 700));
    await hear(orderPayload());
    expect((await hear(orderPayload({ id: "2" }))).posted).toBe(200);
    await refund(refundPayload({ lines: [{ subtotal: "100.00" }] }));
    await hear(orderPayload({ id: "2", updatedAt: "2026-11-20T12:00:00Z" }));
    expect(await held("2")).toMatchObject({ points: 200 });
    expect((await hear(orderPayload({ id: "3" }))).posted).toBe(500);
    expect(await books()).toEqual([]);
  });

  it("an order that was edited down and up again does not take the room another has got meanwhile", async () => {
    const { hear, held } = await setUp((earn) => (earn.caps.perMember = 500));
    const edited = (price: string, hour: number) =>
      hear(orderPayload({ lines: [{ price }], updatedAt: `2026-11-20T${hour}:00:00Z` }));
    await edited("100.00", 16);
    await edited("50.00", 17);
    expect((await hear(orderPayload({ id: "2" }))).posted).toBe(250);
    await edited("100.00", 18);
    expect(await held()).toMatchObject({ points: 250 });
  });

  it("16 orders of one member at once never pass the cap, and their replay changes nothing", async () => {
    const { hear, db, shopId, books } = await setUp((earn) => {
      earn.caps.perDay = 1_234;
      earn.caps.perMember = 2_000;
    });
    const orders = Array.from({ length: 16 }, (_, index) => orderPayload({ id: String(100 + index) }));
    const total = async () => {
      const [row] = await db.query<{ total: number; lowest: number }>(
        `select sum(points_held)::bigint as total, min(points_held)::bigint as lowest from order_state where shop_id = $1`,
        [shopId],
      );
      return row;
    };
    await hear(orderPayload({ id: "99", lines: [{ price: "0.00" }] })); // the member is there
    await Promise.all(orders.map((payload) => hear(payload)));
    expect(await total()).toEqual({ total: 1_234, lowest: 0 });
    const again = await Promise.all(orders.map((payload) => hear(payload)));
    expect(again.every(({ posted }) => posted === 0)).toBe(true);
    expect(await total()).toEqual({ total: 1_234, lowest: 0 });
    expect(await books()).toEqual([]);
  });
});
