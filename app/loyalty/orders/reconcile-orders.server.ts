import type { ResultOf } from "gql.tada";
import type { Tx } from "#app/platform/db/database.server.ts";
import { isRetryable } from "#app/platform/jobs/classify-failure.ts";
import { OrdersUpdatedSince } from "#app/platform/shopify/operations/orders-updated-since.ts";
import type { Services } from "#app/services.server.ts";
import { hashEmail } from "../members/hash-email.ts";
import { type Dispute, isDispute } from "./dispute.ts";
import { dataOf, fetchOrder } from "./fetch-order.server.ts";
import type { OrderDocument, Refunds } from "./order.ts";
import type { ReadOrder } from "./read-order-payload.ts";
import { changedDisputes } from "./reconcile-disputes.server.ts";
import type { OrderSketch, ReconcileEntry, Why } from "./reconcile-report.server.ts";
import {
  closeReport,
  interruptReport,
  noteEntry,
  noteFailedAgain,
  openReport,
  readFailed,
} from "./reconcile-report.server.ts";
import { recordDispute } from "./record-dispute.server.ts";
import { recordDocument } from "./record-order.server.ts";
import { settleOrder } from "./settle-order.server.ts";

/** Webhooks may come up to a day late; looking back that far costs one cheap query a page. */
const OVERLAP_MS = 24 * 3_600_000;
/** Orders that had failed before and are tried again by one run. */
const FAILED_A_RUN = 50;

export interface ReconcileReport {
  compared: number;
  mended: number;
}

interface Run {
  shopId: string;
  runId: string;
  now: Date;
}

/**
 * Compares what Shopify says of recently updated orders, of disputed ones, and of those that could not be mended before,
 * with what we hold, and settles those that differ: Shopify does not promise to deliver every webhook. Each difference is
 * kept for the merchant to read. Moves the shop's watermark only when everything up to it has been seen, so that a crash
 * looks again. Running it twice changes nothing.
 *
 * @param payload.runId names the report, so that the next attempt of a job goes on with it
 * @throws UpstreamUnavailable when Shopify does not answer (the job is tried again)
 */
export async function reconcileOrders(
  services: Services,
  payload: { shopId: string; runId?: string; actor?: string },
  { now }: { now: Date },
): Promise<ReconcileReport> {
  const { shopId } = payload;
  const [shop] = await services.db.query<{ reconciledUntil: Date | null; installedAt: Date }>(
    `select reconciled_until as "reconciledUntil", installed_at as "installedAt"
       from shop where shop_id = $1 and uninstalled_at is null`,
    [shopId],
  );
  if (!shop) return { compared: 0, mended: 0 };
  const run = { shopId, runId: payload.runId ?? services.newId(), now };
  const since = new Date(Math.min(lookBackTo(shop).getTime(), now.getTime()));
  await openReport(services.db, { ...run, actor: payload.actor ?? "system", since });
  try {
    const report = await compareAll(services, run, since);
    await services.db.transaction(async (tx) => {
      await closeReport(tx, { ...run, compared: report.compared });
      await tx.query(
        `update shop set reconciled_until = greatest(reconciled_until, $2) where shop_id = $1 and uninstalled_at is null`,
        [shopId, now],
      );
    });
    return report;
  } catch (error) {
    // The page would take it for running until somebody looks again.
    await interruptReport(services.db, run).catch(() => {});
    throw error;
  }
}

async function compareAll(services: Services, run: Run, since: Date): Promise<ReconcileReport> {
  const { shopId } = run;
  const report = await compareUpdated(services, run, since);
  const count = async (differing: Differing): Promise<void> => {
    report.compared += 1;
    if (await mend(services, run, differing)) report.mended += 1;
  };
  for (const dispute of await changedDisputes(services, shopId)) {
    await count({ orderId: dispute.orderId, why: "dispute", dispute });
  }
  // What failed in this run a moment ago waits for the next one.
  for (const failed of await readFailed(services.db, { ...run, limit: FAILED_A_RUN })) {
    await count({ ...failed, again: true });
  }
  return report;
}

/**
 * What was before the installation is the merchant's to choose (app/loyalty/importing). After a re-installation, what
 * happened while we were away is caught up with.
 */
function lookBackTo({
  reconciledUntil,
  installedAt,
}: {
  reconciledUntil: Date | null;
  installedAt: Date;
}): Date {
  if (!reconciledUntil) return installedAt;
  const overlapping = new Date(reconciledUntil.getTime() - OVERLAP_MS);
  return reconciledUntil >= installedAt && overlapping < installedAt ? installedAt : overlapping;
}

async function compareUpdated(services: Services, run: Run, since: Date): Promise<ReconcileReport> {
  const report = { compared: 0, mended: 0 };
  let after: string | null = null;
  for (;;) {
    const page: ResultOf<typeof OrdersUpdatedSince>["orders"] = dataOf(
      await services.shopify.request(run.shopId, OrdersUpdatedSince, {
        query: `updated_at:>='${since.toISOString()}'`,
        after,
      }),
    ).orders;
    report.compared += page.nodes.length;
    for (const differing of await findDiffering(services, run.shopId, page.nodes)) {
      if (await mend(services, run, differing)) report.mended += 1;
    }
    if (!page.pageInfo.hasNextPage) return report;
    after = page.pageInfo.endCursor;
  }
}

interface Differing {
  orderId: string;
  why: Why;
  dispute?: Dispute;
  /** It failed in an earlier run. */
  again?: boolean;
}

/** Those we do not know, or know only in an older state: one query a page. */
function findDiffering(
  services: Services,
  shopId: string,
  orders: readonly { legacyResourceId: string; updatedAt: string }[],
): Promise<Differing[]> {
  return services.db.query<Differing>(
    `select o.id as "orderId", case when s.updated_at is null then 'unknown_order' else 'newer_state' end as why
       from json_to_recordset($2::json) as o(id text, at timestamptz)
       left join order_state s on s.shop_id = $1 and s.order_id = o.id
      where s.updated_at is null or s.updated_at < o.at
      order by o.at`,
    [shopId, JSON.stringify(orders.map((order) => ({ id: order.legacyResourceId, at: order.updatedAt })))],
  );
}

/** One order, in a transaction of its own with its note. What cannot be mended is noted and holds up no other. */
async function mend(services: Services, run: Run, differing: Differing): Promise<boolean> {
  const { orderId, why } = differing;
  const blank = {
    orderId,
    name: null,
    why,
    shopifySays: null,
    weHeld: null,
    pointsBefore: 0,
    pointsAfter: 0,
  };
  try {
    const read = await fetchOrder(services, run.shopId, orderId);
    if (!read) {
      await noteEntry(services.db, { ...run, entry: { ...blank, outcome: "gone" } });
      return false;
    }
    return await services.db.transaction((tx) => mendWith(tx, services, run, differing, read));
  } catch (error) {
    if (isRetryable(error)) throw error;
    services.log.warn("an order could not be mended", { shopId: run.shopId, orderId, error });
    if (differing.again) await noteFailedAgain(services.db, { ...run, orderId });
    else await noteEntry(services.db, { ...run, entry: { ...blank, outcome: "failed" } });
    return false;
  }
}

async function mendWith(
  tx: Tx,
  services: Services,
  run: Run,
  { orderId, why, dispute }: Differing,
  { document, refunds, guestEmail }: ReadOrder,
): Promise<boolean> {
  const { shopId, now } = run;
  const { newId, randomBytes } = services;
  const emailHash = guestEmail === null ? null : hashEmail(services.config.hashSecret, shopId, guestEmail);
  const before = await readHeld(tx, shopId, orderId);
  const recorded = await recordDocument(tx, { shopId, document, refunds, emailHash });
  const disputed = dispute ? await recordDispute(tx, { shopId, dispute, now }) : null;
  const settled = await settleOrder(tx, { shopId, orderId, now, newId, randomBytes });
  const mended = recorded.outcome === "recorded" || disputed?.outcome === "recorded" || settled.posted !== 0;
  const entry: ReconcileEntry = {
    orderId,
    name: document.name,
    why,
    shopifySays: {
      ...sketch(document, Object.fromEntries(refunds.map((refund) => [refund.refundId, refund]))),
      ...(dispute ? { disputes: [dispute.status] } : {}),
    },
    weHeld: before.document === null ? null : sketch(before.document, before.refunds),
    pointsBefore: before.pointsHeld,
    pointsAfter: before.pointsHeld + settled.posted,
    outcome: mended ? "mended" : "unchanged",
  };
  await noteEntry(tx, { ...run, entry });
  return mended;
}

/** The order as we had it; its row is locked first, so that a webhook in between is not taken for our mending. */
async function readHeld(
  tx: Tx,
  shopId: string,
  orderId: string,
): Promise<{ document: OrderDocument | null; refunds: Refunds; pointsHeld: number }> {
  const [row] = await tx.query<{ document: OrderDocument | null; refunds: Refunds; pointsHeld: number }>(
    `select document, refunds, points_held as "pointsHeld" from order_state
      where shop_id = $1 and order_id = $2 for update`,
    [shopId, orderId],
  );
  return row ?? { document: null, refunds: {}, pointsHeld: 0 };
}

function sketch(document: OrderDocument, refunds: Refunds): OrderSketch {
  return {
    updatedAt: document.updatedAt,
    financialStatus: document.financialStatus,
    cancelled: document.cancelledAt !== null,
    refunds: Object.keys(refunds).filter((id) => !isDispute(id)).length,
  };
}
