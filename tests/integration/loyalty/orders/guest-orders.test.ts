import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { claimGuestOrders } from "#app/loyalty/orders/claim-guest-orders.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import { balancesOf, discrepanciesIn, joinMember, peopleServices } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const DAY = 86_400_000;
const before = (ms: number) => new Date(NOW.getTime() - ms).toISOString();

async function setUp(
  change: (settings: ProgramSettings) => void = () => {},
  shop: Parameters<typeof createShop>[1] = {},
) {
  const { db } = database;
  const shopId = await createShop(db, shop);
  const settings = structuredClone((await liveProgram(db, shopId)).settings);
  change(settings);
  await db.query(`update program_version set settings = $2 where shop_id = $1`, [
    shopId,
    JSON.stringify(settings),
  ]);
  const memberId = await joinMember(db, shopId, "7");
  const hear = (id: string, spec: OrderSpec) =>
    db.transaction(async (tx) => {
      const payload = orderPayload({ id, customerId: null, email: "a@b.co", ...spec });
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => `hash:${email}` });
      return settleOrder(tx, { shopId, orderId: id, now: NOW, newId: randomUUID, randomBytes });
    });
  const claim = (emailHash = "hash:a@b.co", customerId = "7") =>
    claimGuestOrders(peopleServices(db), { shopId, customerId, emailHash }, { now: NOW });
  const balance = () => balancesOf(db, shopId, memberId);
  const books = () => discrepanciesIn(db, shopId);
  return { db, shopId, hear, claim, balance, books };
}

describe("guest orders of the same verified e-mail", () => {
  it("up to 90 days back are credited, the 90th day to the second; twice is once", async () => {
    const { hear, claim, balance, books } = await setUp();
    await hear("1", { processedAt: before(90 * DAY) });
    await hear("2", { processedAt: before(90 * DAY + 1_000) });
    await hear("3", { processedAt: before(DAY), lines: [{ price: "10.00" }] });
    await hear("4", { processedAt: before(DAY), email: "somebody@else.co" });
    expect(await claim()).toEqual({ claimed: 2 });
    expect(await claim()).toEqual({ claimed: 0 });
    expect(await balance()).toEqual([550, 0, 0]);
    expect(await books()).toEqual([]);
  });

  it("are claimed once by ten who ask at the same time, and by one of two customers of that address", async () => {
    const { db, shopId, hear, claim, books } = await setUp();
    for (let id = 1; id <= 8; id += 1) await hear(String(id), { processedAt: before(id * DAY) });
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, n) => claim(undefined, n % 2 ? "7" : "8")),
    );
    expect(asked.reduce((sum, { claimed }) => sum + claimed, 0)).toBe(8);
    const [row] = await db.query<{ points: number; orders: number }>(
      `select (select sum(available)::bigint from member where shop_id = $1) as points,
              (select count(distinct order_id) from points_lot where shop_id = $1) as orders`,
      [shopId],
    );
    // 800.00 of one or of two: silver is reached at 300.00, and later orders of the same person earn a quarter more.
    expect(row!.orders).toBe(8);
    expect(row!.points).toBeGreaterThanOrEqual(4_000);
    expect(row!.points).toBeLessThanOrEqual(5_000);
    expect(await books()).toEqual([]);
  });

  it("are none where the program says none", async () => {
    const { hear, claim, balance } = await setUp((settings) => (settings.guestClaimDays = 0));
    await hear("1", { processedAt: before(1_000) });
    expect(await claim()).toEqual({ claimed: 0 });
    expect(await balance()).toEqual([0, 0, 0]);
  });

  it.each([
    ["KRW", 0, "50000", 500],
    ["USD", 2, "100.00", 500],
    ["JPY", 0, "3000", 150],
    ["KWD", 3, "12.345", 61], // 61.725
  ] as const)(
    "in %s (exponent %i) earn like any others: %s earns %i",
    async (currency, currencyExponent, price, points) => {
      const { hear, claim, balance } = await setUp(() => {}, {
        currency,
        currencyExponent,
        timeZone: "Asia/Seoul",
      });
      await hear("1", { currency, lines: [{ price }], processedAt: before(DAY) });
      expect(await claim()).toEqual({ claimed: 1 });
      expect(await balance()).toEqual([points, 0, 0]);
    },
  );
});
