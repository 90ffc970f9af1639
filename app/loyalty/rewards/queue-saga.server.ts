import type { Queryable } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";

interface SagaJob {
  shopId: string;
  redemptionId: string;
  runAt?: Date;
}

/** Queues the making of a code; a waiting job for the same redemption is not doubled. */
export function queueFulfilment(q: Queryable, job: SagaJob): Promise<void> {
  return queue(q, "fulfil-redemption", job);
}

/** Queues the switching off of a code; a waiting job for the same redemption is not doubled. */
export function queueClosing(q: Queryable, job: SagaJob): Promise<void> {
  return queue(q, "close-redemption", job);
}

/**
 * Queues another look, later, for a code that may surface after its points are back. A job of its own: one that waits to
 * run sooner must not stand in for it.
 */
export function queueStrayCheck(q: Queryable, job: SagaJob & { runAt: Date }): Promise<void> {
  return queue(q, "close-redemption", job, ":stray");
}

async function queue(
  q: Queryable,
  task: "fulfil-redemption" | "close-redemption",
  { shopId, redemptionId, runAt }: SagaJob,
  suffix = "",
): Promise<void> {
  const jobKey = `${task}:${shopId}:${redemptionId}${suffix}`;
  await enqueue(q, task, { shopId, redemptionId }, { jobKey, ...(runAt && { runAt }) });
}
