import type { Tx } from "#app/platform/db/database.server.ts";
import { isRetryable } from "#app/platform/jobs/classify-failure.ts";
import type { Services } from "#app/services.server.ts";
import { fetchMissingFacts } from "./fetch-missing-facts.server.ts";
import { liveProgram } from "../program/program.server.ts";
import type { AwardSnapshot } from "./order.ts";
import type { ResettlementEntry, ResettlementRun } from "./resettle-run.server.ts";
import { continueResettlement, readResettlement } from "./resettle-run.server.ts";
import { settleOrder } from "./settle-order.server.ts";

const CHUNK_ORDERS = 50;
/** One job's share: a few seconds of work. */
const CHUNKS_A_JOB = 20;

/**
 * Takes a run one step further. Its preview settles each order in a transaction that is rolled back: what is shown is by
 * construction what settling does. Applying settles each order that the preview named in a transaction of its own, so that
 * a crash goes on with the next, and doing it twice changes nothing more. One that re-prices stops as soon as another
 * program is live than the one it was previewed by; what it has applied stays.
 */
export async function resettleOrders(
  services: Services,
  { shopId, runId }: { shopId: string; runId: string },
  { now }: { now: Date },
): Promise<{ state: string }> {
  for (let chunk = 0; chunk < CHUNKS_A_JOB; chunk += 1) {
    const run = await readResettlement(services.db, shopId, runId);
    if (run?.state === "previewing") await previewChunk(services, shopId, run, now);
    else if (run?.state === "applying") await applyChunk(services, shopId, run, now);
    else return { state: run?.state ?? "no_such_run" };
  }
  await continueResettlement(services.db, { shopId, runId });
  return { state: "more" };
}

type Found = Omit<ResettlementEntry, "state" | "pointsApplied">;

async function previewChunk(
  services: Services,
  shopId: string,
  run: ResettlementRun,
  now: Date,
): Promise<void> {
  const orders = await services.db.query<{ orderId: string; processedAt: Date }>(
    `select order_id as "orderId", processed_at as "processedAt" from order_state
      where shop_id = $1 and document is not null and processed_at >= $2 and processed_at < $3
        and ($4::timestamptz is null or (processed_at, order_id) > ($4, $5))
      order by processed_at, order_id limit ${CHUNK_ORDERS}`,
    [shopId, run.since, run.until, run.afterProcessedAt, run.afterOrderId],
  );
  const found: Found[] = [];
  let failed = 0;
  for (const { orderId } of orders) {
    try {
      const tried = await tryToSettle(services, { shopId, orderId, reprice: run.reprice, now });
      if (tried.pointsBefore !== tried.pointsAfter) found.push(tried);
    } catch (error) {
      if (isRetryable(error)) throw error;
      services.log.warn("an order could not be settled again", { shopId, orderId, error });
      failed += 1;
    }
  }
  const last = orders.at(-1);
  const over = orders.length < CHUNK_ORDERS;
  await services.db.transaction(async (tx) => {
    const moved = await tx.query(
      `update resettlement_run
          set after_processed_at = coalesce($4, after_processed_at), after_order_id = coalesce($5, after_order_id),
              orders_seen = orders_seen + $6, orders_failed = orders_failed + $7,
              state = case when $8 then 'previewed' else state end, previewed_at = case when $8 then $9::timestamptz end
        where shop_id = $1 and run_id = $2 and state = 'previewing' and after_order_id is not distinct from $3
        returning 1`,
      [
        shopId,
        run.runId,
        run.afterOrderId,
        last?.processedAt ?? null,
        last?.orderId ?? null,
        orders.length,
        failed,
        over,
        now,
      ],
    );
    // Put away meanwhile, or another process was here first.
    if (moved.length === 0) return;
    await tx.query(
      `insert into resettlement_entry (shop_id, run_id, order_id, member_id, name, processed_at, state, why,
                                       points_before, points_after, snapshot_before, snapshot_after)
       select $1, $2, e."orderId", e."memberId", e.name, e."processedAt", 'planned', e.why,
              e."pointsBefore", e."pointsAfter", e."snapshotBefore", e."snapshotAfter"
         from json_to_recordset($3::json) as e("orderId" text, "memberId" uuid, name text, "processedAt" timestamptz,
              why text, "pointsBefore" bigint, "pointsAfter" bigint, "snapshotBefore" jsonb, "snapshotAfter" jsonb)
       on conflict do nothing`,
      [shopId, run.runId, JSON.stringify(found)],
    );
  });
}

async function applyChunk(
  services: Services,
  shopId: string,
  run: ResettlementRun,
  now: Date,
): Promise<void> {
  const { runId, reprice } = run;
  const planned = await services.db.query<{ orderId: string }>(
    `select order_id as "orderId" from resettlement_entry
      where shop_id = $1 and run_id = $2 and state = 'planned'
      order by processed_at, order_id limit ${CHUNK_ORDERS}`,
    [shopId, runId],
  );
  for (const { orderId } of planned) {
    try {
      if (reprice) await fetchMissingFacts(services, { shopId, orderId, now, anew: true });
      const outcome = await services.db.transaction((tx) =>
        applyOrder(tx, services, run, { shopId, orderId, reprice, now }),
      );
      if (outcome === "stopped") return;
    } catch (error) {
      if (isRetryable(error)) throw error;
      services.log.warn("an order could not be settled again", { shopId, orderId, error });
      await services.db.query(
        `with failed as (
           update resettlement_entry set state = 'failed'
            where shop_id = $1 and run_id = $2 and order_id = $3 and state = 'planned' returning 1)
         update resettlement_run set orders_failed = orders_failed + (select count(*) from failed)
          where shop_id = $1 and run_id = $2`,
        [shopId, runId, orderId],
      );
    }
  }
  if (planned.length === CHUNK_ORDERS) return;
  await services.db.query(
    `update resettlement_run set state = 'done', finished_at = $3
      where shop_id = $1 and run_id = $2 and state = 'applying'
        and not exists (select 1 from resettlement_entry
                         where shop_id = $1 and run_id = $2 and state = 'planned')`,
    [shopId, runId, now],
  );
}

async function applyOrder(
  tx: Tx,
  services: Services,
  { runId, programVersion }: ResettlementRun,
  args: SettleAgain,
): Promise<"applied" | "stopped" | "applied_before"> {
  const { shopId, orderId, now } = args;
  if (args.reprice && !(await isStillLive(tx, shopId, programVersion))) {
    await stop(tx, shopId, runId, now);
    return "stopped";
  }
  const mine = await tx.query(
    `select 1 from resettlement_entry
      where shop_id = $1 and run_id = $2 and order_id = $3 and state = 'planned' for update`,
    [shopId, runId, orderId],
  );
  if (mine.length === 0) return "applied_before";
  const settled = await settleAgain(tx, services, args);
  await tx.query(
    `update resettlement_entry
        set state = 'applied', points_before = $4, points_applied = $5, snapshot_before = $6::jsonb,
            snapshot_after = $7::jsonb
      where shop_id = $1 and run_id = $2 and order_id = $3`,
    [
      shopId,
      runId,
      orderId,
      settled.pointsBefore,
      settled.pointsAfter,
      settled.snapshotBefore && JSON.stringify(settled.snapshotBefore),
      settled.snapshotAfter && JSON.stringify(settled.snapshotAfter),
    ],
  );
  await tx.query(
    `update resettlement_run set orders_applied = orders_applied + 1 where shop_id = $1 and run_id = $2`,
    [shopId, runId],
  );
  return "applied";
}

/** The shop's row is locked until the transaction ends: nothing is published meanwhile. */
async function isStillLive(tx: Tx, shopId: string, version: number): Promise<boolean> {
  await tx.query(`select 1 from shop where shop_id = $1 for share`, [shopId]);
  return (await liveProgram(tx, shopId)).version === version;
}

/** What was still to be applied is dropped: it was found by a program that is no more. */
async function stop(tx: Tx, shopId: string, runId: string, now: Date): Promise<void> {
  await tx.query(
    `update resettlement_run set state = 'stopped', finished_at = $3
      where shop_id = $1 and run_id = $2 and state = 'applying'`,
    [shopId, runId, now],
  );
  await tx.query(`delete from resettlement_entry where shop_id = $1 and run_id = $2 and state = 'planned'`, [
    shopId,
    runId,
  ]);
}

/** Carries what was found out of a transaction that must not happen. */
class RolledBack extends Error {
  readonly found: Found;

  constructor(found: Found) {
    super("rolled back");
    this.found = found;
  }
}

async function tryToSettle(services: Services, args: SettleAgain): Promise<Found> {
  // Today's rules may ask what the rules of then did not: Shopify is asked before, not within.
  if (args.reprice) await fetchMissingFacts(services, { ...args, anew: true });
  try {
    return await services.db.transaction(async (tx): Promise<Found> => {
      throw new RolledBack(await settleAgain(tx, services, args));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.found;
    throw error;
  }
}

interface SettleAgain {
  shopId: string;
  orderId: string;
  reprice: boolean;
  now: Date;
}

interface Held {
  memberId: string | null;
  name: string | null;
  processedAt: Date;
  points: number;
  snapshot: AwardSnapshot | null;
}

/** Settles an order from what is stored; re-priced, as if awarded now. The award it had is in what is returned. */
async function settleAgain(
  tx: Tx,
  { newId, randomBytes }: Services,
  { shopId, orderId, reprice, now }: SettleAgain,
): Promise<Found> {
  const before = await readHeld(tx, shopId, orderId);
  const { repriced } = await settleOrder(tx, { shopId, orderId, now, newId, randomBytes, anew: reprice });
  const after = await readHeld(tx, shopId, orderId);
  return {
    orderId,
    memberId: after.memberId,
    name: after.name,
    processedAt: after.processedAt,
    why: repriced ? "repriced" : "settled_again",
    pointsBefore: before.points,
    pointsAfter: after.points,
    snapshotBefore: before.snapshot,
    snapshotAfter: after.snapshot,
  };
}

async function readHeld(tx: Tx, shopId: string, orderId: string): Promise<Held> {
  const [row] = await tx.query<Held>(
    `select member_id as "memberId", name, processed_at as "processedAt", points_held as points, snapshot
       from order_state where shop_id = $1 and order_id = $2 for update`,
    [shopId, orderId],
  );
  if (!row) throw new TypeError("an order left its table");
  return row;
}
