import type { Queryable } from "#app/platform/db/database.server.ts";
import type { HealthFacts } from "./judge-health.ts";

const DAY_MS = 86_400_000;

/** What the status line is made of. Only reads; the caller adds the granted scopes. */
export async function readHealth(
  q: Queryable,
  args: { shopId: string; now: Date },
): Promise<Omit<HealthFacts, "missingScopes" | "now">> {
  const { shopId, now } = args;
  const [[inbox], [jobs]] = await Promise.all([
    q.query<{ lastAt: Date | null; parked: number; waiting: number; handled: number }>(
      `select max(received_at) as "lastAt",
              count(*) filter (where status = 'parked') as parked,
              count(*) filter (where status = 'received' and received_at < $3) as waiting,
              count(*) filter (where status in ('settled', 'ignored') and received_at >= $2) as handled
         from inbox_event where shop_id = $1`,
      [shopId, new Date(now.getTime() - 7 * DAY_MS), new Date(now.getTime() - 5 * 60_000)],
    ),
    q.query<{ failed: number; retrying: number }>(
      `select count(*) filter (where job.attempts >= job.max_attempts) as failed,
              count(*) filter (where job.attempts < job.max_attempts and job.last_error is not null) as retrying
         from graphile_worker._private_jobs as job
        where job.payload ->> 'shopId' = $1`,
      [shopId],
    ),
  ]);
  return {
    lastWebhookAt: inbox?.lastAt?.toISOString() ?? null,
    parkedEvents: inbox?.parked ?? 0,
    waitingEvents: inbox?.waiting ?? 0,
    handledThisWeek: inbox?.handled ?? 0,
    failedJobs: jobs?.failed ?? 0,
    retryingJobs: jobs?.retrying ?? 0,
  };
}
