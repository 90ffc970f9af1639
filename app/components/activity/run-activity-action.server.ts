import type { z } from "zod";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { markEventDone, retryEvents, retryJobs } from "#app/loyalty/insights/retry-failures.server.ts";
import type { RetryOutcome } from "#app/loyalty/insights/retry-failures.server.ts";
import { decideReferral } from "#app/loyalty/referrals/decide-referral.server.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import { notFound, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import type { activityAction } from "./activity-actions.ts";

/**
 * Puts what failed in this shop back in line, and writes what the merchant decides. What is no longer there to retry or
 * decide is said, and another shop's is not there.
 */
export async function runActivityAction(call: AdminCall, form: z.infer<typeof activityAction>) {
  const { services, shopId, locale, actor } = call;
  const now = services.now();
  const t = adminTranslator(locale);
  if (form.intent === "mark-done") {
    const args = { shopId, webhookId: form.webhookId, actor, now, eventId: services.newId() };
    const { outcome } = await services.db.transaction((tx) => markEventDone(tx, args));
    if (outcome === "no_such_event") return notFound();
    const marked: ActionOutcome = { outcome, toast: t("activity.toast.markedDone") };
    return marked;
  }
  if (form.intent === "reward-referral" || form.intent === "refuse-referral") {
    const decision = form.intent === "reward-referral" ? "reward" : "refuse";
    const args = {
      shopId,
      referralId: form.referralId,
      decision,
      actor,
      now,
      eventId: services.newId(),
    } as const;
    const { outcome } = await services.db.transaction((tx) => decideReferral(tx, args));
    if (outcome === "no_such_referral") return notFound();
    if (outcome === "not_under_review") {
      return refuse<ActionOutcome>({ outcome, problem: t("reviews.gone") }, 409);
    }
    const toast = t(decision === "reward" ? "reviews.toast.approved" : "reviews.toast.declined");
    const decided: ActionOutcome = { outcome, toast };
    return decided;
  }
  const outcomes = await services.db.transaction(async (tx): Promise<RetryOutcome[]> => {
    switch (form.intent) {
      case "retry-event":
        return [await retryEvents(tx, { shopId, webhookId: form.webhookId })];
      case "retry-job":
        return [await retryJobs(tx, { shopId, jobId: form.jobId, now })];
      case "retry-all":
        return [
          await retryEvents(tx, { shopId, webhookId: null }),
          await retryJobs(tx, { shopId, jobId: null, now }),
        ];
    }
  });
  const count = outcomes.reduce((sum, entry) => sum + (entry.outcome === "queued" ? entry.count : 0), 0);
  if (count === 0) {
    const status = form.intent === "retry-all" ? 409 : 404;
    return refuse<ActionOutcome>({ outcome: "nothing_to_retry", problem: t("activity.nothing") }, status);
  }
  const queued: ActionOutcome = { outcome: "queued", toast: t("activity.toast", { count }) };
  return queued;
}
