import type { z } from "zod";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { Conflict } from "#app/platform/errors.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { discardDraft, listVersions, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import { notFound, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import type { AdminKey } from "#app/components/shared/words.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import type { programAction } from "./program-actions.ts";
import { settingsFromForm } from "./program-issues.ts";

export interface ProgramOutcome extends ActionOutcome {
  intent: ProgramAction["intent"];
  /** The editor may take the stored settings over. */
  done: boolean;
  issues?: FieldIssue[];
}

type ProgramAction = z.infer<typeof programAction>;

const CHANGED: Record<ProgramAction["intent"], AdminKey> = {
  "save-draft": "draft.changed",
  publish: "publish.conflict",
  "discard-draft": "draft.changed.nothingDone",
  restore: "draft.changed.nothingDone",
};

/**
 * Saves, publishes or forgets a draft, unless another is stored than was looked at. Each may be posted twice: saving what
 * is saved and publishing a version that is live change nothing, and a draft that is gone is gone.
 */
export async function runProgramAction(call: AdminCall, form: ProgramAction) {
  try {
    return await act(call, form);
  } catch (error) {
    if (!(error instanceof Conflict && error.message === "draft_changed")) throw error;
    const { intent } = form;
    const problem = adminTranslator(call.locale)(CHANGED[intent]);
    return refuse<ProgramOutcome>({ intent, outcome: "draft_changed", done: false, problem }, 409);
  }
}

async function act(call: AdminCall, form: ProgramAction) {
  const { services, shopId, actor, shop } = call;
  const { db } = services;
  const { intent, seen } = form;
  const now = services.now();
  const t = adminTranslator(call.locale);
  const done = (outcome: string, toast: string): ProgramOutcome => ({ intent, outcome, done: true, toast });
  switch (form.intent) {
    case "save-draft": {
      const read = settingsFromForm(form.form, shop.currencyExponent);
      if (!read.ok) {
        const problem = t("program.issues.title", { count: read.issues.length });
        const { issues } = read;
        return refuse<ProgramOutcome>({ intent, outcome: "invalid", done: false, problem, issues });
      }
      const { settings } = read;
      await db.transaction((tx) => saveDraft(tx, { shopId, settings, seen, actor, now }));
      return done("draft_saved", t("program.toast.saved"));
    }
    case "publish": {
      const { version, note } = form;
      const eventId = services.newId();
      const { outcome } = await db.transaction(async (tx) => {
        const args = { shopId, version, seen, actor, now, eventId };
        const published = await publishDraft(tx, note === "" ? args : { ...args, note });
        await enqueue(tx, "project-program", { shopId }, { jobKey: `project-program:${shopId}` });
        return published;
      });
      return done(outcome, t("program.toast.published"));
    }
    case "discard-draft": {
      const { outcome } = await db.transaction((tx) => discardDraft(tx, { shopId, seen }));
      return done(outcome, t("program.toast.discarded"));
    }
    case "restore": {
      const version = (await listVersions(db, shopId)).find((entry) => entry.version === form.version);
      if (!version || version.status === "draft") return notFound();
      const { settings } = version;
      await db.transaction((tx) => saveDraft(tx, { shopId, settings, seen, actor, now }));
      return done("restored", t("program.toast.restored", { version: form.version }));
    }
  }
}
