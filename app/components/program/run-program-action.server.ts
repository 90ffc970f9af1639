import type { z } from "zod";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { Conflict } from "#app/platform/errors.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { discardDraft, listVersions, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import { notFound, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import { createTranslator } from "#app/platform/i18n/translate.ts";
import { adminEn } from "#app/platform/i18n/messages/admin.en.ts";
import { adminKo } from "#app/platform/i18n/messages/admin.ko.ts";
import type { programAction } from "./program-actions.ts";
import { settingsFromForm } from "./program-issues.ts";

export interface ProgramOutcome extends ActionOutcome {
  /** The editor may take the stored settings over. */
  done: boolean;
  issues?: FieldIssue[];
}

/**
 * Saves, publishes or forgets a draft. Each may be posted twice: saving replaces the draft by the same, publishing a
 * version that is live changes nothing, and a draft that is gone is gone.
 */
export async function runProgramAction(call: AdminCall, form: z.infer<typeof programAction>) {
  const { services, shopId, actor, shop } = call;
  const { db } = services;
  const now = services.now();
  const t = createTranslator(call.locale, call.locale === "ko" ? adminKo : adminEn);
  switch (form.intent) {
    case "save-draft": {
      const read = settingsFromForm(form.form, shop.currencyExponent);
      if (!read.ok) {
        const problem = t("program.issues.title", { count: read.issues.length });
        return refuse<ProgramOutcome>({ outcome: "invalid", done: false, problem, issues: read.issues });
      }
      await db.transaction((tx) => saveDraft(tx, { shopId, settings: read.settings, actor, now }));
      return done("draft_saved", t("program.toast.saved"));
    }
    case "publish": {
      const { version, note } = form;
      const eventId = services.newId();
      try {
        const { outcome } = await db.transaction(async (tx) => {
          const args = { shopId, version, actor, now, eventId };
          const published = await publishDraft(tx, note === "" ? args : { ...args, note });
          await enqueue(tx, "project-program", { shopId }, { jobKey: `project-program:${shopId}` });
          return published;
        });
        return done(outcome, t("program.toast.published"));
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        return refuse<ProgramOutcome>(
          { outcome: "draft_changed", done: false, problem: t("publish.conflict") },
          409,
        );
      }
    }
    case "discard-draft": {
      const { outcome } = await db.transaction((tx) => discardDraft(tx, { shopId }));
      return done(outcome, t("program.toast.discarded"));
    }
    case "restore": {
      const version = (await listVersions(db, shopId)).find((entry) => entry.version === form.version);
      if (!version || version.status === "draft") return notFound();
      await db.transaction((tx) => saveDraft(tx, { shopId, settings: version.settings, actor, now }));
      return done("restored", t("program.toast.restored", { version: form.version }));
    }
  }
}

function done(outcome: string, toast: string): ProgramOutcome {
  return { outcome, done: true, toast };
}
