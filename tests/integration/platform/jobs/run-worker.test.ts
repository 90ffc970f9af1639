import { randomUUID } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { Malformed, UpstreamUnavailable } from "#app/platform/errors.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { listFailedJobs, retryJob } from "#app/platform/jobs/failed-jobs.server.ts";
import { startWorker, type RunningWorker, type TaskHandlers } from "#app/platform/jobs/run-worker.server.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { testServices } from "#tests/support/services.ts";

const database = useTestDatabase();
let worker: RunningWorker | undefined;

afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});

const newShop = () => `shop-${randomUUID().slice(0, 8)}.myshopify.com`;

async function runWith(over: Partial<TaskHandlers>): Promise<void> {
  worker = await startWorker(testServices(database.db), { ...taskHandlers, ...over });
}

test("a job runs with its payload, and leaves nothing behind", async () => {
  const shopId = newShop();
  const seen: unknown[] = [];
  await runWith({
    "settle-order": async (_services, payload, run) => {
      seen.push({ ...payload, attempt: run.attempt });
    },
  });
  await database.db.transaction((tx) => enqueue(tx, "settle-order", { shopId, orderId: "42" }));
  await vi.waitFor(() => expect(seen).toEqual([{ shopId, orderId: "42", attempt: 1 }]), 5_000);
  await vi.waitFor(async () => expect(await jobsOf(shopId)).toBe(0), 5_000);
});

test("with a way past a pooler, the queue listens and proves that it lives there, and jobs work through the pool", async () => {
  const shopId = newShop();
  const sessionUrl = `${database.url}?application_name=past-the-pooler`;
  const environment = { DATABASE_SESSION_URL: sessionUrl };
  const names: unknown[] = [];
  worker = await startWorker(testServices(database.db, { environment }), {
    ...taskHandlers,
    "settle-order": async ({ db }) => {
      names.push(...(await db.query(`select current_setting('application_name') as name`)));
    },
  });
  await enqueue(database.db, "settle-order", { shopId, orderId: "1" });
  await vi.waitFor(() => expect(names).toEqual([{ name: "dangol" }]), 5_000);
  const holders = () =>
    database.db.query(
      `select distinct application_name as name from pg_stat_activity
        where datname = current_database()
          and (pid in (select pid from pg_locks where locktype = 'advisory' and classid = 727001985) or query like 'LISTEN%')`,
    );
  await vi.waitFor(async () => expect(await holders()).toEqual([{ name: "past-the-pooler" }]), 5_000);
});

test("what may pass is tried again later; it is listed as failed, not given up", async () => {
  const shopId = newShop();
  await runWith({ "settle-order": () => Promise.reject(new UpstreamUnavailable("Shopify did not answer")) });
  await enqueue(database.db, "settle-order", { shopId, orderId: "1" });
  await vi.waitFor(async () => {
    const [job] = await listFailedJobs(database.db, shopId);
    expect(job).toMatchObject({
      task: "settle-order",
      attempts: 1,
      givenUp: false,
      lastError: expect.stringContaining("did not answer"),
    });
  }, 5_000);
});

test("what no retry can mend is given up after one attempt, stays visible, and runs again when someone asks", async () => {
  const shopId = newShop();
  let fixed = false;
  let runs = 0;
  await runWith({
    "settle-order": async () => {
      runs += 1;
      if (!fixed) throw new Malformed("not an order");
    },
  });
  await enqueue(database.db, "settle-order", { shopId, orderId: "1" });
  await vi.waitFor(async () => {
    const [job] = await listFailedJobs(database.db, shopId);
    expect(job).toMatchObject({ givenUp: true, payload: { shopId, orderId: "1" } });
  }, 5_000);
  expect(runs).toBe(1);

  const [job] = await listFailedJobs(database.db, shopId);
  expect(await retryJob(database.db, newShop(), job!.jobId)).toBe(false);
  expect(await retryJob(database.db, shopId, "not a number")).toBe(false);
  fixed = true;
  expect(await retryJob(database.db, shopId, job!.jobId)).toBe(true);
  await vi.waitFor(async () => expect(await jobsOf(shopId)).toBe(0), 8_000);
  expect(runs).toBe(2);
  expect(await listFailedJobs(database.db, shopId)).toEqual([]);
});

test("a key replaces the job that waits, and does not double it", async () => {
  const shopId = newShop();
  const later = new Date(Date.now() + 3_600_000);
  for (let time = 0; time < 3; time += 1) {
    await enqueue(database.db, "project-program", { shopId }, { jobKey: `program:${shopId}`, runAt: later });
  }
  expect(await jobsOf(shopId)).toBe(1);
});

async function jobsOf(shopId: string): Promise<number> {
  return (
    await database.db.query("select 1 from graphile_worker._private_jobs where payload->>'shopId' = $1", [
      shopId,
    ])
  ).length;
}
