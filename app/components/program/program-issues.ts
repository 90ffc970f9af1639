/** The schema's issues in the merchant's language, each at the path of its field. */
import { programSettings } from "#app/loyalty/program/settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";
import { candidateFromForm } from "./program-form.ts";
import type { ProgramForm } from "./program-form.ts";

/** `path` is that of the setting (`rewards.2.cost`); `code` is stable, and `limit` the bound it names. */
export interface FieldIssue {
  path: string;
  code: IssueCode;
  limit?: number;
}

export type IssueCode =
  | "required"
  | "not_a_number"
  | "not_money"
  | "too_small"
  | "too_big"
  | "too_long"
  | "too_many"
  | "bad_id"
  | "bad_multiplier"
  | "bad_color"
  | "first_tier_starts_at_zero"
  | "threshold_order"
  | "retain_above_entry"
  | "first_tier_is_everyones"
  | "day_not_in_month"
  | "repeated_id"
  | "minimum_in_steps"
  | "maximum_below_minimum"
  | "not_ids"
  | "bad_value"
  | "cap_order"
  | "no_source"
  | "invalid";

export type ReadForm = { ok: true; settings: ProgramSettings } | { ok: false; issues: FieldIssue[] };

/** Reads the typed form; refuses with one issue per field, the first that the schema names. */
export function settingsFromForm(form: ProgramForm, exponent: number): ReadForm {
  const candidate = candidateFromForm(form, exponent);
  const parsed = programSettings.safeParse(candidate);
  if (parsed.success) return { ok: true, settings: parsed.data };
  const byPath = new Map<string, FieldIssue>();
  for (const issue of parsed.error.issues) {
    const path = fieldPath(issue.path);
    if (!byPath.has(path)) byPath.set(path, { path, ...classify(issue, valueAt(candidate, issue.path)) });
  }
  return { ok: false, issues: [...byPath.values()] };
}

/** The field that shows an issue: the reminders are one field of several days. */
function fieldPath(path: PropertyKey[]): string {
  return path[0] === "reminderDays" ? "reminderDays" : path.map(String).join(".");
}

type SchemaIssue = {
  code: string;
  path: PropertyKey[];
  message: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  origin?: string;
};

const CUSTOM: ReadonlySet<string> = new Set<IssueCode>([
  "first_tier_starts_at_zero",
  "threshold_order",
  "retain_above_entry",
  "first_tier_is_everyones",
  "day_not_in_month",
  "repeated_id",
  "minimum_in_steps",
  "maximum_below_minimum",
  "not_ids",
  "bad_value",
  "cap_order",
  "no_source",
]);

function classify(issue: SchemaIssue, value: unknown): { code: IssueCode; limit?: number } {
  const field = String(issue.path.at(-1) ?? "");
  if (value === undefined || value === "") return { code: "required" };
  if (field === "multiplier") return { code: "bad_multiplier" };
  if (field === "color") return { code: "bad_color" };
  switch (issue.code) {
    case "invalid_type":
      return { code: field.endsWith("Minor") ? "not_money" : "not_a_number" };
    case "too_small":
      return issue.origin === "string"
        ? { code: "required" }
        : { code: "too_small", limit: Number(issue.minimum) };
    case "too_big":
      if (issue.origin === "string") return { code: "too_long", limit: Number(issue.maximum) };
      if (issue.origin === "array") return { code: "too_many", limit: Number(issue.maximum) };
      return { code: "too_big", limit: Number(issue.maximum) };
    case "invalid_format":
      return { code: "bad_id" };
    case "custom":
      return { code: CUSTOM.has(issue.message) ? (issue.message as IssueCode) : "invalid" };
    default:
      return { code: "invalid" };
  }
}

function valueAt(root: unknown, path: PropertyKey[]): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return typeof value === "string" ? value.trim() : value;
}

/** What to write beside the field. */
export function issueText(issue: FieldIssue, words: Words): string {
  const isMoney = issue.path.endsWith("Minor");
  const limit =
    issue.limit === undefined ? "" : isMoney ? words.money(issue.limit) : words.number(issue.limit);
  const key: AdminKey = `issue.${issue.code}`;
  return words.t(key, { limit });
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
