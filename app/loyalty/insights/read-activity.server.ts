import { z } from "zod";
import type { Queryable } from "#app/platform/db/database.server.ts";

export const EVENTS_PER_PAGE = 50;

export interface ActivityEvent {
  webhookId: string;
  topic: string;
  status: "received" | "settled" | "ignored" | "parked";
  reason: string | null;
  subject: string | null;
  /** What people call the order it was about: #1042. */
  orderName: string | null;
  attempts: number;
  receivedAt: string;
  settledAt: string | null;
  /** Whether what came is still kept, so that it can be tried again. */
  kept: boolean;
}

export interface ActivityJob {
  jobId: string;
  task: string;
  /** The rows it is about, by name; never personal data. */
  about: Record<string, string>;
  attempts: number;
  maxAttempts: number;
  state: "failed" | "retrying" | "waiting" | "running";
  lastError: string | null;
  runAt: string;
  updatedAt: string;
}

export interface DataExport {
  requestId: string;
  customerId: string;
  createdAt: string;
  downloadedAt: string | null;
}

const eventCursor = z.string().regex(/^[0-9]{1,15}_.{1,200}$/s);

/** Events as they came, newest first, read by key. Only reads. */
export async function readEvents(
  q: Queryable,
  args: { shopId: string; only: "parked" | null; topic: string | null; after: string | null },
): Promise<{ events: ActivityEvent[]; after: string | null }> {
  const values: unknown[] = [args.shopId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = ["event.shop_id = $1"];
  if (args.only) where.push(`event.status = ${bind(args.only)}`);
  if (args.topic) where.push(`event.topic = ${bind(args.topic)}`);
  const cursor = eventCursor.safeParse(args.after);
  if (cursor.success) {
    const cut = cursor.data.indexOf("_");
    const at = new Date(Number(cursor.data.slice(0, cut)));
    where.push(
      `(event.received_at, event.webhook_id) < (${bind(at)}::timestamptz, ${bind(cursor.data.slice(cut + 1))}::text)`,
    );
  }
  const rows = await q.query<
    Omit<ActivityEvent, "receivedAt" | "settledAt"> & { receivedAt: Date; settledAt: Date | null }
  >(
    `select event.webhook_id as "webhookId", event.topic, event.status, event.reason, event.subject,
            orders.name as "orderName", event.attempts, event.received_at as "receivedAt",
            event.settled_at as "settledAt", event.payload is not null as kept
       from inbox_event as event
       left join order_state as orders on orders.shop_id = event.shop_id
        and event.subject like 'order:%' and orders.order_id = substr(event.subject, 7)
      where ${where.join(" and ")}
      order by event.received_at desc, event.webhook_id desc limit ${bind(EVENTS_PER_PAGE + 1)}`,
    values,
  );
  const page = rows.slice(0, EVENTS_PER_PAGE);
  const last = page.at(-1);
  return {
    events: page.map((row) => ({
      ...row,
      receivedAt: row.receivedAt.toISOString(),
      settledAt: row.settledAt?.toISOString() ?? null,
    })),
    after: rows.length > page.length && last ? `${last.receivedAt.getTime()}_${last.webhookId}` : null,
  };
}

/** The topics this shop has ever sent us, for the filter. Only reads. */
export async function readTopics(q: Queryable, shopId: string): Promise<string[]> {
  const rows = await q.query<{ topic: string }>(
    `select distinct topic from inbox_event where shop_id = $1 order by topic limit 100`,
    [shopId],
  );
  return rows.map((row) => row.topic);
}

/** The shop's background jobs; `failed` ones have used up their attempts and wait for somebody. Only reads. */
export async function readJobs(
  q: Queryable,
  args: { shopId: string; onlyFailed: boolean },
): Promise<ActivityJob[]> {
  const rows = await q.query<{
    jobId: string;
    task: string;
    payload: Record<string, unknown>;
    attempts: number;
    maxAttempts: number;
    lastError: string | null;
    runAt: Date;
    updatedAt: Date;
    lockedAt: Date | null;
  }>(
    `select job.id::text as "jobId", task.identifier as task, job.payload, job.attempts,
            job.max_attempts as "maxAttempts", job.last_error as "lastError", job.run_at as "runAt",
            job.updated_at as "updatedAt", job.locked_at as "lockedAt"
       from graphile_worker._private_jobs as job
       join graphile_worker._private_tasks as task on task.id = job.task_id
      where job.payload ->> 'shopId' = $1 and (not $2 or job.attempts >= job.max_attempts)
      order by (job.attempts >= job.max_attempts) desc, job.updated_at desc limit 100`,
    [args.shopId, args.onlyFailed],
  );
  return rows.map(({ payload, lockedAt, runAt, updatedAt, ...row }) => ({
    ...row,
    about: aboutOf(payload),
    state:
      row.attempts >= row.maxAttempts && lockedAt === null
        ? "failed"
        : lockedAt !== null
          ? "running"
          : row.lastError !== null
            ? "retrying"
            : "waiting",
    runAt: runAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}

function aboutOf(payload: Record<string, unknown>): Record<string, string> {
  const { shopId: _shopId, emailHash: _emailHash, ...about } = payload;
  return Object.fromEntries(Object.entries(about).map(([key, value]) => [key, String(value)]));
}

/** Answers to customers' data requests, newest first. Only reads. */
export async function readExports(q: Queryable, shopId: string): Promise<DataExport[]> {
  const rows = await q.query<
    Omit<DataExport, "createdAt" | "downloadedAt"> & { createdAt: Date; downloadedAt: Date | null }
  >(
    `select request_id as "requestId", customer_id as "customerId", created_at as "createdAt",
            downloaded_at as "downloadedAt"
       from privacy_export where shop_id = $1 order by created_at desc limit 50`,
    [shopId],
  );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    downloadedAt: row.downloadedAt?.toISOString() ?? null,
  }));
}

/** One answer as a document, marked as downloaded; null when it is not this shop's. */
export async function takeExport(
  q: Queryable,
  args: { shopId: string; requestId: string; now: Date },
): Promise<unknown> {
  const [row] = await q.query<{ document: unknown }>(
    `update privacy_export set downloaded_at = coalesce(downloaded_at, $3)
      where shop_id = $1 and request_id = $2 returning document`,
    [args.shopId, args.requestId, args.now],
  );
  return row?.document ?? null;
}
