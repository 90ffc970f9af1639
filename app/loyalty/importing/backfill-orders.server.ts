import { Malformed, UpstreamRefused, UpstreamUnavailable } from "#app/platform/errors.ts";
import { BulkOperationRunQuery } from "#app/platform/shopify/operations/bulk-operation-run-query.ts";
import { BulkOperationState } from "#app/platform/shopify/operations/bulk-operation-state.ts";
import type { Services } from "#app/services.server.ts";
import { dataOf } from "../orders/fetch-order.server.ts";
import { backfillQuery } from "./backfill-query.ts";
import type { BackfillRun } from "./backfill-run.server.ts";
import { clearStaging, continueBackfill, lockActiveRun, readBackfill } from "./backfill-run.server.ts";
import { readLines } from "./read-lines.ts";
import { settleBackfillChunk } from "./settle-backfill.server.ts";
import { stageBackfill } from "./stage-backfill.server.ts";

/** One job's share: a few seconds of work, so that pausing and stopping the process need not wait long. */
const CHUNKS_A_JOB = 40;
const SLOT_WAIT_MS = 60_000;
const POLL_MAX_MS = 30_000;
/** How often a run asks for its file before it gives up. */
const EXPORTS_MAX = 3;
/** So long Shopify keeps a file. */
const FILE_KEPT_MS = 7 * 86_400_000;

type Step = { next: "now" } | { next: "later"; at: Date } | { next: "none" };

/**
 * Takes a run one step further: ask Shopify for the export, wait for it, read it, settle what it holds. Every step is
 * repeatable, and what it did is stored before the next begins, so that a crash anywhere goes on from there.
 *
 * @param options.chunkOrders how many orders are settled in one transaction
 * @throws UpstreamUnavailable when Shopify does not answer (the job is tried again)
 */
export async function backfillOrders(
  services: Services,
  { shopId, runId }: { shopId: string; runId: string },
  { now, chunkOrders }: { now: Date; chunkOrders?: number },
): Promise<{ state: string }> {
  const run = await readBackfill(services.db, shopId, runId);
  if (!run || run.paused) return { state: run ? "paused" : "no_such_run" };
  let step: Step;
  try {
    step = await stepOf(services, shopId, run, now, chunkOrders);
  } catch (error) {
    if (!(error instanceof UpstreamRefused || error instanceof Malformed)) throw error;
    services.log.warn("reading past orders failed", { shopId, error });
    await fail(services, shopId, runId, error.code, now);
    return { state: "failed" };
  }
  if (step.next !== "none") {
    const later = step.next === "later" ? { runAt: step.at } : {};
    await continueBackfill(services.db, { shopId, runId, ...later });
  }
  return { state: (await readBackfill(services.db, shopId, runId))?.state ?? "no_such_run" };
}

function stepOf(
  services: Services,
  shopId: string,
  run: BackfillRun,
  now: Date,
  chunkOrders?: number,
): Promise<Step> | Step {
  switch (run.state) {
    case "requested":
      return requestExport(services, shopId, run, now);
    case "exporting":
      return pollExport(services, shopId, run, now);
    case "staging":
      return stage(services, shopId, run, now);
    case "settling":
      return settle(services, shopId, run, now, chunkOrders);
    default:
      return { next: "none" };
  }
}

/** An answer that is lost leaves an export nobody reads; the next attempt starts another. */
async function requestExport(services: Services, shopId: string, run: BackfillRun, now: Date): Promise<Step> {
  const query = backfillQuery(run.since?.toISOString() ?? null);
  const { bulkOperationRunQuery: answer } = dataOf(
    await services.shopify.request(shopId, BulkOperationRunQuery, { query }),
  );
  const [error] = answer?.userErrors ?? [];
  if (error?.code === "OPERATION_IN_PROGRESS" || error?.code === "LIMIT_REACHED") {
    return { next: "later", at: new Date(now.getTime() + SLOT_WAIT_MS) };
  }
  const gid = answer?.bulkOperation?.id;
  if (error || gid === undefined) throw new UpstreamRefused("bulk_query", { data: { code: error?.code } });
  await services.db.query(
    `update backfill_run set state = 'exporting', operation_gid = $3, polls = 0, exports = exports + 1
      where shop_id = $1 and run_id = $2 and state = 'requested'`,
    [shopId, run.runId, gid],
  );
  return { next: "later", at: new Date(now.getTime() + 1_000) };
}

async function pollExport(services: Services, shopId: string, run: BackfillRun, now: Date): Promise<Step> {
  const id = run.operationGid ?? "";
  const { bulkOperation: operation } = dataOf(
    await services.shopify.request(shopId, BulkOperationState, { id }),
  );
  switch (operation?.status) {
    case "CREATED":
    case "RUNNING": {
      await services.db.query(
        `update backfill_run set polls = polls + 1 where shop_id = $1 and run_id = $2 and state = 'exporting'`,
        [shopId, run.runId],
      );
      return {
        next: "later",
        at: new Date(now.getTime() + Math.min(POLL_MAX_MS, 1_000 * (run.polls + 1))),
      };
    }
    case "COMPLETED":
      // No file means that there is no order.
      await services.db.query(
        `update backfill_run set state = $4, url = $3, exported_at = $5
          where shop_id = $1 and run_id = $2 and state = 'exporting'`,
        [shopId, run.runId, operation.url ?? null, operation.url ? "staging" : "settling", now],
      );
      return { next: "now" };
    default:
      throw new UpstreamRefused("bulk_operation", {
        data: { status: operation?.status, code: operation?.errorCode },
      });
  }
}

async function stage(services: Services, shopId: string, run: BackfillRun, now: Date): Promise<Step> {
  const { runId } = run;
  const response = await fetch(run.url ?? "").catch((error: unknown) => {
    throw new UpstreamUnavailable("backfill_file", { cause: error });
  });
  if (response.status >= 500 || response.status === 429) throw new UpstreamUnavailable("backfill_file");
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    // Refused, though it should still be there: another file would be refused as well.
    if (response.status === 403 && run.exportedAt && now.getTime() - run.exportedAt.getTime() < FILE_KEPT_MS)
      throw new UpstreamRefused("backfill_file");
    if (run.exports >= EXPORTS_MAX) {
      await fail(services, shopId, runId, "file_gone", now);
      return { next: "none" };
    }
    await startOver(services, shopId, runId);
    return { next: "now" };
  }
  const lines = linesOf(response.body);
  const { outcome } = await stageBackfill(services, { shopId, runId, skip: run.linesStaged }, lines);
  if (outcome === "held") return { next: "none" };
  await services.db.query(
    `update backfill_run set state = 'settling', url = null where shop_id = $1 and run_id = $2 and state = 'staging'`,
    [shopId, runId],
  );
  return { next: "now" };
}

/** A connection that breaks in the middle of the file says so as a TypeError. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  try {
    yield* readLines(body);
  } catch (error) {
    throw error instanceof TypeError ? new UpstreamUnavailable("backfill_file", { cause: error }) : error;
  }
}

/** The file is gone (Shopify keeps it for a week): ask for a new one. Settling the same orders again changes nothing. */
async function startOver(services: Services, shopId: string, runId: string): Promise<void> {
  await services.db.transaction(async (tx) => {
    if (!(await lockActiveRun(tx, shopId, runId))) return;
    await clearStaging(tx, shopId, runId);
    await tx.query(
      `update backfill_run
          set state = 'requested', url = null, exported_at = null, operation_gid = null, lines_staged = 0, orders_found = 0
        where shop_id = $1 and run_id = $2`,
      [shopId, runId],
    );
  });
}

async function settle(
  services: Services,
  shopId: string,
  run: BackfillRun,
  now: Date,
  chunkOrders?: number,
): Promise<Step> {
  for (let chunk = 0; chunk < CHUNKS_A_JOB; chunk += 1) {
    const { outcome } = await settleBackfillChunk(services, { shopId, runId: run.runId }, now, chunkOrders);
    if (outcome === "held") return { next: "none" };
    if (outcome === "empty") {
      await finish(services, shopId, run.runId, now);
      return { next: "none" };
    }
  }
  return { next: "now" };
}

async function finish(services: Services, shopId: string, runId: string, now: Date): Promise<void> {
  await services.db.transaction(async (tx) => {
    if (!(await lockActiveRun(tx, shopId, runId))) return;
    await clearStaging(tx, shopId, runId);
    await tx.query(
      `update backfill_run set state = 'done', finished_at = $3 where shop_id = $1 and run_id = $2`,
      [shopId, runId, now],
    );
  });
}

async function fail(services: Services, shopId: string, runId: string, why: string, now: Date) {
  await services.db.transaction(async (tx) => {
    if (!(await lockActiveRun(tx, shopId, runId))) return;
    await clearStaging(tx, shopId, runId);
    await tx.query(
      `update backfill_run set state = 'failed', failure = $3, finished_at = $4 where shop_id = $1 and run_id = $2`,
      [shopId, runId, why, now],
    );
  });
}

/**
 * The same from lines at hand instead of an export of Shopify's: reads them, settles all, says what was found. For
 * measurements and for files.
 */
export async function backfillFromLines(
  services: Services,
  args: { shopId: string; runId: string; now: Date; lines: AsyncIterable<string> },
): Promise<BackfillRun | null> {
  const { shopId, runId, now, lines } = args;
  await services.db.query(
    `insert into backfill_run (shop_id, run_id, state, actor, started_at) values ($1, $2, 'staging', 'system', $3)`,
    [shopId, runId, now],
  );
  await stageBackfill(services, { shopId, runId, skip: 0 }, lines);
  while ((await settleBackfillChunk(services, { shopId, runId }, now)).outcome === "more");
  await finish(services, shopId, runId, now);
  return readBackfill(services.db, shopId, runId);
}
