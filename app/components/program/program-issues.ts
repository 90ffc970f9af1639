/** What is wrong with a typed program, each issue at the path of its field. */
import { programSettings } from "#app/loyalty/program/settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { retainsOutOfOrder } from "#app/loyalty/program/tier-settings.ts";
import { issuesByField } from "#app/components/shared/field-issues.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import { readMoney } from "#app/components/shared/typed-values.ts";
import { candidateFromForm } from "./program-form.ts";
import type { ProgramForm } from "./program-form.ts";

export type ReadForm = { ok: true; settings: ProgramSettings } | { ok: false; issues: FieldIssue[] };

/** Reads the typed form; refuses with one issue per field, the first that the schema names. */
export function settingsFromForm(form: ProgramForm, exponent: number): ReadForm {
  const candidate = candidateFromForm(form, exponent);
  const parsed = programSettings.safeParse(candidate);
  const found = parsed.success
    ? []
    : issuesByField(parsed.error.issues, candidate, fieldPath).map((issue) =>
        inUnitOfTiers(issue, form.tierRules.basis),
      );
  const retains = parsed.success ? retainsOutOfOrder(parsed.data.tiers) : [];
  const disordered = retains.map((index) => ({
    path: `tiers.${index}.retainMinor`,
    code: "retain_order" as const,
  }));
  const issues = [...found, ...disordered, ...emptyOffer(form, exponent)];
  return parsed.success && issues.length === 0 ? { ok: true, settings: parsed.data } : { ok: false, issues };
}

/** An invitation has to offer something. Asked of the form alone: programs that are stored without still parse. */
function emptyOffer({ referral }: ProgramForm, exponent: number): FieldIssue[] {
  return referral.enabled && readMoney(referral.friendAmount, exponent) === 0
    ? [{ path: "referral.friendAmountMinor", code: "too_small", limit: 1 }]
    : [];
}

/** Ids are not seen: what is wrong with one is said beside the first field of its entry. */
const SHOWN_FOR_ID: Readonly<Record<string, string>> = {
  tiers: "name.en",
  rewards: "title.en",
  earn: "values",
};

/** The field that shows an issue: the reminders are one field of several days. */
function fieldPath(path: PropertyKey[]): string {
  const [head] = path;
  if (head === "reminderDays") return "reminderDays";
  if (path.at(-1) !== "id") return path.map(String).join(".");
  return [...path.slice(0, -1), SHOWN_FOR_ID[String(head)] ?? "id"].map(String).join(".");
}

/** What tiers ask for is money, unless the program counts points or orders. */
function inUnitOfTiers(issue: FieldIssue, basis: ProgramForm["tierRules"]["basis"]): FieldIssue {
  if (basis === "spent" || !/^tiers\.\d+\.(?:threshold|retain)Minor$/u.test(issue.path)) return issue;
  return { ...issue, isCount: true, code: issue.code === "not_money" ? "not_a_number" : issue.code };
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
