/** What is wrong with a typed program, each issue at the path of its field. */
import { programSettings } from "#app/loyalty/program/settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { issuesByField } from "#app/components/shared/field-issues.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import { candidateFromForm } from "./program-form.ts";
import type { ProgramForm } from "./program-form.ts";

export type ReadForm = { ok: true; settings: ProgramSettings } | { ok: false; issues: FieldIssue[] };

/** Reads the typed form; refuses with one issue per field, the first that the schema names. */
export function settingsFromForm(form: ProgramForm, exponent: number): ReadForm {
  const candidate = candidateFromForm(form, exponent);
  const parsed = programSettings.safeParse(candidate);
  if (parsed.success) return { ok: true, settings: parsed.data };
  return { ok: false, issues: issuesByField(parsed.error.issues, candidate, fieldPath) };
}

/** The field that shows an issue: the reminders are one field of several days. */
function fieldPath(path: PropertyKey[]): string {
  return path[0] === "reminderDays" ? "reminderDays" : path.map(String).join(".");
}

/** The section of the editor a path belongs to, so that its tab can say that something in it needs a look. */
export function sectionOfPath(path: string): ProgramSection {
  const [head = ""] = path.split(".");
  switch (head) {
    case "rewards":
    case "cancelAllowed":
      return "rewards";
    case "tiers":
    case "tierRules":
      return "tiers";
    case "referral":
      return "referral";
    case "pointsName":
    case "pointsShort":
      return "names";
    case "expiry":
    case "reminderDays":
    case "reinstateDays":
    case "shortfall":
      return "expiry";
    default:
      return path === "earn.holdDays" ? "expiry" : "earn";
  }
}

export const PROGRAM_SECTIONS = ["earn", "expiry", "rewards", "tiers", "referral", "names"] as const;
export type ProgramSection = (typeof PROGRAM_SECTIONS)[number];
