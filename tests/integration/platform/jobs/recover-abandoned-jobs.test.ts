import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { startWorker } from "#app/platform/jobs/run-worker.server.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { testServices } from "#tests/support/services.ts";

const database = useTestDatabase();

test("T11 a killed worker's job is taken up within seconds, and a living worker's is left alone", async () => {
  const { db } = database;
  const runs: string[] = [];
  const releases: (() => void)[] = [];
  const handlers = {
    ...taskHandlers,
    "settle-order": async (_: unknown, { orderId }: { orderId: string }) => {
      runs.push(orderId);
      if (orderId === "1") await new Promise<void>((resolve) => releases.push(resolve));
    },
  };
  const busy = await startWorker(testServices(db), handlers);
  const shopId = `shop-${randomUUID().slice(0, 8)}.myshopify.com`;
  await enqueue(db, "settle-order", { shopId, orderId: "1" });
  await vi.waitFor(() => expect(runs).toEqual(["1"]), 5_000);
  // As if both had been taken a while ago: the first by the worker that is still at it, the second by one that was killed.
  await enqueue(db, "settle-order", { shopId, orderId: "2" }, { runAt: new Date(Date.now() + 3_600_000) });
  await db.query(
    `update graphile_worker._private_jobs
        set locked_at = now() - interval '1 minute', run_at = now(), locked_by = coalesce(locked_by, 'worker-that-was-killed')`,
  );
  const rescuer = await startWorker(testServices(db), handlers);
  await vi.waitFor(() => expect(runs).toEqual(["1", "2"]), 15_000);
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(runs).toEqual(["1", "2"]);
  for (const release of releases) release();
  await Promise.all([busy.stop(), rescuer.stop()]);
}, 60_000);
