/** What is wrong with a typed campaign, each issue at the path of its field. */
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { issuesByField } from "#app/components/shared/field-issues.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import { candidateFromCampaign, GOODS_FIELDS } from "./campaign-form.ts";
import type { CampaignForm } from "./campaign-form.ts";

/** What the shop says that the form alone cannot. */
export interface CampaignFacts {
  exponent: number;
  tierIds: readonly string[];
  /** Points that the campaign has given already. */
  spentPoints: number;
}

export type ReadCampaign = { ok: true; settings: CampaignSettings } | { ok: false; issues: FieldIssue[] };

/** Reads the typed form; refuses with one issue per field, the first that holds. */
export function settingsFromCampaignForm(form: CampaignForm, facts: CampaignFacts): ReadCampaign {
  const candidate = candidateFromCampaign(form, facts.exponent);
  const parsed = campaignSettings.safeParse(candidate);
  const found = parsed.success ? [] : issuesByField(parsed.error.issues, candidate, fieldPath);
  const issues = [...found.map(inItsWords), ...besideTheSchema(form, candidate, facts)];
  const first = issues.filter(
    ({ path }, index) => issues.findIndex((other) => other.path === path) === index,
  );
  if (parsed.success && first.length === 0) return { ok: true, settings: parsed.data };
  return { ok: false, issues: first };
}

/** The field that shows an issue: a list of tiers is one field. */
function fieldPath(path: PropertyKey[]): string {
  return path[0] === "tierIds" ? "tierIds" : path.map(String).join(".");
}

/** A tier may take points away, a campaign only adds: its multiplier has other bounds. */
function inItsWords(issue: FieldIssue): FieldIssue {
  if (issue.code === "bad_multiplier") return { ...issue, code: "adds_nothing" };
  // Half a time is not a missing one.
  const isTime = issue.path === "starts" || issue.path === "ends";
  return isTime && issue.code === "required" ? { ...issue, code: "not_a_time" } : issue;
}

/**
 * What the merchant said to choose and did not, and what only the shop's own state tells. What two fields say together is
 * looked at here as well: the schema does so only once each of its fields is right.
 */
function besideTheSchema(
  form: CampaignForm,
  candidate: Record<string, unknown>,
  { tierIds, spentPoints }: CampaignFacts,
): FieldIssue[] {
  const issues: FieldIssue[] = [];
  if (form.tiers === "some") {
    if (form.tierIds.length === 0) issues.push({ path: "tierIds", code: "no_tier" });
    else if (form.tierIds.some((id) => !tierIds.includes(id)))
      issues.push({ path: "tierIds", code: "unknown_tier" });
  }
  const products = candidate["products"] as CampaignSettings["products"];
  if (form.goods === "some" && GOODS_FIELDS.every(([key]) => products[key].length === 0)) {
    issues.push({ path: "products", code: "no_goods" });
  }
  const { starts, ends, budget, perMember } = candidate;
  if (typeof starts === "string" && typeof ends === "string" && ends <= starts) {
    issues.push({ path: "ends", code: "window_order" });
  }
  if (typeof budget === "number" && typeof perMember === "number" && perMember > budget) {
    issues.push({ path: "perMember", code: "cap_above_budget" });
  }
  if (typeof budget === "number" && budget >= 1 && budget < spentPoints) {
    issues.push({ path: "budget", code: "budget_below_spent", limit: spentPoints });
  }
  return issues;
}

/** The server's issues as the form's, where the two disagree about the shop's state. */
export function issuesFromServer(given: unknown, facts: Pick<CampaignFacts, "spentPoints">): FieldIssue[] {
  if (!Array.isArray(given)) return [];
  return (given as { path: PropertyKey[]; message: string }[]).map(({ path, message }) => {
    if (message === "budget_below_spent") {
      return { path: "budget", code: "budget_below_spent", limit: facts.spentPoints };
    }
    const code = message === "unknown_tier" || message === "window_order" ? message : "invalid";
    return { path: fieldPath(path), code };
  });
}
