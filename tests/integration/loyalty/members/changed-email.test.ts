import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { processInboxEvent } from "#app/process-inbox-event.server.ts";
import { hashEmail } from "#app/loyalty/members/hash-email.ts";
import { claimGuestOrders } from "#app/loyalty/orders/claim-guest-orders.server.ts";
import { setTier } from "#app/loyalty/tiers/set-tier.server.ts";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, type OrderSpec } from "#tests/support/order-payload.ts";
import { balancesOf, discrepanciesIn } from "#tests/support/people-fixtures.ts";
import { createScene, redeem, runSagaJobs } from "#tests/support/rewards-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { webhookRequest } from "#tests/support/webhook.ts";

const database = useTestDatabase();
const [OLD, NEW] = ["before@example.com", "after@example.com"];
const DAYS_AGO = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();

/** Somebody with points, a tier by hand, a code in the pocket and an invitation they came by. */
async function setUp() {
  const { db } = database;
  const scene = await createScene(db, { points: 900 });
  const { shopId, memberId, customerId } = scene;
  const services = testServices(db);
  const receive = async (topic: string, body: unknown) => {
    const webhookId = randomUUID();
    await handleWebhook(services, webhookRequest({ topic, shopId, body, webhookId }));
    return processInboxEvent(services, { shopId, webhookId }, { now: NOW });
  };
  const customer = (email: string, verified = true) =>
    receive("customers/update", { id: customerId, email, verified_email: verified, first_name: "Some" });
  const guest = (id: string, spec: OrderSpec) =>
    receive("orders/paid", { ...orderPayload({ id, customerId: null, ...spec }) });
  /** What the worker would do: one job a customer, the latest address. */
  const claim = async () => {
    const jobs = await db.query<{ payload: Parameters<typeof claimGuestOrders>[1] }>(
      `delete from graphile_worker._private_jobs job using graphile_worker._private_tasks task
        where task.id = job.task_id and task.identifier = 'claim-guest-orders' and job.payload ->> 'shopId' = $1
        returning job.payload`,
      [shopId],
    );
    let claimed = 0;
    for (const { payload } of jobs)
      claimed += (await claimGuestOrders(services, payload, { now: NOW })).claimed;
    return claimed;
  };
  await receive("orders/paid", orderPayload({ id: "1", customerId, email: OLD }));
  await setTier(services, {
    shopId,
    memberId,
    tierId: "gold",
    locked: true,
    reason: "a friend of the house",
    actor: "1",
    now: NOW,
  });
  await redeem(scene);
  await runSagaJobs(scene);
  await db.query(
    `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, friend_customer_id, code, status, created_at, order_id)
     values ($1, $2, $3, $4, $5, 'FRIEND', 'ordered', $6, '1')`,
    [shopId, randomUUID(), memberId, hashEmail(services.config.hashSecret, shopId, OLD), customerId, NOW],
  );
  await customer(OLD);
  await claim();
  const held = async (
    tables = ["member", "points_transfer", "points_lot", "lot_move", "redemption", "referral"],
  ) => {
    const rows = [];
    for (const table of tables) {
      rows.push(
        ...(await db.query(
          `select '${table}' as table, to_jsonb(t) - 'revision' - 'projected_revision' as row from ${table} t
            where shop_id = $1 order by 2::text`,
          [shopId],
        )),
      );
    }
    return rows;
  };
  return { db, shopId, memberId, customerId, receive, customer, guest, claim, held };
}

test("a changed e-mail changes nothing: points, tier, codes and referral stay, and no address is kept", async () => {
  const { db, shopId, customer, claim, held } = await setUp();
  const before = await held();
  expect(before.length).toBeGreaterThan(6);
  for (const email of [NEW, NEW, NEW.toUpperCase()]) {
    expect(await customer(email)).toEqual({ outcome: "settled" });
    expect(await claim()).toBe(0);
  }
  expect(await held()).toEqual(before);
  expect(await discrepanciesIn(db, shopId)).toEqual([]);
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'shop_id' and table_name <> 'inbox_event'`,
  );
  const kept = JSON.stringify(await held(tables.map(({ name }) => name)));
  expect(kept).not.toMatch(/(?:before|after)@example/iu);
});

test("guest orders under the new address are claimed, those of the last 90 days only, and once", async () => {
  const { db, shopId, memberId, customer, guest, claim } = await setUp();
  const [available] = await balancesOf(db, shopId, memberId);
  await guest("21", { email: NEW, processedAt: DAYS_AGO(89), lines: [{ price: "10.00" }] });
  await guest("22", { email: NEW, processedAt: DAYS_AGO(91), lines: [{ price: "1000.00" }] });
  await guest("23", {
    email: "stranger@example.com",
    processedAt: DAYS_AGO(1),
    lines: [{ price: "500.00" }],
  });
  expect(await claim()).toBe(0);
  await customer(NEW, false);
  expect(await claim()).toBe(0);
  await customer(NEW);
  expect(await claim()).toBe(1);
  // 10.00 at 5 a dollar, and gold multiplies by 1.5.
  expect((await balancesOf(db, shopId, memberId))[0]).toBe(available + 75);
  await customer(NEW);
  expect(await claim()).toBe(0);
  expect((await balancesOf(db, shopId, memberId))[0]).toBe(available + 75);
  const waiting = await db.query<{ order_id: string; member_id: string | null; hashed: boolean }>(
    `select order_id, member_id, email_hash is not null as hashed from order_state
      where shop_id = $1 and order_id in ('21', '22', '23') order by order_id`,
    [shopId],
  );
  expect(waiting).toEqual([
    { order_id: "21", member_id: memberId, hashed: false },
    { order_id: "22", member_id: null, hashed: true },
    { order_id: "23", member_id: null, hashed: true },
  ]);
  expect(await discrepanciesIn(db, shopId)).toEqual([]);
});
