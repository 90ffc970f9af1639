import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { readReinstatable, reinstateLot } from "#app/loyalty/nightly/reinstate-lot.server.ts";
import type { DisputeStatus } from "#app/loyalty/orders/dispute.ts";
import { recordDispute } from "#app/loyalty/orders/record-dispute.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  joinMember,
  peopleServices,
} from "#tests/support/people-fixtures.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const CUSTOMER = "5001";
const BOUGHT = "2026-12-20T12:00:00-05:00";
/** Midnight after the calendar day on which all points lapse, and a day of January. */
const NEW_YEAR = new Date("2027-01-01T05:00:00Z");
const JANUARY = new Date("2027-01-05T15:00:00Z");

/** A shop whose points lapse on 31 December, with a member; an order of 100.00 earns 500. */
async function setUp(change: (settings: ProgramSettings) => void = () => {}) {
  const { db } = database;
  const shopId = await createShop(db);
  await changeProgram(db, shopId, (settings) => {
    settings.expiry = { kind: "calendar", month: 12, day: 31 };
    change(settings);
  });
  const memberId = await joinMember(db, shopId, CUSTOMER);
  const services = peopleServices(db);
  let keys = 0;
  const settle = (orderId: string, now = JANUARY) =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now, newId: randomUUID, randomBytes }));
  const buy = async (orderId: string, at = BOUGHT) => {
    const payload = orderPayload({ id: orderId, customerId: CUSTOMER, processedAt: at, updatedAt: at });
    await db.transaction((tx) => recordOrder(tx, { shopId, payload, hashEmail: (email) => email }));
    return settle(orderId, new Date(at));
  };
  const refund = async (orderId: string, money: string, over: { id?: string; now?: Date } = {}) => {
    keys += 1;
    const payload = refundPayload({ id: over.id ?? `6${keys}`, orderId, amountOnly: money });
    await db.transaction((tx) => recordRefund(tx, { shopId, payload, exponent: 2 }));
    return settle(orderId, over.now);
  };
  const dispute = async (orderId: string, status: DisputeStatus, now = JANUARY) => {
    const said = { orderId, disputeId: "1", kind: "chargeback", status } as const;
    await db.transaction((tx) => recordDispute(tx, { shopId, dispute: said, now }));
    return settle(orderId, now);
  };
  const spend = async (points: number) => {
    keys += 1;
    const about = { reason: "adjust", source: "admin", sourceId: "1" } as const;
    const idempotencyKey = `spend:${keys}`;
    const occurredAt = new Date(BOUGHT);
    const posting = { memberId, from: "available", to: "adjusted", points, ...about } as const;
    await db.transaction((tx) =>
      postTransfers(tx, {
        shopId,
        now: occurredAt,
        postings: [{ ...posting, idempotencyKey, occurredAt }],
      }),
    );
  };
  const lapse = (now = NEW_YEAR) => expireLots(db, { shopId, now });
  const available = async (of = memberId) => (await balancesOf(db, shopId, of))[0];
  const held = async (orderId: string) => {
    const [row] = await db.query<{ held: number; lifetime: number }>(
      `select points_held as held from order_state where shop_id = $1 and order_id = $2`,
      [shopId, orderId],
    );
    return row!.held;
  };
  /** The transfers since, as `from>to points`, the newest last. */
  const lines = async (of = memberId) =>
    (
      await db.query<{ line: string }>(
        `select from_account || '>' || to_account || ' ' || points as line from points_transfer
          where shop_id = $1 and member_id = $2 order by seq`,
        [shopId, of],
      )
    ).map(({ line }) => line);
  const books = () => discrepanciesIn(db, shopId);
  const world = { db, shopId, memberId, services, settle, buy, refund, dispute, spend, lapse };
  return { ...world, available, held, lines, books };
}

describe("a refund of an order whose points had expired unused", () => {
  test("takes nothing: 500 of 20 December lapse, and come back as a reversal on 5 January, once", async () => {
    const { buy, lapse, refund, settle, available, held, lines, books } = await setUp();
    await buy("1");
    await lapse();
    expect(await refund("1", "100.00", { id: "61" })).toEqual({ outcome: "settled", posted: -500 });
    expect(await available()).toBe(0);
    expect(await held("1")).toBe(0);
    const told = ["issued>available 500", "available>expired 500", "expired>reversed 500"];
    expect(await lines()).toEqual(told);
    await refund("1", "100.00", { id: "61" });
    expect((await settle("1")).outcome).toBe("unchanged");
    expect(await lines()).toEqual(told);
    // The next 500 are theirs.
    await buy("2", "2027-01-06T12:00:00-05:00");
    expect(await available()).toBe(500);
    expect(await books()).toEqual([]);
  });

  test("of 500, 200 spent and 300 lapsed: 200 are owed, or borne by the shop", async () => {
    for (const [shortfall, left, last] of [
      ["owed", -200, "available>reversed 200"],
      ["absorb", 0, "forgiven>available 200"],
    ] as const) {
      const { buy, spend, lapse, refund, available, held, lines, books } = await setUp((settings) => {
        settings.shortfall = shortfall;
      });
      await buy("1");
      await spend(200);
      await lapse();
      await refund("1", "100.00");
      expect([await available(), await held("1")]).toEqual([left, 0]);
      expect(await lines()).toContain("expired>reversed 300");
      expect((await lines()).at(-1)).toBe(last);
      expect(await books()).toEqual([]);
    }
  });

  test("takes what had lapsed before it takes the member's other points", async () => {
    const { db, shopId, memberId, buy, lapse, refund, available, lines, books } = await setUp();
    await buy("1");
    await grantLot(db, { shopId, memberId, points: 80, at: new Date(BOUGHT) });
    await lapse();
    await refund("1", "40.00");
    await refund("1", "60.00");
    expect(await available()).toBe(80);
    expect((await lines()).slice(-2)).toEqual(["expired>reversed 200", "expired>reversed 300"]);
    expect(await books()).toEqual([]);
  });

  test("another order's lapsed points are not its own: they stay lapsed", async () => {
    const { buy, spend, lapse, refund, available, lines, books } = await setUp();
    await buy("1");
    await buy("2", "2026-12-21T12:00:00-05:00");
    await spend(500); // those of the first order
    await lapse(); // those of the second
    await refund("1", "100.00");
    expect(await available()).toBe(-500);
    await refund("2", "100.00");
    // As if nothing had been bought: 500 were used, and 500 are owed.
    expect(await available()).toBe(-500);
    expect((await lines()).at(-1)).toBe("expired>reversed 500");
    expect(await books()).toEqual([]);
  });

  test("a chargeback that is won lets them lapse again, and a second one takes them again", async () => {
    const { buy, spend, lapse, dispute, available, held, lines, books } = await setUp();
    await buy("1");
    await spend(200);
    await lapse();
    await dispute("1", "needs_response");
    expect(await available()).toBe(-200);
    await dispute("1", "won");
    expect([await available(), await held("1")]).toEqual([0, 500]);
    expect((await lines()).slice(-2)).toEqual(["issued>expired 300", "issued>available 200"]);
    await dispute("1", "needs_response");
    await dispute("1", "won");
    expect([await available(), await held("1")]).toEqual([0, 500]);
    expect(await books()).toEqual([]);
  });

  test("finds them after the member was merged into another, and merged again", async () => {
    const { db, shopId, buy, lapse, refund, memberId, available, held, lines, books } = await setUp();
    const merge = (keptCustomerId: string, deletedCustomerId: string) =>
      db.transaction((tx) =>
        mergeMembers(tx, {
          shopId,
          keptCustomerId,
          deletedCustomerId,
          now: JANUARY,
          newId: randomUUID,
          randomBytes,
        }),
      );
    await buy("1");
    await refund("1", "10.00", { now: new Date(BOUGHT) });
    const second = await joinMember(db, shopId, "5002");
    const third = await joinMember(db, shopId, "5003");
    await merge("5002", CUSTOMER);
    await lapse();
    await refund("1", "20.00");
    await merge("5003", "5002");
    await refund("1", "70.00");
    expect([await available(memberId), await available(second), await available(third)]).toEqual([0, 0, 0]);
    expect(await held("1")).toBe(0);
    expect((await lines(second)).at(-1)).toBe("expired>reversed 100");
    expect(await lines(third)).toEqual(["expired>reversed 350"]);
    expect(await books()).toEqual([]);
  });
});

describe("lapsed points given back by the merchant", () => {
  const give = ({ services, shopId, memberId }: Awaited<ReturnType<typeof setUp>>, seq = 2) => {
    const args = { shopId, memberId, seq, actor: "7", reason: "A letter", now: JANUARY };
    return reinstateLot(services, args);
  };
  const offered = ({ db, shopId, memberId }: Awaited<ReturnType<typeof setUp>>) =>
    readReinstatable(db, {
      shopId,
      memberId,
      now: JANUARY,
      timeZone: "America/New_York",
      reinstateDays: 30,
    });

  test("are what the refund has left of them: 200 of 500 were reversed, 300 come back, once", async () => {
    const scene = await setUp();
    const { buy, lapse, refund, available, books } = scene;
    await buy("1");
    await lapse();
    await refund("1", "40.00");
    expect(await offered(scene)).toEqual([{ seq: 2, points: 300 }]);
    expect(await give(scene)).toEqual({ outcome: "reinstated", points: 300, available: 300 });
    expect(await give(scene)).toEqual({ outcome: "replayed", points: 300, available: 300 });
    // They are the order's own again: the rest of it takes them and no others.
    await refund("1", "60.00");
    expect(await available()).toBe(0);
    expect(await books()).toEqual([]);
  });

  test("are none once all of it was reversed", async () => {
    const scene = await setUp();
    await scene.buy("1");
    await scene.lapse();
    await scene.refund("1", "100.00");
    expect(await offered(scene)).toEqual([]);
    expect(await give(scene)).toEqual({ outcome: "taken_back" });
    expect(await scene.available()).toBe(0);
    expect(await scene.books()).toEqual([]);
  });

  test("lapse once more as the order's own: a refund then takes nothing", async () => {
    const scene = await setUp();
    const { buy, lapse, refund, available, held, books } = scene;
    await buy("1");
    await lapse();
    await give(scene);
    await lapse(new Date("2028-01-01T05:00:00Z"));
    await refund("1", "100.00", { now: new Date("2028-01-03T15:00:00Z") });
    expect([await available(), await held("1")]).toEqual([0, 0]);
    expect(await books()).toEqual([]);
  });

  test("and spent are owed", async () => {
    const scene = await setUp();
    const { buy, lapse, spend, refund, available, books } = scene;
    await buy("1");
    await lapse();
    await give(scene);
    await spend(500);
    await refund("1", "100.00");
    expect(await available()).toBe(-500);
    expect(await books()).toEqual([]);
  });
});

describe("what the shop had borne", () => {
  test("is set against the points of a chargeback that is won: 300 spent, 200 left, and 200 come back", async () => {
    const { buy, spend, dispute, settle, available, held, lines, books } = await setUp((settings) => {
      settings.shortfall = "absorb";
    });
    await buy("1");
    await spend(300);
    const now = new Date("2026-12-22T15:00:00Z");
    await dispute("1", "needs_response", now);
    expect([await available(), await held("1")]).toEqual([0, 0]);
    await dispute("1", "won", now);
    expect([await available(), await held("1")]).toEqual([200, 500]);
    const told = ["forgiven>available 300", "issued>forgiven 300", "issued>available 200"];
    expect((await lines()).slice(-3)).toEqual(told);
    await dispute("1", "won", now);
    await settle("1", now);
    expect((await lines()).slice(-3)).toEqual(told);
    // A second one is borne again.
    await dispute("1", "needs_response", now);
    expect([await available(), (await lines()).at(-1)]).toEqual([0, "forgiven>available 300"]);
    expect(await books()).toEqual([]);
  });
});

const refunded = fc.record({ cents: fc.integer({ min: 1, max: 6_000 }), after: fc.boolean() });
const histories = fc.record({
  spent: fc.integer({ min: 0, max: 500 }),
  shortfall: fc.constantFrom("owed" as const, "absorb" as const),
  refunds: fc.array(refunded, { maxLength: 5 }),
  /** After which of the refunds that follow the expiry a chargeback comes and is won. */
  disputed: fc.option(fc.nat(4)),
  full: fc.boolean(),
});

test("any refunds, in any sequence, before and after the points expired, end at the same points", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async ({ spent, shortfall, refunds, disputed, full }) => {
      const { buy, spend, lapse, refund, dispute, available, held, books } = await setUp((settings) => {
        settings.shortfall = shortfall;
      });
      const money = (cents: number) => (cents / 100).toFixed(2);
      await buy("1");
      if (spent > 0) await spend(spent);
      for (const { cents } of refunds.filter(({ after }) => !after))
        await refund("1", money(cents), { now: new Date(BOUGHT) });
      await lapse();
      const later = refunds.filter(({ after }) => after);
      for (const [index, { cents }] of later.entries()) {
        await refund("1", money(cents));
        if (index !== disputed) continue;
        await dispute("1", "needs_response");
        await dispute("1", "won");
      }
      if (full) await refund("1", "100.00");
      const left = await held("1");
      if (full) expect(left).toBe(0);
      // Used are `spent`, and that many are owed as the order holds too few for: never more than was used.
      expect(await available()).toBe(shortfall === "owed" ? Math.min(0, left - spent) + 0 : 0);
      expect(await books()).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 120_000);
