import type { Queryable } from "#app/platform/db/database.server.ts";
import type { Tasks } from "./tasks.ts";

export interface EnqueueOptions {
  /** A job with this key that has not started yet is replaced instead of doubled. */
  jobKey?: string;
  runAt?: Date;
  /** Jobs of one queue run one after another. */
  queueName?: string;
  maxAttempts?: number;
}

/**
 * Adds a job in the caller's transaction: it exists exactly when the rows it is about do.
 * With a jobKey, a waiting job of that key is replaced and keeps its earlier run time.
 */
export async function enqueue<N extends keyof Tasks>(
  tx: Queryable,
  task: N,
  payload: Tasks[N],
  options: EnqueueOptions = {},
): Promise<void> {
  await tx.query(
    `select 1 from graphile_worker.add_job(
       identifier => $1::text, payload => $2::json, queue_name => $3::text, run_at => $4::timestamptz,
       max_attempts => $5::int, job_key => $6::text, job_key_mode => 'preserve_run_at')`,
    [
      task,
      JSON.stringify(payload),
      options.queueName ?? null,
      options.runAt ?? null,
      options.maxAttempts ?? null,
      options.jobKey ?? null,
    ],
  );
}

/** Adds many jobs of one task in one statement, also none; a waiting job of the same key is replaced, as `enqueue` does. */
export async function enqueueAll<N extends keyof Tasks>(
  tx: Queryable,
  task: N,
  jobs: readonly { payload: Tasks[N]; jobKey?: string }[],
): Promise<void> {
  if (jobs.length === 0) return;
  await tx.query(ENQUEUE_ALL_SQL, [task, JSON.stringify(jobs)]);
}

/**
 * The call that enqueueAll makes, for a statement that writes the rows the jobs are about as well: `select 1 from` it.
 * A part of a `with` that only selects is not run unless something reads it.
 *
 * @param task, payload, jobKey expressions over a row of `source`: text, json and text
 */
export function addJobsSql(job: { task: string; payload: string; jobKey: string; source: string }): string {
  return `graphile_worker.add_jobs(
     array(select row(${job.task}, ${job.payload}, null, null, null, ${job.jobKey}, null, null)::graphile_worker.job_spec
             from ${job.source}),
     job_key_preserve_run_at => true)`;
}

const ENQUEUE_ALL_SQL = `select 1 from ${addJobsSql({
  task: "$1",
  payload: "payload",
  jobKey: '"jobKey"',
  source: `json_to_recordset($2::json) as job(payload json, "jobKey" text)`,
})}`;
