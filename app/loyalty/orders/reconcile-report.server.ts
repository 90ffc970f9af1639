import type { Queryable, Tx } from "#app/platform/db/database.server.ts";

/** How long a merchant can look back. */
const KEPT_DAYS = 90;

export type Why = "unknown_order" | "newer_state" | "dispute";

/** An order as the two sides had it, in the words of the report: no amounts by line, nobody's name. */
export interface OrderSketch {
  updatedAt: string | null;
  financialStatus: string | null;
  cancelled: boolean;
  refunds: number;
  disputes?: string[] | undefined;
}

export interface ReconcileEntry {
  orderId: string;
  name: string | null;
  why: Why;
  shopifySays: OrderSketch | null;
  weHeld: OrderSketch | null;
  pointsBefore: number;
  pointsAfter: number;
  outcome: "mended" | "unchanged" | "failed" | "gone";
}

export interface ReconciliationRun {
  runId: string;
  state: "running" | "done" | "interrupted";
  actor: string;
  startedAt: Date;
  finishedAt: Date | null;
  since: Date;
  until: Date;
  compared: number;
  differing: number;
  mended: number;
  failed: number;
}

/**
 * Opens the report of a run; the same id again goes on with it, also when it had broken off. Others that never ended are
 * said to be interrupted.
 */
export async function openReport(
  q: Queryable,
  args: { shopId: string; runId: string; actor: string; now: Date; since: Date },
): Promise<void> {
  const { shopId, runId, actor, now, since } = args;
  await q.query(
    `update reconciliation_run set state = 'interrupted'
      where shop_id = $1 and state = 'running' and run_id <> $2 and started_at < $3::timestamptz - interval '1 hour'`,
    [shopId, runId, now],
  );
  await q.query(
    `insert into reconciliation_run (shop_id, run_id, state, actor, started_at, since, until)
     values ($1, $2, 'running', $3, $4, $5, $4)
     on conflict (shop_id, run_id) do update set state = 'running', since = excluded.since, until = excluded.until`,
    [shopId, runId, actor, now, since],
  );
}

/** Says that a run broke off. Its next attempt opens it again. */
export async function interruptReport(
  q: Queryable,
  { shopId, runId }: { shopId: string; runId: string },
): Promise<void> {
  await q.query(
    `update reconciliation_run set state = 'interrupted' where shop_id = $1 and run_id = $2 and state = 'running'`,
    [shopId, runId],
  );
}

/**
 * Notes an order that differed. One that was noted before in this run keeps its first note, with what became of it in the
 * end; a note of an order that could not be read says nothing of it and is written anew.
 */
export async function noteEntry(
  q: Queryable,
  args: { shopId: string; runId: string; now: Date; entry: ReconcileEntry },
): Promise<void> {
  const { shopId, runId, now, entry } = args;
  await q.query(
    `insert into reconciliation_entry as noted
       (shop_id, run_id, order_id, name, why, shopify_says, we_held, points_before, points_after, outcome, at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10, $11)
     on conflict (shop_id, run_id, order_id) do update
       set ${["name", "why", "shopify_says", "we_held", "points_before"].map(firstNote).join(", ")},
           outcome = excluded.outcome, points_after = excluded.points_after, at = excluded.at
     where noted.outcome = 'failed' or excluded.outcome = 'mended'`,
    [
      shopId,
      runId,
      entry.orderId,
      entry.name,
      entry.why,
      entry.shopifySays === null ? null : JSON.stringify(entry.shopifySays),
      entry.weHeld === null ? null : JSON.stringify(entry.weHeld),
      entry.pointsBefore,
      entry.pointsAfter,
      entry.outcome,
      now,
    ],
  );
}

/** A column of the first note, if that knew the order at all. */
function firstNote(column: string): string {
  return `${column} = case when noted.shopify_says is null then excluded.${column} else noted.${column} end`;
}

/**
 * Orders that could not be mended the last time, those that were tried longest ago first. They are no longer among the
 * recently changed ones, and are tried for as long as their note is kept.
 */
export async function readFailed(
  q: Queryable,
  args: { shopId: string; runId: string; limit: number },
): Promise<{ orderId: string; why: Why }[]> {
  return q.query(
    `select failed.order_id as "orderId", failed.why
       from reconciliation_entry failed
      where failed.shop_id = $1 and failed.outcome = 'failed' and failed.run_id <> $2
        and not exists (select from reconciliation_entry later
                         where later.shop_id = $1 and later.order_id = failed.order_id
                           and (later.at, later.run_id) > (failed.at, failed.run_id))
      order by failed.at, failed.order_id limit $3`,
    [args.shopId, args.runId, args.limit],
  );
}

/** Notes that an order failed again: in the note of when it failed before, so that they do not grow in number. */
export async function noteFailedAgain(
  q: Queryable,
  { shopId, orderId, now }: { shopId: string; orderId: string; now: Date },
): Promise<void> {
  await q.query(
    `update reconciliation_entry failed set at = $3
      where shop_id = $1 and order_id = $2 and outcome = 'failed'
        and not exists (select from reconciliation_entry later
                         where later.shop_id = $1 and later.order_id = failed.order_id
                           and (later.at, later.run_id) > (failed.at, failed.run_id))`,
    [shopId, orderId, now],
  );
}

/** Closes the report with its counts, and drops reports that are too old to look at. */
export async function closeReport(
  tx: Tx,
  args: { shopId: string; runId: string; now: Date; compared: number },
): Promise<void> {
  const { shopId, runId, now, compared } = args;
  await tx.query(
    `update reconciliation_run r
        set state = 'done', finished_at = $3, compared = $4, differing = e.differing, mended = e.mended, failed = e.failed
       from (select count(*)::int as differing,
                    (count(*) filter (where outcome = 'mended'))::int as mended,
                    (count(*) filter (where outcome = 'failed'))::int as failed
               from reconciliation_entry where shop_id = $1 and run_id = $2) e
      where r.shop_id = $1 and r.run_id = $2`,
    [shopId, runId, now, compared],
  );
  const old = await tx.query<{ runId: string }>(
    `delete from reconciliation_run
      where shop_id = $1 and started_at < $2::timestamptz - make_interval(days => ${KEPT_DAYS})
      returning run_id as "runId"`,
    [shopId, now],
  );
  await tx.query(`delete from reconciliation_entry where shop_id = $1 and run_id = any($2::uuid[])`, [
    shopId,
    old.map((run) => run.runId),
  ]);
}

/** The latest comparisons, newest first. */
export function readReconciliations(
  q: Queryable,
  args: { shopId: string; limit: number },
): Promise<ReconciliationRun[]> {
  return q.query(
    `select run_id as "runId", state, actor, started_at as "startedAt", finished_at as "finishedAt", since, until,
            compared, differing, mended, failed
       from reconciliation_run where shop_id = $1 order by started_at desc limit $2`,
    [args.shopId, args.limit],
  );
}

/** The orders that differed in the latest comparisons, newest first. */
export function readReconciliationEntries(
  q: Queryable,
  args: { shopId: string; limit: number },
): Promise<(ReconcileEntry & { runId: string; at: Date })[]> {
  return q.query(
    `select e.run_id as "runId", e.order_id as "orderId", e.name, e.why, e.shopify_says as "shopifySays",
            e.we_held as "weHeld", e.points_before as "pointsBefore", e.points_after as "pointsAfter", e.outcome, e.at
       from reconciliation_run r
       join reconciliation_entry e on e.shop_id = r.shop_id and e.run_id = r.run_id
      where r.shop_id = $1 order by r.started_at desc, e.order_id limit $2`,
    [args.shopId, args.limit],
  );
}
