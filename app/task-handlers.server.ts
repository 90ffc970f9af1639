import { backfillOrders } from "#app/loyalty/importing/backfill-orders.server.ts";
import { eraseCustomer } from "#app/loyalty/members/erase-customer.server.ts";
import { eraseShop } from "#app/loyalty/members/erase-shop.server.ts";
import { exportCustomer } from "#app/loyalty/members/export-customer.server.ts";
import { projectMembers } from "#app/loyalty/members/project-members.server.ts";
import { projectProgram } from "#app/loyalty/members/project-program.server.ts";
import { renewProjections } from "#app/loyalty/members/renew-projections.server.ts";
import { dropImportRows } from "#app/loyalty/importing/drop-import-rows.server.ts";
import { runImport } from "#app/loyalty/importing/run-import.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { scheduleNightly } from "#app/loyalty/nightly/schedule-nightly.server.ts";
import { claimGuestOrders } from "#app/loyalty/orders/claim-guest-orders.server.ts";
import { reconcileOrders } from "#app/loyalty/orders/reconcile-orders.server.ts";
import { resettleOrders } from "#app/loyalty/orders/resettle-orders.server.ts";
import { settleOrderJob } from "#app/loyalty/orders/settle-order-job.server.ts";
import { refreshShop } from "#app/loyalty/program/refresh-shop.server.ts";
import { fulfilReferral } from "#app/loyalty/referrals/fulfil-referral.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { closeRedemption } from "#app/loyalty/rewards/close-redemption.server.ts";
import { fulfilRedemption } from "#app/loyalty/rewards/fulfil-redemption.server.ts";
import { raiseAfterPublish } from "#app/loyalty/tiers/raise-tiers.server.ts";
import { dropPayloads } from "#app/platform/inbox/drop-payloads.server.ts";
import { enqueueAll } from "#app/platform/jobs/enqueue.server.ts";
import type { TaskHandlers, TaskRun } from "#app/platform/jobs/run-worker.server.ts";
import type { Services } from "#app/services.server.ts";
import { processInboxEvent } from "./process-inbox-event.server.ts";

/** Which function does which task. Each is idempotent, since a job may run twice. */
export const taskHandlers: TaskHandlers = {
  "process-inbox-event": quietly(processInboxEvent),
  "settle-order": settleOrderJob,
  "fulfil-redemption": fulfilRedemption,
  "close-redemption": closeRedemption,
  "project-member": quietly(projectMembers),
  "project-program": quietly(projectProgram),
  "fulfil-referral": quietly(fulfilReferral),
  "reward-referral": quietly(rewardReferral),
  "claim-guest-orders": quietly(claimGuestOrders),
  "raise-tiers": quietly(raiseAfterPublish),
  "renew-projections": quietly(renewProjections),
  "run-nightly": quietly(runNightly),
  "reconcile-orders": quietly(reconcileOrders),
  "backfill-orders": quietly(backfillOrders),
  "resettle-orders": quietly(resettleOrders),
  "run-import": runImportJob,
  "refresh-shop": quietly(refreshShop),
  "erase-customer": quietly(eraseCustomer),
  "erase-shop": quietly(eraseShop),
  "export-customer": quietly(exportCustomer),
  "schedule-nightly": quietly(scheduleNightly),
  "schedule-reconcile": scheduleReconcile,
  "drop-payloads": async ({ db, log }, _payload, { now }) => {
    const { dropped, deleted } = await dropPayloads(db, now);
    await dropImportRows(db, now);
    log.info("old webhook payloads dropped", { count: dropped + deleted });
  },
};

function runImportJob(
  services: Services,
  payload: { shopId: string; importId: string },
  run: TaskRun,
): Promise<void> {
  return runImport(services, payload, run);
}

/** A job has nobody to tell its outcome to; the functions say theirs in the log. */
function quietly<Payload>(
  work: (services: Services, payload: Payload, run: TaskRun) => Promise<unknown>,
): (services: Services, payload: Payload, run: TaskRun) => Promise<void> {
  return async (services, payload, run) => {
    await work(services, payload, run);
  };
}

async function scheduleReconcile({ db, newId }: Services): Promise<void> {
  const shops = await db.query<{ shop_id: string }>("select shop_id from shop where uninstalled_at is null");
  // With an id for the report, so that an attempt after a failure goes on with the same one.
  const jobs = shops.map(({ shop_id: shopId }) => ({
    payload: { shopId, runId: newId() },
    jobKey: `reconcile:${shopId}`,
  }));
  await enqueueAll(db, "reconcile-orders", jobs);
}
