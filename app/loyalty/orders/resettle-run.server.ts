import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { liveProgram } from "../program/program.server.ts";
import { recordAudit } from "../program/record-audit.server.ts";
import type { AwardSnapshot } from "./order.ts";

export interface ResettlementRun {
  runId: string;
  /** Stopped: another program went live before all of it was applied. */
  state: "previewing" | "previewed" | "applying" | "done" | "discarded" | "stopped";
  reprice: boolean;
  since: Date;
  until: Date;
  programVersion: number;
  startedAt: Date;
  finishedAt: Date | null;
  afterProcessedAt: Date | null;
  afterOrderId: string | null;
  ordersSeen: number;
  ordersApplied: number;
  ordersFailed: number;
}

export interface ResettlementTotals {
  orders: number;
  members: number;
  pointsUp: number;
  pointsDown: number;
}

export interface ResettlementEntry {
  orderId: string;
  memberId: string | null;
  name: string | null;
  processedAt: Date;
  state: "planned" | "applied" | "failed";
  why: "repriced" | "settled_again";
  pointsBefore: number;
  pointsAfter: number;
  pointsApplied: number | null;
  snapshotBefore: AwardSnapshot | null;
  snapshotAfter: AwardSnapshot | null;
}

interface Asked {
  shopId: string;
  runId: string;
  actor: string;
  now: Date;
}

/**
 * Starts finding out what settling the orders of a period again would change. Nothing is changed by that. One at a time in
 * a shop; the same id again is the same preview.
 *
 * @param args.reprice by today's program instead of the rules each order was awarded by
 * @param args.until exclusive
 */
export async function previewResettlement(
  tx: Tx,
  args: Asked & { since: Date; until: Date; reprice: boolean },
): Promise<{ outcome: "started" | "already_started" | "busy" | "empty_period" }> {
  const { shopId, runId, actor, now, since, until, reprice } = args;
  if (since >= until) return { outcome: "empty_period" };
  if (await readResettlement(tx, shopId, runId)) return { outcome: "already_started" };
  const { version } = await liveProgram(tx, shopId);
  const started = await tx.query(
    `insert into resettlement_run (shop_id, run_id, state, reprice, since, until, program_version, actor, started_at)
     values ($1, $2, 'previewing', $3, $4, $5, $6, $7, $8) on conflict do nothing returning 1`,
    [shopId, runId, reprice, since, until, version, actor, now],
  );
  if (started.length === 0) return { outcome: "busy" };
  await continueResettlement(tx, { shopId, runId });
  return { outcome: "started" };
}

/** Lets a finished preview come true. A preview by a program that is no longer the live one is refused. */
export async function applyResettlement(
  tx: Tx,
  args: Asked & { eventId: string },
): Promise<{ outcome: "applying" | "unchanged" | "outdated" | "no_such_run" }> {
  const { shopId, runId, actor, now, eventId } = args;
  const [run] = await tx.query<{ state: string; reprice: boolean; programVersion: number }>(
    `select state, reprice, program_version as "programVersion" from resettlement_run
      where shop_id = $1 and run_id = $2 for update`,
    [shopId, runId],
  );
  if (!run) return { outcome: "no_such_run" };
  if (run.state !== "previewed") return { outcome: "unchanged" };
  const { version } = await liveProgram(tx, shopId);
  if (run.reprice && version !== run.programVersion) return { outcome: "outdated" };
  await tx.query(`update resettlement_run set state = 'applying' where shop_id = $1 and run_id = $2`, [
    shopId,
    runId,
  ]);
  const after = { reprice: run.reprice, programVersion: version, ...(await readTotals(tx, shopId, runId)) };
  await recordAudit(tx, {
    shopId,
    eventId,
    at: now,
    actor,
    action: "orders.resettle",
    subject: `resettlement:${runId}`,
    after,
  });
  await continueResettlement(tx, { shopId, runId });
  return { outcome: "applying" };
}

/** Puts a preview away. What it found is dropped; nothing had been changed. */
export async function discardResettlement(
  tx: Tx,
  args: { shopId: string; runId: string; now: Date },
): Promise<{ outcome: "discarded" | "unchanged" | "no_such_run" }> {
  const { shopId, runId, now } = args;
  const discarded = await tx.query(
    `update resettlement_run set state = 'discarded', finished_at = $3
      where shop_id = $1 and run_id = $2 and state in ('previewing', 'previewed') returning 1`,
    [shopId, runId, now],
  );
  if (discarded.length === 0) {
    return { outcome: (await readResettlement(tx, shopId, runId)) ? "unchanged" : "no_such_run" };
  }
  await tx.query(`delete from resettlement_entry where shop_id = $1 and run_id = $2`, [shopId, runId]);
  return { outcome: "discarded" };
}

export async function continueResettlement(
  q: Queryable,
  args: { shopId: string; runId: string },
): Promise<void> {
  await enqueue(q, "resettle-orders", args, { jobKey: `resettle:${args.shopId}:${args.runId}` });
}

/** The newest run, or the one named. */
export async function readResettlement(
  q: Queryable,
  shopId: string,
  runId?: string,
): Promise<ResettlementRun | null> {
  const [run] = await q.query<ResettlementRun>(
    `select run_id as "runId", state, reprice, since, until, program_version as "programVersion",
            started_at as "startedAt", finished_at as "finishedAt", after_processed_at as "afterProcessedAt",
            after_order_id as "afterOrderId", orders_seen as "ordersSeen", orders_applied as "ordersApplied",
            orders_failed as "ordersFailed"
       from resettlement_run
      where shop_id = $1 and ($2::uuid is null or run_id = $2) order by started_at desc limit 1`,
    [shopId, runId ?? null],
  );
  return run ?? null;
}

/** What a run changes: as previewed, and as it was in the end where it is applied. */
export async function readTotals(q: Queryable, shopId: string, runId: string): Promise<ResettlementTotals> {
  const [totals] = await q.query<ResettlementTotals>(
    `select count(*)::int as orders, count(distinct member_id)::int as members,
            coalesce(sum(greatest(change, 0)), 0)::bigint as "pointsUp",
            coalesce(sum(least(change, 0)), 0)::bigint as "pointsDown"
       from (select member_id, coalesce(points_applied, points_after) - points_before as change
               from resettlement_entry where shop_id = $1 and run_id = $2) e`,
    [shopId, runId],
  );
  return totals ?? { orders: 0, members: 0, pointsUp: 0, pointsDown: 0 };
}

/** A sample of the orders a run changes, those that change most first. */
export function readResettlementEntries(
  q: Queryable,
  args: { shopId: string; runId: string; limit: number },
): Promise<ResettlementEntry[]> {
  return q.query(
    `select order_id as "orderId", member_id as "memberId", name, processed_at as "processedAt", state, why,
            points_before as "pointsBefore", points_after as "pointsAfter", points_applied as "pointsApplied",
            snapshot_before as "snapshotBefore", snapshot_after as "snapshotAfter"
       from resettlement_entry where shop_id = $1 and run_id = $2
      order by abs(points_after - points_before) desc, order_id limit $3`,
    [args.shopId, args.runId, args.limit],
  );
}
