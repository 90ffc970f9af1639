import { claimGuestOrders } from "#app/loyalty/orders/claim-guest-orders.server.ts";
import { reconcileOrders } from "#app/loyalty/orders/reconcile-orders.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { fulfilReferral } from "#app/loyalty/referrals/fulfil-referral.server.ts";
import { closeRedemption } from "#app/loyalty/rewards/close-redemption.server.ts";
import { fulfilRedemption } from "#app/loyalty/rewards/fulfil-redemption.server.ts";
import { dropPayloads } from "#app/platform/inbox/drop-payloads.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { TaskHandlers } from "#app/platform/jobs/run-worker.server.ts";
import { processInboxEvent } from "./process-inbox-event.server.ts";

const pendingOwner = async (): Promise<void> => {
  throw new Error("This task has no handler yet.");
};

/** Which function does which task. Each is idempotent: a job may run twice. */
export const taskHandlers: TaskHandlers = {
  "process-inbox-event": async (services, payload, run) => {
    await processInboxEvent(services, payload, run);
  },
  "settle-order": async ({ db, newId, randomBytes }, { shopId, orderId }, { now }) => {
    await db.transaction((tx) => settleOrder(tx, { shopId, orderId, now, newId, randomBytes }));
  },
  "fulfil-redemption": fulfilRedemption,
  "close-redemption": closeRedemption,
  "project-member": pendingOwner,
  "project-program": pendingOwner,
  "fulfil-referral": async (services, payload, run) => {
    await fulfilReferral(services, payload, run);
  },
  "reward-referral": pendingOwner,
  "claim-guest-orders": async (services, payload, run) => {
    await claimGuestOrders(services, payload, run);
  },
  "run-nightly": pendingOwner,
  "reconcile-orders": async (services, payload, run) => {
    await reconcileOrders(services, payload, run);
  },
  "install-shop": pendingOwner,
  "erase-customer": pendingOwner,
  "erase-shop": pendingOwner,
  "export-customer": pendingOwner,
  "drop-payloads": async ({ db, log }, _payload, { now }) => {
    const { dropped, deleted } = await dropPayloads(db, now);
    log.info("old webhook payloads dropped", { count: dropped, outcome: `${deleted} rows deleted` });
  },
  "schedule-nightly": pendingOwner,
  "schedule-reconcile": async ({ db }) => {
    const shops = await db.query<{ shop_id: string }>("select shop_id from shop where uninstalled_at is null");
    for (const { shop_id: shopId } of shops) {
      await enqueue(db, "reconcile-orders", { shopId }, { jobKey: `reconcile:${shopId}` });
    }
  },
};
