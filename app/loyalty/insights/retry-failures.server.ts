import type { Tx } from "#app/platform/db/database.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { enqueueAll } from "#app/platform/jobs/enqueue.server.ts";

/** What asking to try again came to: how many were put back in line. Nothing to do is an outcome, not an error. */
export type RetryOutcome = { outcome: "queued"; count: number } | { outcome: "nothing_to_retry" };

/**
 * Puts parked events back in line, all of them or one, as long as what came is still kept. Asking twice queues once:
 * an event that is back in line is no longer parked.
 */
export async function retryEvents(
  tx: Tx,
  args: { shopId: string; webhookId: string | null },
): Promise<RetryOutcome> {
  const rows = await tx.query<{ webhookId: string }>(
    `update inbox_event set status = 'received', reason = null, settled_at = null
      where shop_id = $1 and status = 'parked' and payload is not null
        and coalesce(reason, '') <> 'shop_mismatch' and ($2::text is null or webhook_id = $2)
      returning webhook_id as "webhookId"`,
    [args.shopId, args.webhookId],
  );
  const jobs = rows.map(({ webhookId }) => ({ payload: { shopId: args.shopId, webhookId } }));
  await enqueueAll(tx, "process-inbox-event", jobs);
  return rows.length === 0 ? { outcome: "nothing_to_retry" } : { outcome: "queued", count: rows.length };
}

/** Gives failed jobs of this shop all their attempts again, from now on. A job that is running is left alone. */
export async function retryJobs(
  tx: Tx,
  args: { shopId: string; jobId: string | null; now: Date },
): Promise<RetryOutcome> {
  const rows = await tx.query<{ id: string }>(
    `select job.id::text as id
       from graphile_worker.reschedule_jobs(
         (select array_agg(job.id)
            from graphile_worker._private_jobs as job
           where job.payload ->> 'shopId' = $1 and job.attempts >= job.max_attempts and job.locked_at is null
             and ($2::bigint is null or job.id = $2::bigint)),
         run_at => $3::timestamptz, attempts => 0) as job`,
    [args.shopId, args.jobId, args.now],
  );
  return rows.length === 0 ? { outcome: "nothing_to_retry" } : { outcome: "queued", count: rows.length };
}

/** Takes a parked event off the list because a person has dealt with it; doing it twice is once. Its payload goes. */
export async function markEventDone(
  tx: Tx,
  args: { shopId: string; webhookId: string; actor: string; now: Date; eventId: string },
): Promise<{ outcome: "marked" | "unchanged" | "no_such_event" }> {
  const [event] = await tx.query<{ status: string; reason: string | null }>(
    `select status, reason from inbox_event where shop_id = $1 and webhook_id = $2 for update`,
    [args.shopId, args.webhookId],
  );
  if (!event) return { outcome: "no_such_event" };
  if (event.status !== "parked") return { outcome: "unchanged" };
  await tx.query(
    `update inbox_event set status = 'ignored', reason = 'marked_done', settled_at = $3, payload = null
      where shop_id = $1 and webhook_id = $2`,
    [args.shopId, args.webhookId, args.now],
  );
  await recordAudit(tx, {
    shopId: args.shopId,
    eventId: args.eventId,
    at: args.now,
    actor: args.actor,
    action: "event.mark_done",
    subject: `event:${args.webhookId}`,
    before: { status: event.status, reason: event.reason },
    after: { status: "ignored" },
  });
  return { outcome: "marked" };
}
