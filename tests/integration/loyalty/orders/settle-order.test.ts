import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { CUSTOMER_ID, ORDER_ID, orderPayload, refundPayload } from "#tests/support/order-payload.ts";

const database = useTestDatabase();

async function setUp(
  over: { settings?: (settings: ProgramSettings) => void; currency?: string; currencyExponent?: number } = {},
) {
  const { db } = database;
  const shopId = await createShop(db, over);
  if (over.settings) {
    const [live] = await db.query<{ settings: ProgramSettings }>(
      `select settings from program_version where shop_id = $1`,
      [shopId],
    );
    over.settings(live!.settings);
    await db.query(`update program_version set settings = $2::jsonb where shop_id = $1`, [
      shopId,
      JSON.stringify(live!.settings),
    ]);
  }
  const settle = (orderId = ORDER_ID, now = NOW) =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now, newId: randomUUID, randomBytes }));
  const order = async (payload: unknown, now = NOW) => {
    const { orderId } = await db.transaction((tx) =>
      recordOrder(tx, { shopId, payload, hashEmail: (email) => `hash:${email}` }),
    );
    return settle(orderId, now);
  };
  const refund = async (payload: unknown) => {
    const { orderId } = await db.transaction((tx) =>
      recordRefund(tx, { shopId, payload, exponent: over.currencyExponent ?? 2 }),
    );
    return settle(orderId);
  };
  const points = async (customerId = CUSTOMER_ID) => {
    const [row] = await db.query<{ available: number; pending: number; held: number }>(
      `select available, pending, held from member where shop_id = $1 and customer_id = $2`,
      [shopId, customerId],
    );
    return row ? [row.available, row.pending, row.held] : null;
  };
  const books = async () => (await auditLedger(db, { shopIds: [shopId] })).discrepancies;
  const transfers = () =>
    db.query<{ reason: string; points: number }>(
      `select reason, points from points_transfer where shop_id = $1 order by member_id, seq`,
      [shopId],
    );
  return { db, shopId, settle, order, refund, points, books, transfers };
}

describe("an order becomes points", () => {
  it("a paid order of 100.00 earns 500 points, once, with the reason in its entry", async () => {
    const { order, points, transfers, db, shopId } = await setUp();
    expect(await order(orderPayload())).toEqual({ outcome: "settled", posted: 500 });
    expect(await order(orderPayload())).toEqual({ outcome: "unchanged", posted: 0 });
    expect(await points()).toEqual([500, 0, 0]);
    expect(await transfers()).toEqual([{ reason: "earn", points: 500 }]);
    const [entry] = await db.query<{ detail: unknown; sourceId: string }>(
      `select detail, source_id as "sourceId" from points_transfer where shop_id = $1`,
      [shopId],
    );
    expect(entry?.sourceId).toBe("820982911946154508"); // T15: eighteen digits, none lost
    expect(entry?.detail).toMatchObject({
      orderName: "#1001",
      eligibleMinor: 10_000,
      points: 5,
      perMinor: 100,
      multiplier: "1",
    });
  });

  it("T16 test orders, gift cards and free orders earn nothing", async () => {
    const { order, points } = await setUp();
    expect(await order(orderPayload({ id: "1", test: true }))).toEqual({ outcome: "test", posted: 0 });
    expect(await order(orderPayload({ id: "2", lines: [{ price: "50.00", giftCard: true }] }))).toMatchObject(
      { posted: 0 },
    );
    expect(
      await order(orderPayload({ id: "3", lines: [{ price: "50.00", discount: "50.00" }] })),
    ).toMatchObject({ posted: 0 });
    expect(await points()).toEqual([0, 0, 0]);
  });

  it("T15 a guest's order earns nothing and breaks nothing, until it is given a customer", async () => {
    const { order, points } = await setUp();
    expect(await order(orderPayload({ customerId: null }))).toEqual({ outcome: "guest", posted: 0 });
    const later = orderPayload({ updatedAt: "2026-11-20T11:00:00-05:00" });
    expect(await order(later)).toEqual({ outcome: "settled", posted: 500 });
    expect(await points()).toEqual([500, 0, 0]);
  });

  it("waits for payment, and waits out the hold in pending", async () => {
    const { order, points, books } = await setUp({ settings: (settings) => (settings.earn.holdDays = 14) });
    expect(await order(orderPayload({ financialStatus: "pending" }))).toEqual({
      outcome: "not_paid",
      posted: 0,
    });
    await order(orderPayload({ updatedAt: "2026-11-20T10:01:00-05:00" }));
    expect(await points()).toEqual([0, 500, 0]);
    expect(await books()).toEqual([]);
  });

  it("T29 a refund within the hold cancels pending points and touches nothing else", async () => {
    const { order, refund, points, books } = await setUp({
      settings: (settings) => (settings.earn.holdDays = 14),
    });
    await order(orderPayload());
    await refund(refundPayload({ lines: [{ subtotal: "100.00" }] }));
    expect(await points()).toEqual([0, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("won have no decimals: 50,000 won at 1 per 100 earn 500", async () => {
    const { order, points } = await setUp({ currency: "KRW", currencyExponent: 0 });
    await order(orderPayload({ currency: "KRW", lines: [{ price: "50000" }] }));
    expect(await points()).toEqual([500, 0, 0]);
  });

  it("an awarded order keeps its price when the program changes, also for lines added later", async () => {
    const { order, points, db, shopId } = await setUp();
    await order(orderPayload());
    await db.query(
      `update program_version set settings = jsonb_set(settings, '{earn,points}', '50') where shop_id = $1`,
      [shopId],
    );
    const edited = orderPayload({
      updatedAt: "2026-11-20T11:00:00-05:00",
      lines: [{ price: "100.00" }, { price: "20.00" }],
    });
    expect(await order(edited)).toEqual({ outcome: "settled", posted: 100 });
    expect(await points()).toEqual([600, 0, 0]);
  });

  it("an edit that removes a line takes exactly its points back", async () => {
    const { order, points, books } = await setUp();
    await order(orderPayload({ lines: [{ price: "100.00" }, { price: "20.00" }] }));
    await order(
      orderPayload({
        updatedAt: "2026-11-20T11:00:00-05:00",
        lines: [{ price: "100.00" }, { price: "20.00", currentQuantity: 0 }],
      }),
    );
    expect(await points()).toEqual([500, 0, 0]);
    expect(await books()).toEqual([]);
  });
});

describe("refunds and cancellations", () => {
  it("T27 thirds end at zero; the same refund twice is one refund; a later full refund changes nothing", async () => {
    const { order, refund, points, books } = await setUp();
    await order(orderPayload({ lines: [{ price: "33.33", quantity: 3 }] }));
    expect(await points()).toEqual([499, 0, 0]); // 499.95
    const third = (id: string) => refundPayload({ id, lines: [{ subtotal: "33.33" }] });
    await refund(third("1"));
    await refund(third("1"));
    expect(await points()).toEqual([332, 0, 0]); // 499 × 2/3 = 332.67
    await refund(third("2"));
    await refund(third("3"));
    expect(await points()).toEqual([0, 0, 0]);
    await refund(refundPayload({ id: "4", amountOnly: "99.99" }));
    expect(await points()).toEqual([0, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("T09 a refund before its order is known waits for it, and ends where it would have", async () => {
    const { order, refund, points } = await setUp();
    expect(await refund(refundPayload({ lines: [{ subtotal: "50.00" }] }))).toEqual({
      outcome: "awaiting_order",
      posted: 0,
    });
    await order(orderPayload({ lines: [{ price: "50.00", quantity: 2 }] }));
    expect(await points()).toEqual([250, 0, 0]);
  });

  it("T10 an older state after a newer one is ignored", async () => {
    const { order, points } = await setUp();
    await order(
      orderPayload({ updatedAt: "2026-11-20T12:00:00-05:00", cancelledAt: "2026-11-20T12:00:00-05:00" }),
    );
    expect(await order(orderPayload({ updatedAt: "2026-11-20T11:00:00-05:00" }))).toEqual({
      outcome: "unchanged",
      posted: 0,
    });
    expect(await points()).toEqual([0, 0, 0]);
  });

  it("T28 spent points that a refund takes back are owed; the shop may choose to absorb them instead", async () => {
    for (const [shortfall, expected] of [
      ["owed", -400],
      ["absorb", 0],
    ] as const) {
      const { order, points, books, db, shopId, transfers } = await setUp({
        settings: (settings) => (settings.shortfall = shortfall),
      });
      await order(orderPayload());
      const { postTransfers } = await import("#app/loyalty/ledger/post-transfers.server.ts");
      const [member] = await db.query<{ memberId: string }>(
        `select member_id as "memberId" from member where shop_id = $1`,
        [shopId],
      );
      await db.transaction((tx) =>
        postTransfers(tx, {
          shopId,
          now: NOW,
          postings: [
            {
              memberId: member!.memberId,
              from: "available",
              to: "adjusted",
              points: 400,
              reason: "adjust",
              source: "admin",
              sourceId: "1",
              idempotencyKey: "adjust:1",
              occurredAt: NOW,
            },
          ],
        }),
      );
      await order(
        orderPayload({ updatedAt: "2026-11-20T12:00:00-05:00", cancelledAt: "2026-11-20T12:00:00-05:00" }),
      );
      expect(await points()).toEqual([expected, 0, 0]);
      expect((await transfers()).map((entry) => entry.reason)).toEqual(
        shortfall === "absorb" ? ["earn", "adjust", "clawback", "forgive"] : ["earn", "adjust", "clawback"],
      );
      expect(await books()).toEqual([]);
    }
  });

  it.each([
    ["a partial refund is the last word", 300],
    ["a cancellation is the last word", 0],
  ])(
    "T08 five webhooks in all 120 orders, each of them twice, end at the same points: %s",
    async (_, expected) => {
      const at = (time: string) => `2026-11-20T${time}-05:00`;
      const lines = [{ price: "60.00" }, { price: "40.00" }];
      const refundBody = refundPayload({ lines: [{ lineId: "9002", subtotal: "40.00" }] });
      const events = [
        orderPayload({ lines, financialStatus: "pending", updatedAt: at("10:00:00") }),
        orderPayload({ lines, updatedAt: at("10:00:00") }),
        orderPayload({ lines, updatedAt: at("10:05:00") }),
        refundBody,
        orderPayload({
          lines: [{ price: "60.00" }, { price: "40.00", currentQuantity: 0 }],
          updatedAt: at("12:00:00"),
          cancelledAt: expected === 0 ? at("12:00:00") : null,
          financialStatus: "partially_refunded",
          refunds: [refundBody],
        }),
      ];
      const { order, refund, points, books } = await setUp();
      for (const [number, sequence] of permutations([0, 1, 2, 3, 4]).entries()) {
        const id = String(7_000_000 + number);
        const customerId = String(8_000_000 + number);
        for (const index of [...sequence, ...sequence]) {
          const event = events[index] ?? {};
          if ("refund_line_items" in event) await refund({ ...event, order_id: id });
          else await order({ ...event, id, customer: { id: customerId } });
        }
        expect(await points(customerId)).toEqual([expected, 0, 0]);
      }
      expect(await books()).toEqual([]);
    },
    120_000,
  );
});

function permutations<T>(list: T[]): T[][] {
  if (list.length <= 1) return [list];
  return list.flatMap((first, index) =>
    permutations([...list.slice(0, index), ...list.slice(index + 1)]).map((rest) => [first, ...rest]),
  );
}
