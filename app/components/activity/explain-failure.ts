/** A failure in a merchant's words: what failed, what Dangol did about it, and the one thing to do. */
import type { ActivityEvent, ActivityJob } from "#app/loyalty/insights/read-activity.server.ts";
import type { ErrorCode } from "#app/platform/errors.ts";
import type { InboxTopic } from "#app/platform/inbox/topics.ts";
import type { TaskName } from "#app/platform/jobs/tasks.ts";
import type { AdminKey, AdminTranslate } from "#app/components/shared/words.ts";

export interface Explanation {
  what: string;
  done: string;
  todo: string;
}

const TOPICS: Record<InboxTopic | "orders/edited", AdminKey> = {
  "orders/create": "topic.order",
  "orders/paid": "topic.orderPaid",
  "orders/updated": "topic.orderUpdated",
  "orders/cancelled": "topic.orderCancelled",
  "orders/fulfilled": "topic.orderFulfilled",
  "orders/edited": "topic.orderUpdated",
  "refunds/create": "topic.refund",
  "customers/create": "topic.customer",
  "customers/update": "topic.customer",
  "customers/delete": "topic.customerDeleted",
  "customers/merge": "topic.customerMerged",
  "products/update": "topic.product",
  "products/delete": "topic.productDeleted",
  "collections/update": "topic.collection",
  "customers/data_request": "topic.dataRequest",
  "customers/redact": "topic.redact",
  "shop/redact": "topic.shopRedact",
  "shop/update": "topic.shop",
  "app/uninstalled": "topic.uninstalled",
  "app/scopes_update": "topic.scopes",
};

/** What Shopify told us, by topic. */
export function topicText(topic: string, t: AdminTranslate): string {
  const key = (TOPICS as Partial<Record<string, AdminKey>>)[topic];
  return key ? t(key) : topic;
}

/** What an event is set aside or ignored for: a code of ours, or of an error that trying again cannot mend. */
type Reason =
  | ErrorCode
  | "shop_mismatch"
  | "not_installed"
  | "erased"
  | "merged"
  | "merge_not_completed"
  | "redacted"
  | "marked_done"
  | "failed";

const REASONS: Record<Reason, AdminKey> = {
  malformed: "event.reason.malformed",
  invalid_input: "event.reason.malformed",
  not_found: "event.reason.notFound",
  conflict: "event.reason.passing",
  upstream_unavailable: "event.reason.passing",
  database_unavailable: "event.reason.passing",
  upstream_refused: "event.reason.refused",
  unauthorized: "event.reason.refused",
  configuration: "event.reason.configuration",
  failed: "event.reason.unknown",
  merged: "event.reason.merged",
  redacted: "event.reason.erased",
  shop_mismatch: "event.reason.shop_mismatch",
  not_installed: "event.reason.not_installed",
  erased: "event.reason.erased",
  merge_not_completed: "event.reason.merge_not_completed",
  invariant_violation: "event.reason.invariant",
  marked_done: "event.reason.marked_done",
};

/** Reasons that trying again cannot mend. */
const FOR_PEOPLE: Record<string, { done: AdminKey; todo: AdminKey }> = {
  shop_mismatch: { done: "event.done.mismatch", todo: "event.todo.markDone" },
};

/** Whether trying again makes sense. */
export function canRetry(event: Pick<ActivityEvent, "status" | "kept" | "reason">): boolean {
  return event.status === "parked" && event.kept && !(stemOf(event.reason) in FOR_PEOPLE);
}

function stemOf(reason: string | null): string {
  return reason?.split(":", 1)[0]?.trim() ?? "";
}

/** Why an event was set aside or needed nothing. */
export function eventReason(event: Pick<ActivityEvent, "reason" | "status">, t: AdminTranslate): string {
  const key = (REASONS as Partial<Record<string, AdminKey>>)[stemOf(event.reason)];
  if (key) return t(key);
  if (event.status === "ignored") return t("event.reason.nothing");
  return event.reason ? t("event.reason.other", { reason: event.reason }) : t("event.reason.unknown");
}

/** A parked event: nothing of it was applied, and what came is kept for a while. */
export function explainEvent(event: ActivityEvent, t: AdminTranslate): Explanation {
  const forPeople = FOR_PEOPLE[stemOf(event.reason)];
  if (forPeople) return { what: eventReason(event, t), done: t(forPeople.done), todo: t(forPeople.todo) };
  return {
    what: eventReason(event, t),
    done: t(event.kept ? "event.done.kept" : "event.done.dropped"),
    todo: t(event.kept ? "event.todo.retry" : "event.todo.reconcile"),
  };
}

const TASKS: Record<TaskName, AdminKey> = {
  "process-inbox-event": "task.process-inbox-event",
  "settle-order": "task.settle-order",
  "fulfil-redemption": "task.fulfil-redemption",
  "close-redemption": "task.close-redemption",
  "project-member": "task.project-member",
  "project-program": "task.project-program",
  "fulfil-referral": "task.fulfil-referral",
  "reward-referral": "task.reward-referral",
  "claim-guest-orders": "task.claim-guest-orders",
  "raise-tiers": "task.raise-tiers",
  "renew-projections": "task.renew-projections",
  "run-nightly": "task.run-nightly",
  "reconcile-orders": "task.reconcile-orders",
  "backfill-orders": "task.backfill-orders",
  "resettle-orders": "task.resettle-orders",
  "run-import": "task.run-import",
  "refresh-shop": "task.refresh-shop",
  "erase-customer": "task.erase-customer",
  "erase-shop": "task.erase-shop",
  "export-customer": "task.export-customer",
  "drop-payloads": "task.drop-payloads",
  "schedule-nightly": "task.schedule-nightly",
  "schedule-reconcile": "task.schedule-reconcile",
};

/** What a job was to do. */
export function taskText(task: string, t: AdminTranslate): string {
  const key = (TASKS as Partial<Record<string, AdminKey>>)[task];
  return key ? t(key) : task;
}

const EFFECTS: Partial<Record<string, AdminKey>> = {
  "fulfil-redemption": "job.effect.held",
  "close-redemption": "job.effect.held",
  "project-member": "job.effect.storefront",
  "project-program": "job.effect.storefront",
  "renew-projections": "job.effect.storefront",
  "process-inbox-event": "job.effect.event",
  "settle-order": "job.effect.event",
  "backfill-orders": "job.effect.goesOn",
  "resettle-orders": "job.effect.goesOn",
  "run-import": "job.effect.goesOn",
  "raise-tiers": "job.effect.goesOn",
  "erase-customer": "job.effect.privacy",
  "erase-shop": "job.effect.privacy",
  "export-customer": "job.effect.privacy",
};

/** A job that failed or is being tried again: what it means for the shop, and what happens next. */
export function explainJob(job: ActivityJob, t: AdminTranslate): Explanation {
  return {
    what: t(EFFECTS[job.task] ?? "job.effect.other"),
    done: t(job.state === "failed" ? "job.done.gaveUp" : "job.done.retrying", {
      attempts: job.attempts,
      max: job.maxAttempts,
    }),
    todo: t(job.state === "failed" ? "job.todo.retry" : "job.todo.wait"),
  };
}
