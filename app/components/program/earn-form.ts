/** The editor's earn section as typed text; program-form.ts holds it among the others. */
import { z } from "zod";
import { ORDER_SOURCES, RULE_KINDS } from "#app/loyalty/program/earn-settings.ts";
import type { EarnSettings } from "#app/loyalty/program/earn-settings.ts";
import { minorToText } from "#app/components/shared/money-text.ts";
import { listOf } from "#app/components/shared/typed-list.ts";

const typed = z.string().max(60);
/** Many ids or words, separated by commas or lines. */
const typedList = z.string().max(70_000);

export const earnForm = z.strictObject({
  points: typed,
  per: typed,
  rounding: z.enum(["down", "nearest", "up"]),
  stacking: z.enum(["multiplied", "best_only"]),
  on: z.enum(["paid", "fulfilled"]),
  holdDays: typed,
  includedTax: z.enum(["earns", "excluded"]),
  testOrders: z.boolean(),
  rules: z
    .array(
      z.strictObject({ id: typed, match: z.enum(RULE_KINDS), values: typedList, points: typed, per: typed }),
    )
    .max(200),
  exclude: z.strictObject({
    productIds: typedList,
    collectionIds: typedList,
    tags: typedList,
    vendors: typedList,
  }),
  shipping: z.enum(["excluded", "earns"]),
  tender: z.enum(["money", "all"]),
  caps: z.strictObject({ perOrder: typed, perDay: typed, perMember: typed }),
  sources: z.strictObject({
    online: z.boolean(),
    pos: z.boolean(),
    draft: z.boolean(),
    subscription: z.boolean(),
  }),
});

export type EarnForm = z.infer<typeof earnForm>;
export type EarnRuleForm = EarnForm["rules"][number];

/** Fills the section from stored settings. */
export function earnToForm(earn: EarnSettings, exponent: number): EarnForm {
  const { caps, exclude } = earn;
  const cap = (points: number | null) => (points === null ? "" : String(points));
  return {
    points: String(earn.points),
    per: minorToText(earn.perMinor, exponent),
    rounding: earn.rounding,
    stacking: earn.stacking,
    on: earn.on,
    holdDays: String(earn.holdDays),
    includedTax: earn.includedTax,
    testOrders: earn.testOrders,
    rules: earn.rules.map((rule) => ({
      id: rule.id,
      match: rule.match,
      values: rule.values.join(", "),
      points: String(rule.points),
      per: minorToText(rule.perMinor, exponent),
    })),
    exclude: {
      productIds: exclude.productIds.join(", "),
      collectionIds: exclude.collectionIds.join(", "),
      tags: exclude.tags.join(", "),
      vendors: exclude.vendors.join(", "),
    },
    shipping: earn.shipping,
    tender: earn.tender,
    caps: { perOrder: cap(caps.perOrder), perDay: cap(caps.perDay), perMember: cap(caps.perMember) },
    sources: Object.fromEntries(
      ORDER_SOURCES.map((source) => [source, earn.sources[source]]),
    ) as EarnForm["sources"],
  };
}

/**
 * Reads the typed text into a candidate for the schema; what cannot be read stays as it was typed.
 *
 * @param read how the other sections read whole numbers and money
 */
export function candidateEarn(
  form: EarnForm,
  read: {
    whole(text: string): number | string | undefined;
    money(text: string): number | string | undefined;
  },
): Record<string, unknown> {
  const { caps, exclude } = form;
  const cap = (text: string) => (text.trim() === "" ? null : read.whole(text));
  return {
    points: read.whole(form.points),
    perMinor: read.money(form.per),
    rounding: form.rounding,
    stacking: form.stacking,
    on: form.on,
    holdDays: read.whole(form.holdDays),
    includedTax: form.includedTax,
    testOrders: form.testOrders,
    rules: form.rules.map((rule) => {
      const values = listOf(rule.values);
      return {
        id: rule.id,
        match: rule.match,
        values: values.length > 0 ? values : undefined,
        points: read.whole(rule.points),
        perMinor: read.money(rule.per),
      };
    }),
    exclude: {
      productIds: listOf(exclude.productIds),
      collectionIds: listOf(exclude.collectionIds),
      tags: listOf(exclude.tags),
      vendors: listOf(exclude.vendors),
    },
    shipping: form.shipping,
    tender: form.tender,
    caps: { perOrder: cap(caps.perOrder), perDay: cap(caps.perDay), perMember: cap(caps.perMember) },
    sources: form.sources,
  };
}

/**
 * A new rule; its goods and rate are for the merchant to say.
 *
 * @param suffix what sets its id apart from every other rule's
 */
export function newRule(form: EarnForm, suffix: string): EarnRuleForm {
  return { id: `rule-${suffix}`, match: "tag", values: "", points: form.points, per: form.per };
}
