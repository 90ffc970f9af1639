/** Which rate a line of an order earns at: exclusions first, then the most specific rule that fits. Pure. */
import type { EarnRule, EarnSettings } from "../program/earn-settings.ts";
import { RULE_KINDS } from "../program/earn-settings.ts";

/** What Shopify says of a product, as far as rules ask for it. */
export interface ProductFacts {
  vendor: string | null;
  tags: readonly string[];
  collectionIds: readonly string[];
}

/** What a line earns at, and for what reason: `all`, `excluded`, or the kind of the rule. `points` 0 earns nothing. */
export interface LineRate {
  points: number;
  perMinor: number;
  why: "all" | "excluded" | EarnRule["match"];
  ruleId?: string;
}

export interface RatedGoods {
  productId: string | null;
  variantId: string | null;
}

type RateSettings = Pick<EarnSettings, "points" | "perMinor" | "rules" | "exclude">;

/**
 * @param facts of the line's product; null for goods without a product, which only the general rate can fit
 */
export function rateForLine(goods: RatedGoods, facts: ProductFacts | null, earn: RateSettings): LineRate {
  const base: LineRate = { points: earn.points, perMinor: earn.perMinor, why: "all" };
  if (isExcluded(goods, facts, earn.exclude)) return { points: 0, perMinor: 1, why: "excluded" };
  for (const kind of RULE_KINDS) {
    const rule = earn.rules.find((entry) => entry.match === kind && fits(entry, goods, facts));
    if (rule) return { points: rule.points, perMinor: rule.perMinor, why: kind, ruleId: rule.id };
  }
  return base;
}

/** Whether pricing needs to know products at all: ids are on the line itself, everything else must be asked. */
export function needsProductFacts({ rules, exclude }: Pick<EarnSettings, "rules" | "exclude">): boolean {
  return (
    rules.some((rule) => rule.match === "collection" || rule.match === "tag" || rule.match === "vendor") ||
    exclude.collectionIds.length > 0 ||
    exclude.tags.length > 0 ||
    exclude.vendors.length > 0
  );
}

/** Whether every line earns at the one general rate. */
export function hasOneRate({ rules, exclude }: Pick<EarnSettings, "rules" | "exclude">): boolean {
  return rules.length === 0 && exclude.productIds.length === 0 && !needsProductFacts({ rules, exclude });
}

/** Tags and vendors are the same whatever their letters' case, as in Shopify's own searches. */
export function sameText(a: string): string {
  return a.trim().toLowerCase();
}

function fits(rule: EarnRule, goods: RatedGoods, facts: ProductFacts | null): boolean {
  switch (rule.match) {
    case "variant":
      return goods.variantId !== null && rule.values.includes(goods.variantId);
    case "product":
      return goods.productId !== null && rule.values.includes(goods.productId);
    case "collection":
      return hasAny(rule.values, facts?.collectionIds ?? []);
    case "tag":
      return hasAnyText(rule.values, facts?.tags ?? []);
    case "vendor":
      return hasAnyText(rule.values, facts?.vendor ? [facts.vendor] : []);
  }
}

function isExcluded(
  goods: RatedGoods,
  facts: ProductFacts | null,
  exclude: EarnSettings["exclude"],
): boolean {
  return (
    (goods.productId !== null && exclude.productIds.includes(goods.productId)) ||
    hasAny(exclude.collectionIds, facts?.collectionIds ?? []) ||
    hasAnyText(exclude.tags, facts?.tags ?? []) ||
    hasAnyText(exclude.vendors, facts?.vendor ? [facts.vendor] : [])
  );
}

/** Whether one of the ids is among those wanted. */
export function hasAny(wanted: readonly string[], given: readonly string[]): boolean {
  return given.some((value) => wanted.includes(value));
}

/** The same for tags and vendors. */
export function hasAnyText(wanted: readonly string[], given: readonly string[]): boolean {
  return hasAny(wanted.map(sameText), given.map(sameText));
}
