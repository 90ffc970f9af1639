import { pauseBackfill, startBackfill, stopBackfill } from "#app/loyalty/importing/backfill-run.server.ts";
import { saveSetup } from "#app/loyalty/insights/setup-guide.server.ts";
import { openReport } from "#app/loyalty/orders/reconcile-report.server.ts";
import {
  applyResettlement,
  discardResettlement,
  previewResettlement,
} from "#app/loyalty/orders/resettle-run.server.ts";
import { endOfLocalDay, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { notFound, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import type { AdminKey } from "#app/components/shared/words.ts";
import type { HistoryAction } from "./history-actions.ts";

const SIXTY_DAYS_MS = 60 * 24 * 3_600_000;

const TOASTS: Record<string, AdminKey> = {
  started: "backfill.toast.started",
  already_started: "backfill.toast.started",
  skipped: "backfill.toast.skipped",
  paused: "backfill.toast.paused",
  resumed: "backfill.toast.resumed",
  stopped: "backfill.toast.stopped",
  comparing: "reconcile.toast",
  previewing: "resettle.toast.preview",
  applying: "resettle.toast.applying",
  discarded: "resettle.toast.discarded",
};
const PROBLEMS: Record<string, AdminKey> = {
  busy: "backfill.problem.busy",
  preview_busy: "resettle.problem.busy",
  empty_period: "resettle.problem.empty_period",
  outdated: "resettle.problem.outdated",
};

/** Does what was asked, in one transaction. The posted key names the run it starts: posted twice, it starts one. */
export async function runHistoryAction(call: AdminCall, form: HistoryAction) {
  const t = adminTranslator(call.locale);
  const outcome = await call.services.db.transaction((tx) => act(tx, call, form));
  if (outcome === "no_such_run") return notFound();
  const problem = PROBLEMS[outcome];
  if (problem) return refuse<ActionOutcome>({ outcome, problem: t(problem) }, 409);
  const toast = TOASTS[outcome];
  const done: ActionOutcome = { outcome, ...(toast ? { toast: t(toast) } : {}) };
  return done;
}

async function act(tx: Tx, call: AdminCall, form: HistoryAction): Promise<string> {
  const { services, shopId, actor, shop } = call;
  const now = services.now();
  const asked = { shopId, actor, now };
  const { idempotencyKey } = form;
  switch (form.intent) {
    case "backfill-start": {
      const since = form.range === "all" ? null : new Date(now.getTime() - SIXTY_DAYS_MS);
      await saveSetup(tx, { shopId, step: "historyChosen", done: true });
      return (await startBackfill(tx, { ...asked, runId: idempotencyKey, since })).outcome;
    }
    case "backfill-skip":
      await saveSetup(tx, { shopId, step: "historyChosen", done: true });
      return "skipped";
    case "backfill-pause":
    case "backfill-resume": {
      const paused = form.intent === "backfill-pause";
      return (await pauseBackfill(tx, { shopId, runId: form.runId, paused })).outcome;
    }
    case "backfill-stop":
      return (await stopBackfill(tx, { ...asked, runId: form.runId, eventId: idempotencyKey })).outcome;
    case "reconcile-now": {
      // Opened here, so that the page knows at once that there is something to wait for.
      const runId = idempotencyKey;
      await openReport(tx, { ...asked, runId, since: now });
      await enqueue(
        tx,
        "reconcile-orders",
        { shopId, runId, actor },
        { jobKey: `reconcile:${shopId}:${runId}` },
      );
      return "comparing";
    }
    case "resettle-preview": {
      const since = startOfLocalDay(form.since, shop.timeZone);
      const until = endOfLocalDay(form.until, shop.timeZone);
      const reprice = form.reprice === "on";
      const args = { ...asked, runId: idempotencyKey, since, until, reprice };
      const { outcome } = await previewResettlement(tx, args);
      return {
        started: "previewing",
        already_started: "previewing",
        busy: "preview_busy",
        empty_period: outcome,
      }[outcome];
    }
    case "resettle-apply":
      return (await applyResettlement(tx, { ...asked, runId: form.runId, eventId: idempotencyKey })).outcome;
    case "resettle-discard":
      return (await discardResettlement(tx, { shopId, runId: form.runId, now })).outcome;
  }
}
