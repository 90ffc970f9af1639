/** The doors of the product that histories go through, in one module, so that a restart can load all of it anew. */
export { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
export { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
export { ensureMember } from "#app/loyalty/members/ensure-member.server.ts";
export { setMemberBlocked } from "#app/loyalty/members/set-member-blocked.server.ts";
export { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
export { recordDocuments, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
export { readOrderPayload } from "#app/loyalty/orders/read-order-payload.ts";
export { settleOrderJob } from "#app/loyalty/orders/settle-order-job.server.ts";
export { settleOrders } from "#app/loyalty/orders/settle-order.server.ts";
export { publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
export { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
export { closeRedemption } from "#app/loyalty/rewards/close-redemption.server.ts";
export { fulfilRedemption } from "#app/loyalty/rewards/fulfil-redemption.server.ts";
export { requestRedemption } from "#app/loyalty/rewards/request-redemption.server.ts";
export { raiseAfterPublish } from "#app/loyalty/tiers/raise-tiers.server.ts";
export { openDatabase } from "#app/platform/db/database.server.ts";
export { storeDeliveries } from "#app/platform/inbox/store-deliveries.server.ts";
export { processInboxEvent } from "#app/process-inbox-event.server.ts";
