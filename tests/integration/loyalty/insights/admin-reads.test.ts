import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { readMemberListQuery } from "#app/loyalty/insights/member-list-query.ts";
import { readEvents, readJobs, readTopics } from "#app/loyalty/insights/read-activity.server.ts";
import { readFigures } from "#app/loyalty/insights/read-figures.server.ts";
import { readHealth } from "#app/loyalty/insights/read-health.server.ts";
import { MEMBERS_PER_PAGE, readMembers } from "#app/loyalty/insights/read-members.server.ts";
import { markEventDone, retryEvents, retryJobs } from "#app/loyalty/insights/retry-failures.server.ts";
import { readSetup, saveSetup, saveThemeBlocks } from "#app/loyalty/insights/setup-guide.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createMember, createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { grantLot, takeBack } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

describe("the list of members", () => {
  const COUNT = 2 * MEMBERS_PER_PAGE + 20;
  let shopId: string;

  beforeAll(async () => {
    shopId = await createShop(database.db);
    // Many share a balance and an instant, so that only the id tells them apart.
    await database.db.query(
      `insert into member (shop_id, member_id, customer_id, joined_at, referral_code, available, tier_id, state)
       select $1, gen_random_uuid(), n::text, $2::timestamptz - make_interval(hours => n / 7), 'CODE' || n, n % 5 - 1,
              case when n % 2 = 0 then 'gold' else 'bronze' end, case when n % 10 = 2 then 'blocked' else 'active' end
         from generate_series(1, $3) as n`,
      [shopId, NOW, COUNT],
    );
    await createMember(database.db, await createShop(database.db), "1");
  });

  const page = (search: string, customerIds: string[] | null = null) =>
    readMembers(database.db, {
      shopId,
      query: readMemberListQuery(new URLSearchParams(search)),
      customerIds,
    });

  test.each(["joined_desc", "joined_asc", "balance_desc", "balance_asc"])(
    "sorted by %s, every member is on one page, forward and back",
    async (sort) => {
      const forward: string[] = [];
      let search = `sort=${sort}`;
      let last = await page(search);
      forward.push(...last.rows.map((row) => row.memberId));
      while (last.after !== null) {
        search = `sort=${sort}&after=${last.after}`;
        last = await page(search);
        forward.push(...last.rows.map((row) => row.memberId));
      }
      expect(new Set(forward).size).toBe(COUNT);
      expect(forward).toHaveLength(COUNT);
      const back = last.rows.map((row) => row.memberId);
      while (last.before !== null) {
        last = await page(`sort=${sort}&before=${last.before}`);
        back.unshift(...last.rows.map((row) => row.memberId));
      }
      expect(back).toEqual(forward);
    },
  );

  test("filters narrow it, and are combined", async () => {
    const owed = await page("balance=owed");
    expect(owed.rows.every((row) => row.available < 0)).toBe(true);
    const some = await page("tier=gold&state=blocked&balance=some");
    expect(some.rows.length).toBeGreaterThan(0);
    expect(
      some.rows.every((row) => row.tierId === "gold" && row.state === "blocked" && row.available > 0),
    ).toBe(true);
  });

  test("it finds by customer number, by referral code, and by whom Shopify found", async () => {
    expect((await page("q=17")).rows.map((row) => row.customerId)).toEqual(["17"]);
    expect((await page("q=code17")).rows.map((row) => row.customerId)).toEqual(["17"]);
    expect((await page("q=kim", ["3", "5", "999"])).rows.map((row) => row.customerId).sort()).toEqual([
      "3",
      "5",
    ]);
    expect((await page("q=%27;--")).rows).toEqual([]);
  });
});

test("figures count what happened in the period, less what was undone, and debts take from nobody else", async () => {
  const { db } = database;
  const shopId = await createShop(db);
  const [one, other] = [await createMember(db, shopId), await createMember(db, shopId)];
  await grantLot(db, { shopId, memberId: one, points: 100, at: ago(45) });
  await grantLot(db, { shopId, memberId: one, points: 300, at: ago(3) });
  await grantLot(db, { shopId, memberId: other, points: 50, at: ago(2) });
  await takeBack(db, shopId, other, 80);
  const figures = await readFigures(db, { shopId, now: new Date(NOW.getTime() + 1) });
  expect(figures).toMatchObject({
    members: 2,
    available: 400,
    owed: 30,
    pending: 0,
    held: 0,
    period: { issued: 270, redeemed: 0 },
    previous: { issued: 100 },
  });
});

test("a shop where nothing has happened has figures of nothing", async () => {
  const shopId = await createShop(database.db);
  const figures = await readFigures(database.db, { shopId, now: NOW });
  expect(figures).toMatchObject({ members: 0, available: 0, period: { issued: 0, orders: 0 } });
});

describe("activity", () => {
  let shopId: string;

  async function park(webhookId: string, reason: string, payload: string | null = "{}"): Promise<void> {
    await database.db.query(
      `insert into inbox_event (shop_id, webhook_id, topic, received_at, payload, status, reason)
       values ($1, $2, 'orders/paid', $3, $4, 'parked', $5)`,
      [shopId, webhookId, NOW, payload, reason],
    );
  }

  async function failJob(): Promise<string> {
    const redemptionId = randomUUID();
    await enqueue(database.db, "fulfil-redemption", { shopId, redemptionId }, { maxAttempts: 3 });
    await database.db.query(
      `update graphile_worker._private_jobs set attempts = 3, last_error = 'unavailable'
        where payload ->> 'redemptionId' = $1`,
      [redemptionId],
    );
    const [job] = await readJobs(database.db, { shopId, onlyFailed: true });
    return job!.jobId;
  }

  beforeAll(async () => {
    shopId = await createShop(database.db);
  });

  test("what failed is counted, shown, and put back in line once", async () => {
    await park("a", "malformed");
    await park("gone", "malformed", null);
    await park("merge", "shop_mismatch");
    const jobId = await failJob();
    expect(await readHealth(database.db, { shopId, now: NOW })).toMatchObject({
      parkedEvents: 3,
      failedJobs: 1,
    });
    expect(await readJobs(database.db, { shopId, onlyFailed: true })).toMatchObject([
      { jobId, task: "fulfil-redemption", state: "failed", lastError: "unavailable" },
    ]);
    const again = () => database.db.transaction((tx) => retryEvents(tx, { shopId, webhookId: null }));
    expect(await again()).toEqual({ outcome: "queued", count: 1 });
    expect(await again()).toEqual({ outcome: "nothing_to_retry" });
    const retry = () => database.db.transaction((tx) => retryJobs(tx, { shopId, jobId, now: NOW }));
    expect(await retry()).toEqual({ outcome: "queued", count: 1 });
    expect(await retry()).toEqual({ outcome: "nothing_to_retry" });
    expect(await readJobs(database.db, { shopId, onlyFailed: true })).toEqual([]);
  });

  test("a person closes what no retry mends, once, and it is in the audit log", async () => {
    const close = () =>
      database.db.transaction((tx) =>
        markEventDone(tx, { shopId, webhookId: "merge", actor: "42", now: NOW, eventId: randomUUID() }),
      );
    expect(await close()).toEqual({ outcome: "marked" });
    expect(await close()).toEqual({ outcome: "unchanged" });
    const entries = await database.db.query(`select actor, action from audit_event where shop_id = $1`, [
      shopId,
    ]);
    expect(entries).toEqual([{ actor: "42", action: "event.mark_done" }]);
  });

  test("events are read page by page without losing or repeating one", async () => {
    await database.db.query(
      `insert into inbox_event (shop_id, webhook_id, topic, received_at, status)
       select $1, 'many-' || n, 'orders/updated', $2::timestamptz - make_interval(secs => n / 4), 'settled'
         from generate_series(1, 130) as n`,
      [shopId, NOW],
    );
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const args: Parameters<typeof readEvents>[1] = { shopId, only: null, topic: "orders/updated", after };
      const found = await readEvents(database.db, args);
      seen.push(...found.events.map((event) => event.webhookId));
      after = found.after;
    } while (after !== null);
    expect(seen).toHaveLength(130);
    expect(new Set(seen).size).toBe(130);
    expect(await readTopics(database.db, shopId)).toEqual(["orders/paid", "orders/updated"]);
    const odd = await readEvents(database.db, { shopId, only: null, topic: null, after: "'; drop table x" });
    expect(odd.events.length).toBeGreaterThan(0);
  });
});

test("the set-up guide remembers what was done and what the theme said, however often", async () => {
  const { db } = database;
  const shopId = await createShop(db);
  expect(await readSetup(db, shopId)).toEqual({
    widget: false,
    product: false,
    programReviewed: false,
    history: false,
    guideDismissed: false,
  });
  for (let time = 0; time < 2; time += 1) {
    await saveSetup(db, { shopId, step: "programReviewed", done: true });
    await saveThemeBlocks(db, { shopId, widget: true, product: false });
  }
  expect(await readSetup(db, shopId)).toEqual({
    widget: true,
    product: false,
    programReviewed: true,
    history: false,
    guideDismissed: false,
  });
  await db.query(
    `update shop set setup = '{"programReviewed":"yes","later":1}', theme_blocks = '[]' where shop_id = $1`,
    [shopId],
  );
  expect(await readSetup(db, shopId)).toMatchObject({ programReviewed: false, widget: false });
});
