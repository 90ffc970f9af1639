import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import { balancesOf, discrepanciesIn, joinMember, peopleServices } from "#tests/support/people-fixtures.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const DAY = 86_400_000;

async function setUp(holdDays = 0) {
  const { db } = database;
  const shopId = await createShop(db);
  await changeProgram(db, shopId, (settings) => (settings.earn.holdDays = holdDays));
  const advocateId = await joinMember(db, shopId, "1");
  const referralId = randomUUID();
  await db.query(
    `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, created_at)
     values ($1, $2, $3, 'h', 'FRND-CODE', 'invited', $4)`,
    [shopId, referralId, advocateId, NOW],
  );
  const shopify = createFakeShopify({ ReferralParties: () => ({ advocate: null, friend: null }) });
  const services = peopleServices(db, shopify);
  const deliver = async (spec: OrderSpec, now = NOW) => {
    const payload = orderPayload({ id: "77", customerId: "2", codes: ["frnd-code"], ...spec });
    await db.transaction(async (tx) => {
      await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      await settleOrder(tx, { shopId, orderId: "77", now, newId: randomUUID, randomBytes });
    });
  };
  const jobs = (now = NOW) => rewardReferral(services, { shopId, referralId }, { now });
  const status = async () =>
    (await db.query(`select status from referral where shop_id = $1`, [shopId]))[0]!["status"];
  return { db, shopId, referralId, advocateId, deliver, jobs, status };
}

const PAID: OrderSpec = {};
const CANCELLED: OrderSpec = {
  updatedAt: "2026-11-20T12:00:00-05:00",
  cancelledAt: "2026-11-20T12:00:00-05:00",
  financialStatus: "refunded",
};

describe("T44 a referral as settlement lives it", () => {
  it("the friend's paid order rewards the advocate; its cancellation takes the reward back", async () => {
    const { db, shopId, advocateId, deliver, jobs, status } = await setUp();
    await deliver(PAID);
    expect(await jobs()).toEqual({ outcome: "rewarded" });
    expect(await balancesOf(db, shopId, advocateId)).toEqual([500, 0, 0]);
    await deliver(CANCELLED);
    expect(await jobs()).toEqual({ outcome: "reversed" });
    expect(await balancesOf(db, shopId, advocateId)).toEqual([0, 0, 0]);
    expect(await status()).toBe("reversed");
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("T29 in the hold nobody can spend: the friend's points are pending, the advocate has none", async () => {
    const { db, shopId, advocateId, deliver, jobs } = await setUp(14);
    const friendId = await joinMember(db, shopId, "2");
    await deliver(PAID);
    expect(await jobs()).toEqual({ outcome: "not_due" });
    expect(await balancesOf(db, shopId, friendId)).toEqual([0, 500, 0]);
    await deliver(CANCELLED);
    expect(await balancesOf(db, shopId, friendId)).toEqual([0, 0, 0]);
    const later = new Date(NOW.getTime() + 30 * DAY);
    expect(await releaseLots(db, { shopId, now: later })).toEqual({ lots: 0, points: 0 });
    expect(await jobs(later)).toEqual({ outcome: "unchanged" });
    expect(await balancesOf(db, shopId, advocateId)).toEqual([0, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("pays nobody for inviting themselves when the two become one customer while Shopify is asked", async () => {
    const { db, shopId, advocateId, deliver, referralId } = await setUp();
    await deliver(PAID);
    const merge = {
      shopId,
      keptCustomerId: "1",
      deletedCustomerId: "2",
      now: NOW,
      newId: randomUUID,
      randomBytes,
    };
    const shopify = createFakeShopify({ ReferralParties: () => ({ advocate: null, friend: null }) });
    const request: typeof shopify.request = async (...asked) => {
      await db.transaction((tx) => mergeMembers(tx, merge));
      return shopify.request(...asked);
    };
    const services = peopleServices(db, { ...shopify, request });
    await rewardReferral(services, { shopId, referralId }, { now: NOW });
    // The 500 are the friend's own, for the order.
    expect(await balancesOf(db, shopId, advocateId)).toEqual([500, 0, 0]);
    const [referral] = await db.query(`select status, reason from referral where shop_id = $1`, [shopId]);
    expect(referral).toEqual({ status: "refused", reason: "self" });
  });

  it("ends at nothing for a cancelled order, in whatever order webhooks and jobs come, doubled or not", async () => {
    const steps = fc.array(fc.constantFrom("paid", "cancelled", "job"), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const { db, shopId, advocateId, deliver, jobs } = await setUp();
        for (const step of [...history, "paid", "cancelled", "job", "job"]) {
          if (step === "job") await jobs();
          else await deliver(step === "paid" ? PAID : CANCELLED);
        }
        expect(await balancesOf(db, shopId, advocateId)).toEqual([0, 0, 0]);
        expect(await discrepanciesIn(db, shopId)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
