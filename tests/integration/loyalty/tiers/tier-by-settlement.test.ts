import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import { setTier } from "#app/loyalty/tiers/set-tier.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { CUSTOMER_ID, orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import { discrepanciesIn, joinMember } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";
const END_2026 = new Date("2027-01-01T05:00:00Z");
const END_2027 = new Date("2028-01-01T05:00:00Z");

async function setUp(change: (settings: ProgramSettings) => void = () => {}) {
  const { db } = database;
  const shopId = await createShop(db);
  const settings = structuredClone((await liveProgram(db, shopId)).settings);
  change(settings);
  await db.query(`update program_version set settings = $2 where shop_id = $1`, [
    shopId,
    JSON.stringify(settings),
  ]);
  const memberId = await joinMember(db, shopId, CUSTOMER_ID);
  const order = (id: string, price: string, over: { at?: string; refunds?: unknown[]; now?: Date } = {}) => {
    const at = over.at ?? "2026-11-20T10:00:00-05:00";
    const payload = orderPayload({
      id,
      lines: [{ price }],
      processedAt: at,
      updatedAt: over.refunds ? `${at.slice(0, 14)}30:00-05:00` : at,
      refunds: over.refunds ?? [],
    });
    return db.transaction(async (tx) => {
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      const now = over.now ?? NOW;
      return settleOrder(tx, { shopId, orderId: id, now, newId: randomUUID, randomBytes });
    });
  };
  const review = (now: Date) => reviewTiers(db, { shopId, now, settings, timeZone: ZONE, newId: randomUUID });
  const tier = async () => {
    const [row] = await db.query<{ id: string; until: Date | null }>(
      `select tier_id as id, tier_until as until from member where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    return row!;
  };
  return { db, shopId, memberId, order, review, tier };
}

describe("a tier that orders are not enough for", () => {
  it("given by hand lasts through the next year, whatever is bought or given back meanwhile", async () => {
    const { db, shopId, memberId, order, review, tier } = await setUp();
    const by = { reason: "A friend of the house", actor: "7", locked: false, now: NOW };
    await setTier({ db, newId: randomUUID }, { shopId, memberId, tierId: "gold", ...by });
    expect(await tier()).toEqual({ id: "gold", until: END_2027 });
    await order("1", "10.00");
    expect(await tier()).toEqual({ id: "gold", until: END_2027 });
    await order("1", "10.00", { refunds: [refundPayload({ orderId: "1", lines: [{ subtotal: "10.00" }] })] });
    expect(await tier()).toEqual({ id: "gold", until: END_2027 });
    expect(await review(END_2026)).toMatchObject({ changed: 0 });
    expect(await review(END_2027)).toMatchObject({ changed: 1 });
    expect(await tier()).toEqual({ id: "bronze", until: null });
  });

  it("reached, and taken away by a refund, ends with this year; twice is once, and more orders bring it back", async () => {
    const { db, shopId, order, tier } = await setUp();
    await order("1", "1000.00");
    expect(await tier()).toEqual({ id: "gold", until: END_2027 });
    const refunds = [refundPayload({ orderId: "1", amountOnly: "0.01" })];
    await order("1", "1000.00", { refunds });
    await order("1", "1000.00", { refunds });
    expect(await tier()).toEqual({ id: "gold", until: END_2026 });
    await order("2", "0.01");
    expect(await tier()).toEqual({ id: "gold", until: END_2027 });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("gets no further year from an order in its days of grace, and goes down when they are over", async () => {
    const { order, review, tier } = await setUp((settings) => (settings.tierRules.graceDays = 30));
    await order("1", "1000.00");
    const inGrace = new Date("2028-01-05T12:00:00Z");
    expect(await review(inGrace)).toMatchObject({ changed: 0 });
    await order("2", "400.00", { at: "2028-01-05T05:00:00-05:00", now: inGrace });
    expect(await tier()).toEqual({ id: "gold", until: END_2027 });
    await review(new Date("2028-01-31T05:00:00Z"));
    expect(await tier()).toEqual({ id: "silver", until: new Date("2030-01-01T05:00:00Z") });
  });
});
