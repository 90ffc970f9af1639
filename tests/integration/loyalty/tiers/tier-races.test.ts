import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { decideTier, type HeldTier } from "#app/loyalty/tiers/decide-tier.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import { tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import { discrepanciesIn } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";
const START: HeldTier = { tierId: "bronze", tierSince: null, tierUntil: null, tierLocked: false };

describe("T32 tiers while orders settle, are refunded and reviewed at the same time", () => {
  it("end where the sum of what is kept puts them; none is lowered before its time", async () => {
    const { db } = database;
    const plans = fc.sample(
      fc.array(
        fc.record({ dollars: fc.integer({ min: 1, max: 400 }), refunded: fc.boolean(), twice: fc.boolean() }),
        { minLength: 4, maxLength: 9 },
      ),
      { numRuns: 10, seed: 32 },
    );
    for (const plan of plans) {
      const shopId = await createShop(db);
      const { settings } = await liveProgram(db, shopId);
      const settle = (id: string, dollars: number, refunded: boolean) =>
        db.transaction(async (tx) => {
          const price = `${dollars}.00`;
          const refund = refundPayload({ id: `9${id}`, orderId: id, lines: [{ subtotal: price }] });
          const payload = orderPayload({
            id,
            lines: [{ price }],
            refunds: refunded ? [refund] : [],
            updatedAt: refunded ? "2026-11-20T12:00:00-05:00" : "2026-11-20T10:00:05-05:00",
          });
          await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
          return settleOrder(tx, { shopId, orderId: id, now: NOW, newId: randomUUID, randomBytes });
        });
      const review = (now: Date) =>
        reviewTiers(db, { shopId, now, settings, timeZone: ZONE, newId: randomUUID });
      const jobs = plan.flatMap(({ dollars, refunded, twice }, index) => {
        const id = String(500 + index);
        const paid = () => settle(id, dollars, false);
        const back = () => settle(id, dollars, true);
        return [
          paid,
          ...(twice ? [paid] : []),
          ...(refunded ? [back] : []),
          ...(index % 3 ? [] : [() => review(NOW)]),
        ];
      });
      await Promise.all(jobs.map((job) => job()));
      // A tier that a refunded order reached meanwhile is kept until its review.
      const kept = plan
        .filter(({ refunded }) => !refunded)
        .reduce((sum, { dollars }) => sum + dollars * 100, 0);
      const most = plan.reduce((sum, { dollars }) => sum + dollars * 100, 0);
      const period = tierPeriodAt("calendar_year", NOW, ZONE);
      const at = (current: number) =>
        decideTier(settings, START, { current, previous: 0 }, { now: NOW, period });
      const rank = (id: string | null) => settings.tiers.findIndex((tier) => tier.id === id);
      const [member] = await db.query<HeldTier & { spent: number }>(
        `select m.tier_id as "tierId", m.tier_until as "tierUntil",
                (select sum(spent_minor)::bigint from order_state where shop_id = $1) as spent
           from member m where m.shop_id = $1`,
        [shopId],
      );
      expect(member?.spent).toBe(kept);
      expect(rank(member!.tierId)).toBeGreaterThanOrEqual(rank(at(kept).tierId));
      expect(rank(member!.tierId)).toBeLessThanOrEqual(rank(at(most).tierId));
      // The review at the end of the period brings it to what is kept, as the model says, and not a moment earlier.
      const end = member!.tierUntil;
      if (end) {
        await Promise.all([1, 2].map(() => review(new Date(end.getTime() - 1))));
        expect(await tierOf(shopId)).toBe(member!.tierId);
        const ends = rank(member!.tierId) > rank(at(kept).tierId) ? at(kept).tierId : member!.tierId;
        await Promise.all([1, 2].map(() => review(new Date("2027-01-01T05:00:00Z"))));
        expect(await tierOf(shopId)).toBe(ends);
      }
      expect(await discrepanciesIn(db, shopId)).toEqual([]);
    }
  }, 120_000);
});

async function tierOf(shopId: string): Promise<string | null> {
  const [row] = await database.db.query<{ tierId: string | null }>(
    `select tier_id as "tierId" from member where shop_id = $1`,
    [shopId],
  );
  return row!.tierId;
}
