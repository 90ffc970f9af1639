import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { resumeRewards } from "#app/loyalty/referrals/queue-reward.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrders } from "#app/loyalty/orders/settle-order.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import {
  balancesOf,
  discrepanciesIn,
  jobsOf,
  joinMember,
  peopleServices,
} from "#tests/support/people-fixtures.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const DAY = 86_400_000;

/** An advocate with friends whose codes are `FRND-<order>`; orders are settled as a set. */
async function setUp(orders: string[]) {
  const { db } = database;
  const shopId = await createShop(db);
  const advocateId = await joinMember(db, shopId, "1");
  for (const order of orders) {
    await db.query(
      `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, created_at)
       values ($1, gen_random_uuid(), $2, 'hash ' || $3::text, 'FRND-' || $3::text, 'invited', $4)`,
      [shopId, advocateId, order, NOW],
    );
  }
  const shopify = createFakeShopify({ ReferralParties: () => ({ advocate: null, friend: null }) });
  const services = peopleServices(db, shopify);
  const settle = async (spec: OrderSpec = {}) => {
    await db.transaction(async (tx) => {
      for (const id of orders) {
        const payload = orderPayload({ id, customerId: `9${id}`, codes: [`frnd-${id}`], ...spec });
        await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      }
      await settleOrders(tx, { shopId, orderIds: orders, now: NOW, newId: randomUUID, randomBytes });
    });
  };
  const waiting = async () =>
    (await jobsOf(db, shopId)).filter(({ task }) => task === "reward-referral").length;
  /** Runs the waiting jobs as the worker does: a job that ends is gone. */
  const runJobs = async (now = NOW) => {
    const jobs = await db.query<{ referralId: string }>(
      `delete from graphile_worker._private_jobs as jobs using graphile_worker._private_tasks as tasks
        where tasks.id = jobs.task_id and tasks.identifier = 'reward-referral' and jobs.payload ->> 'shopId' = $1
        returning jobs.payload ->> 'referralId' as "referralId"`,
      [shopId],
    );
    const outcomes: string[] = [];
    for (const { referralId } of jobs) {
      outcomes.push((await rewardReferral(services, { shopId, referralId }, { now })).outcome);
    }
    return outcomes;
  };
  const waitForFacts = () =>
    db.query(`update order_state set outcome = 'awaiting_facts' where shop_id = $1`, [shopId]);
  const points = async () => (await balancesOf(db, shopId, advocateId))[0];
  const statuses = async () =>
    (
      await db.query<{ status: string }>(`select status from referral where shop_id = $1 order by code`, [
        shopId,
      ])
    ).map(({ status }) => status);
  return { db, shopId, settle, waiting, runJobs, waitForFacts, points, statuses };
}

describe("T44 a reward whose job met an order that waited for facts", () => {
  it.each([[["71"]], [["71", "72", "73"]]])("comes once the order is settled again: %j", async (orders) => {
    const { db, shopId, settle, waiting, runJobs, waitForFacts, points } = await setUp(orders);
    await settle();
    await waitForFacts();
    expect(await runJobs()).toEqual(orders.map(() => "unchanged"));
    expect(await waiting()).toBe(0);
    await settle({ updatedAt: "2026-11-20T10:00:07-05:00" });
    await settle({ updatedAt: "2026-11-20T10:00:08-05:00" });
    expect(await waiting()).toBe(orders.length);
    expect(await runJobs()).toEqual(orders.map(() => "rewarded"));
    expect(await points()).toBe(500 * orders.length);
    // What has been rewarded needs no job any more.
    await settle({ updatedAt: "2026-11-20T10:00:09-05:00" });
    expect(await waiting()).toBe(0);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("comes by the nightly sweep when nothing settles the order, and no job is queued twice", async () => {
    const { db, shopId, settle, waiting, runJobs, points } = await setUp(["71", "72"]);
    await settle();
    await db.query(`delete from graphile_worker._private_jobs where payload ->> 'shopId' = $1`, [shopId]);
    const sweep = (now: Date) => resumeRewards(db, { shopId, now, holdDays: 0 });
    expect(await sweep(NOW)).toEqual({ resumed: 0 });
    const later = new Date(NOW.getTime() + 2 * DAY);
    expect(await sweep(later)).toEqual({ resumed: 2 });
    expect(await sweep(later)).toEqual({ resumed: 2 });
    expect(await waiting()).toBe(2);
    expect(await resumeRewards(db, { shopId: await createShop(db), now: later, holdDays: 0 })).toEqual({
      resumed: 0,
    });
    expect(await runJobs(later)).toEqual(["rewarded", "rewarded"]);
    expect(await sweep(later)).toEqual({ resumed: 0 });
    expect(await points()).toBe(1000);
  });

  it("is taken back by the sweep when the job that was to do it is gone", async () => {
    const { db, shopId, settle, runJobs, points, statuses } = await setUp(["71"]);
    await settle();
    await runJobs();
    await settle({
      updatedAt: "2026-11-20T12:00:00-05:00",
      cancelledAt: "2026-11-20T12:00:00-05:00",
      financialStatus: "refunded",
    });
    await db.query(`delete from graphile_worker._private_jobs where payload ->> 'shopId' = $1`, [shopId]);
    expect(await resumeRewards(db, { shopId, now: NOW, holdDays: 0 })).toEqual({ resumed: 1 });
    expect(await runJobs()).toEqual(["reversed"]);
    expect(await points()).toBe(0);
    expect(await statuses()).toEqual(["reversed"]);
  });
});

it("T44 an order from a source that earns nothing is not a friend's first order", async () => {
  const { db, shopId, settle, waiting, statuses } = await setUp(["71"]);
  await changeProgram(db, shopId, (settings) => (settings.earn.sources.pos = false));
  await settle({ sourceName: "pos" });
  expect(await statuses()).toEqual(["invited"]);
  expect(await waiting()).toBe(0);
});
