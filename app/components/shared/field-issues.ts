/** A schema's issues in the merchant's language, each at the path of its field. */
import type { AdminKey, Words } from "./words.ts";

/** `path` is that of the setting (`rewards.2.cost`); `code` is stable, and `limit` the bound it names. */
export interface FieldIssue {
  path: string;
  code: IssueCode;
  limit?: number;
  /** Set where a `…Minor` setting counts something else than money. */
  isCount?: true;
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
  | "retain_order"
  | "first_tier_is_everyones"
  | "day_not_in_month"
  | "repeated_id"
  | "minimum_in_steps"
  | "maximum_below_minimum"
  | "not_ids"
  | "bad_value"
  | "cap_order"
  | "no_source"
  | "not_a_time"
  | "window_order"
  | "adds_nothing"
  | "budget_below_spent"
  | "cap_above_budget"
  | "unknown_tier"
  | "no_tier"
  | "no_goods"
  | "invalid";

export type SchemaIssue = {
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
  "not_a_time",
  "window_order",
  "cap_above_budget",
]);

/**
 * One issue per field, the first that the schema names.
 *
 * @param candidate what the schema was given: an empty value is told apart from a wrong one
 * @param fieldPath the field that shows the issue of a path
 */
export function issuesByField(
  found: readonly SchemaIssue[],
  candidate: unknown,
  fieldPath: (path: PropertyKey[]) => string = (path) => path.map(String).join("."),
): FieldIssue[] {
  const byPath = new Map<string, FieldIssue>();
  for (const issue of found) {
    const path = fieldPath(issue.path);
    if (!byPath.has(path)) byPath.set(path, { path, ...classify(issue, valueAt(candidate, issue.path)) });
  }
  return [...byPath.values()];
}

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
  const isMoney = issue.path.endsWith("Minor") && !issue.isCount;
  const limit =
    issue.limit === undefined ? "" : isMoney ? words.money(issue.limit) : words.number(issue.limit);
  const key: AdminKey = `issue.${issue.code}`;
  return words.t(key, { limit });
}
