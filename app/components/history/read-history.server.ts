import {
  ACTIVE_STATES,
  readBackfill,
  readBackfillFailures,
  type BackfillRun,
} from "#app/loyalty/importing/backfill-run.server.ts";
import { grantedScopes } from "#app/loyalty/insights/granted-scopes.server.ts";
import { readSetup } from "#app/loyalty/insights/setup-guide.server.ts";
import type { AwardSnapshot } from "#app/loyalty/orders/order.ts";
import {
  readReconciliationEntries,
  readReconciliations,
} from "#app/loyalty/orders/reconcile-report.server.ts";
import {
  readResettlement,
  readResettlementEntries,
  readTotals,
  type ResettlementRun,
} from "#app/loyalty/orders/resettle-run.server.ts";
import type { Services } from "#app/services.server.ts";
import type { Json, RateView } from "./history-views.ts";

const SHOWN = 10;

/** Everything the page of past orders shows, without what it does not need of it. */
export async function readHistory(services: Services, shopId: string) {
  const { db } = services;
  const [run, granted, setup, runs, differences, resettlement] = await Promise.all([
    readBackfill(db, shopId),
    grantedScopes(services, shopId),
    readSetup(db, shopId),
    readReconciliations(db, { shopId, limit: SHOWN }),
    readReconciliationEntries(db, { shopId, limit: SHOWN }),
    readResettlement(db, shopId),
  ]);
  const failures =
    run && run.ordersFailed > 0
      ? await readBackfillFailures(db, { shopId, runId: run.runId, limit: SHOWN })
      : [];
  const backfill = run && { ...json(shownOf(run)), active: ACTIVE_STATES.includes(run.state) };
  return {
    now: services.now().toISOString(),
    backfill,
    failures: failures.map(({ orderId, name, failure }) => ({
      orderId,
      name,
      gone: failure === "not_found",
    })),
    allOrders: (granted ?? "").split(",").includes("read_all_orders"),
    chosen: setup.history,
    runs: runs.map(json),
    differences: differences.map(json),
    resettlement: resettlement && (await readResettled(services, shopId, resettlement)),
    underWay:
      (backfill?.active === true && !run?.paused) ||
      runs.some(({ state }) => state === "running") ||
      resettlement?.state === "previewing" ||
      resettlement?.state === "applying",
  };
}

function shownOf({ url: _url, operationGid: _gid, ...shown }: BackfillRun) {
  return shown;
}

async function readResettled({ db }: Services, shopId: string, run: ResettlementRun) {
  const { runId } = run;
  const [totals, orders] = await Promise.all([
    readTotals(db, shopId, runId),
    readResettlementEntries(db, { shopId, runId, limit: SHOWN }),
  ]);
  return {
    ...json(run),
    totals,
    orders: orders.map(({ snapshotBefore, snapshotAfter, processedAt: _at, ...order }) => ({
      ...order,
      pointsAfter: order.pointsApplied ?? order.pointsAfter,
      before: rateOf(snapshotBefore),
      after: rateOf(snapshotAfter),
    })),
  };
}

function json<Row extends object>(row: Row): Json<Row> {
  return JSON.parse(JSON.stringify(row)) as Json<Row>;
}

function rateOf(snapshot: AwardSnapshot | null): RateView | null {
  if (!snapshot) return null;
  const { programVersion, points, perMinor, multiplier } = snapshot;
  return { programVersion, points, perMinor, multiplier };
}
