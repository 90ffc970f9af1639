import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";

const database = useTestDatabase();
const HISTORIES = 400;

/** An order of up to four lines, and what happens to it: payment, refunds of units or of money, a cancellation. */
const history = fc.record({
  lines: fc.array(
    fc.record({ cents: fc.integer({ min: 0, max: 60_000 }), quantity: fc.integer({ min: 1, max: 3 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  refunds: fc.array(
    fc.record({
      line: fc.nat(3),
      quantity: fc.integer({ min: 1, max: 3 }),
      money: fc.option(fc.nat(20_000)),
      /** The money is on its way when we first hear of the refund. */
      slow: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  cancelled: fc.boolean(),
  /** Two sequences of arrival, each with repetitions: indexes into the events, taken modulo their number. */
  arrivals: fc.tuple(fc.array(fc.nat(30), { maxLength: 14 }), fc.array(fc.nat(30), { maxLength: 14 })),
});

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;
type Event = { kind: "order" | "refund"; payload: Record<string, unknown> };

const cents = (amount: number): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, "0")}:00-05:00`;

/** Every state Shopify would send of it, in the order things happened. */
function eventsOf({ lines, refunds, cancelled }: History, id: string, customerId: string): Event[] {
  const left = lines.map(({ quantity }) => quantity);
  const done: Record<string, unknown>[] = [];
  const state = (minute: number, over: object = {}): Event => ({
    kind: "order",
    payload: orderPayload({
      id,
      customerId,
      updatedAt: at(minute),
      lines: lines.map((line, index) => ({
        price: cents(line.cents),
        quantity: line.quantity,
        currentQuantity: left[index] ?? 0,
      })),
      refunds: [...done],
      ...over,
    }),
  });
  const events: Event[] = [state(0, { financialStatus: "pending" }), state(1)];
  refunds.forEach((wish, number) => {
    const index = wish.line % lines.length;
    const quantity = Math.min(wish.quantity, left[index] ?? 0);
    if (wish.money === null && quantity === 0) return;
    const told = refundPayload({
      id: `${id}${number}`,
      orderId: id,
      ...(wish.money === null
        ? {
            lines: [
              {
                lineId: String(9001 + index),
                quantity,
                subtotal: cents((lines[index]?.cents ?? 0) * quantity),
              },
            ],
          }
        : wish.slow
          ? {}
          : { amountOnly: cents(wish.money) }),
    });
    const moving = (status: string, money: number) => ({
      ...told,
      transactions: [{ kind: "refund", status, amount: cents(money) }],
    });
    const slow = wish.slow ? wish.money : null;
    const refund = slow === null ? told : moving("pending", slow);
    if (wish.money === null) left[index] = (left[index] ?? 0) - quantity;
    done.push(refund);
    events.push(
      { kind: "refund", payload: refund },
      state(2 + 2 * number, { financialStatus: "partially_refunded" }),
    );
    if (slow === null) return;
    done[done.length - 1] = moving("success", slow);
    events.push(state(3 + 2 * number, { financialStatus: "partially_refunded" }));
  });
  if (cancelled) events.push(state(20, { financialStatus: "partially_refunded", cancelledAt: at(20) }));
  return events;
}

/** What the order ends with by the rules alone, worked with plain fractions: 5 points per 1.00, rounded down once. */
function expected({ lines, refunds, cancelled }: History): number {
  if (cancelled) return 0;
  const goods = lines.map((line) => line.cents * line.quantity);
  const total = Math.floor(goods.reduce((sum, amount) => sum + amount, 0) / 20);
  const floors = goods.map((amount) => Math.floor(amount / 20));
  const rest = total - floors.reduce((sum, part) => sum + part, 0);
  const byRemainder = goods
    .map((amount, index) => ({ index, remainder: amount % 20 }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, rest)) floors[index] = (floors[index] ?? 0) + 1;
  const left = lines.map(({ quantity }) => quantity);
  let money = 0;
  for (const wish of refunds) {
    const index = wish.line % lines.length;
    if (wish.money !== null) money += wish.money;
    else left[index] = Math.max(0, (left[index] ?? 0) - wish.quantity);
  }
  // All in 1/6ths of a line (quantities are 1 to 3), so that the sum is an integer until the last division.
  const keptSixths = floors.reduce(
    (sum, part, index) => sum + (part * 6 * (left[index] ?? 0)) / (lines[index]?.quantity ?? 1),
    0,
  );
  const keptGoods = lines.reduce((sum, line, index) => sum + line.cents * (left[index] ?? 0), 0);
  if (keptGoods === 0) return 0;
  return Number((BigInt(keptSixths) * BigInt(Math.max(0, keptGoods - money))) / (6n * BigInt(keptGoods)));
}

it("any history of an order, arriving in any sequence, ends at what its rules say", async () => {
  const { db } = database;
  const shopId = await createShop(db);
  let number = 0;
  await fc.assert(
    fc.asyncProperty(history, async (what) => {
      for (const arrival of what.arrivals) {
        number += 1;
        const [id, customerId] = [String(7_000_000 + number), String(8_000_000 + number)];
        const events = eventsOf(what, id, customerId);
        // As they come, with repetitions and gaps; then everything once more, since Shopify sends until we have it.
        const sequence = [...arrival.map((index) => index % events.length), ...events.keys()];
        for (const index of sequence) {
          const event = events[index];
          if (event) await receive(shopId, event, id);
        }
        const [row] = await db.query<{ available: number }>(
          `select available from member where shop_id = $1 and customer_id = $2`,
          [shopId, customerId],
        );
        expect(row?.available ?? 0).toBe(expected(what));
      }
    }),
    { numRuns: HISTORIES },
  );
  expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
}, 480_000);

function receive(shopId: string, { kind, payload }: Event, orderId: string): Promise<unknown> {
  return database.db.transaction(async (tx) => {
    if (kind === "order") await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
    else await recordRefund(tx, { shopId, payload, exponent: 2 });
    return settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes });
  });
}
