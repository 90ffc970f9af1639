import type { Queryable } from "#app/platform/db/database.server.ts";

/** A job that ran and failed: to be run again, or given up. */
export interface FailedJob {
  jobId: string;
  task: string;
  attempts: number;
  maxAttempts: number;
  /** true: no further attempt will be made unless someone asks for it. */
  givenUp: boolean;
  lastError: string;
  /** The next attempt, when there is one. */
  runAt: Date;
  createdAt: Date;
  payload: Record<string, unknown>;
}

interface Row {
  id: number;
  task: string;
  attempts: number;
  max_attempts: number;
  given_up: boolean;
  last_error: string;
  run_at: Date;
  created_at: Date;
  payload: Record<string, unknown>;
}

const LIMIT = 100;

/** The shop's failed jobs, given-up ones first. Reads the queue's private table, since its public view hides payloads. */
export async function listFailedJobs(q: Queryable, shopId: string): Promise<FailedJob[]> {
  const rows = await q.query<Row>(
    `select job.id, task.identifier as task, job.attempts, job.max_attempts, job.attempts >= job.max_attempts as given_up,
            split_part(job.last_error, E'\\n', 1) as last_error, job.run_at, job.created_at, job.payload
       from graphile_worker._private_jobs as job
       join graphile_worker._private_tasks as task on task.id = job.task_id
      where job.payload->>'shopId' = $1 and job.last_error is not null
      order by given_up desc, job.run_at desc, job.id desc
      limit ${LIMIT}`,
    [shopId],
  );
  return rows.map((row) => ({
    jobId: String(row.id),
    task: row.task,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    givenUp: row.given_up,
    lastError: row.last_error,
    runAt: row.run_at,
    createdAt: row.created_at,
    payload: row.payload,
  }));
}

/** Runs a failed job of this shop again, now, with all its attempts before it; false when there is none such. */
export async function retryJob(q: Queryable, shopId: string, jobId: string): Promise<boolean> {
  if (!/^\d{1,18}$/u.test(jobId)) return false;
  const rows = await q.query(
    `select retried.id
       from graphile_worker._private_jobs as job,
            graphile_worker.reschedule_jobs(array[job.id], run_at => now(), attempts => 0) as retried
      where job.id = $2::bigint and job.payload->>'shopId' = $1 and job.last_error is not null`,
    [shopId, jobId],
  );
  return rows.length > 0;
}
