import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { recordAudit } from "../program/record-audit.server.ts";

export type BackfillState =
  | "requested"
  | "exporting"
  | "staging"
  | "settling"
  | "done"
  | "failed"
  | "stopped";

/** How far the reading of past orders is. */
export interface BackfillRun {
  runId: string;
  state: BackfillState;
  paused: boolean;
  since: Date | null;
  startedAt: Date;
  finishedAt: Date | null;
  operationGid: string | null;
  url: string | null;
  polls: number;
  /** How often Shopify was asked for the file, and since when there is one. */
  exports: number;
  exportedAt: Date | null;
  linesStaged: number;
  ordersFound: number;
  ordersSettled: number;
  ordersAwarded: number;
  ordersGuest: number;
  ordersFailed: number;
  pointsPosted: number;
  settledUntil: Date | null;
  failure: string | null;
}

export const ACTIVE_STATES: readonly BackfillState[] = ["requested", "exporting", "staging", "settling"];
const ACTIVE = `state in ('requested', 'exporting', 'staging', 'settling')`;

const COLUMNS = `run_id as "runId", state, paused, since, started_at as "startedAt", finished_at as "finishedAt",
  operation_gid as "operationGid", url, polls, exports,
  exported_at as "exportedAt", lines_staged as "linesStaged", orders_found as "ordersFound",
  orders_settled as "ordersSettled", orders_awarded as "ordersAwarded", orders_guest as "ordersGuest",
  orders_failed as "ordersFailed", points_posted as "pointsPosted", settled_until as "settledUntil", failure`;

interface Asked {
  shopId: string;
  /** Also the id of the audit entry: asked twice with one id is asked once. */
  runId: string;
  actor: string;
  now: Date;
}

/**
 * Starts reading past orders, because the merchant asked. One at a time in a shop; the same id again changes nothing.
 *
 * @param args.since orders placed from here on; null for every order Shopify shows us
 */
export async function startBackfill(
  tx: Tx,
  args: Asked & { since: Date | null },
): Promise<{ outcome: "started" | "already_started" | "busy" }> {
  const { shopId, runId, actor, now, since } = args;
  const known = await readBackfill(tx, shopId, runId);
  if (known) return { outcome: "already_started" };
  const started = await tx.query(
    `insert into backfill_run (shop_id, run_id, state, since, actor, started_at)
     values ($1, $2, 'requested', $3, $4, $5) on conflict do nothing returning 1`,
    [shopId, runId, since, actor, now],
  );
  if (started.length === 0) return { outcome: "busy" };
  // What earlier runs left behind (orders that could not be settled) has been shown since they ended.
  await tx.query(`delete from backfill_line where shop_id = $1 and run_id <> $2`, [shopId, runId]);
  await tx.query(`delete from backfill_order where shop_id = $1 and run_id <> $2`, [shopId, runId]);
  await audit(tx, args, "history.backfill", { since: since?.toISOString() ?? null });
  await continueBackfill(tx, { shopId, runId });
  return { outcome: "started" };
}

/** Holds the reading where it is, or lets it go on. */
export async function pauseBackfill(
  tx: Tx,
  args: { shopId: string; runId: string; paused: boolean },
): Promise<{ outcome: "paused" | "resumed" | "unchanged" | "no_such_run" }> {
  const { shopId, runId, paused } = args;
  const changed = await tx.query(
    `update backfill_run set paused = $3
      where shop_id = $1 and run_id = $2 and ${ACTIVE} and paused <> $3 returning 1`,
    [shopId, runId, paused],
  );
  if (changed.length === 0) {
    return { outcome: (await readBackfill(tx, shopId, runId)) ? "unchanged" : "no_such_run" };
  }
  if (!paused) await continueBackfill(tx, { shopId, runId });
  return { outcome: paused ? "paused" : "resumed" };
}

/** Ends it for good. Orders settled so far stay settled. */
export async function stopBackfill(
  tx: Tx,
  args: Omit<Asked, "actor"> & { actor: string; eventId: string },
): Promise<{ outcome: "stopped" | "unchanged" | "no_such_run" }> {
  const { shopId, runId, now } = args;
  const stopped = await tx.query(
    `update backfill_run set state = 'stopped', finished_at = $3, paused = false
      where shop_id = $1 and run_id = $2 and ${ACTIVE} returning 1`,
    [shopId, runId, now],
  );
  if (stopped.length === 0) {
    return { outcome: (await readBackfill(tx, shopId, runId)) ? "unchanged" : "no_such_run" };
  }
  await clearStaging(tx, shopId, runId);
  await audit(tx, args, "history.backfill_stop", {}, args.eventId);
  return { outcome: "stopped" };
}

/** The newest run, or the one named. */
export async function readBackfill(
  q: Queryable,
  shopId: string,
  runId?: string,
): Promise<BackfillRun | null> {
  const [run] = await q.query<BackfillRun>(
    `select ${COLUMNS} from backfill_run
      where shop_id = $1 and ($2::uuid is null or run_id = $2) order by started_at desc limit 1`,
    [shopId, runId ?? null],
  );
  return run ?? null;
}

/** Orders that could not be read or settled, with why. */
export function readBackfillFailures(
  q: Queryable,
  args: { shopId: string; runId: string; limit: number },
): Promise<{ orderId: string; name: string | null; failure: string }[]> {
  return q.query(
    `select order_id as "orderId", node->>'name' as name, failure from backfill_order
      where shop_id = $1 and run_id = $2 and failure is not null order by processed_at limit $3`,
    [args.shopId, args.runId, args.limit],
  );
}

/** Locks the run's row: whoever holds it is the only one to move it on. Null when it is over, paused or not there. */
export async function lockActiveRun(tx: Tx, shopId: string, runId: string): Promise<BackfillRun | null> {
  const [run] = await tx.query<BackfillRun>(
    `select ${COLUMNS} from backfill_run
      where shop_id = $1 and run_id = $2 and ${ACTIVE} and not paused for update`,
    [shopId, runId],
  );
  return run ?? null;
}

export async function continueBackfill(
  q: Queryable,
  args: { shopId: string; runId: string; runAt?: Date },
): Promise<void> {
  const { shopId, runId, runAt } = args;
  const options = { jobKey: `backfill:${shopId}:${runId}`, ...(runAt ? { runAt } : {}) };
  await enqueue(q, "backfill-orders", { shopId, runId }, options);
}

/** Drops what is staged, except orders that failed: the merchant is shown those. */
export async function clearStaging(tx: Tx, shopId: string, runId: string): Promise<void> {
  await tx.query(`delete from backfill_line where shop_id = $1 and run_id = $2`, [shopId, runId]);
  await tx.query(`delete from backfill_order where shop_id = $1 and run_id = $2 and failure is null`, [
    shopId,
    runId,
  ]);
}

async function audit(tx: Tx, args: Asked, action: string, after: unknown, eventId = args.runId) {
  const { shopId, runId, actor, now } = args;
  await recordAudit(tx, { shopId, eventId, at: now, actor, action, subject: `backfill:${runId}`, after });
}
