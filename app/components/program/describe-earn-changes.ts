/** What is new in the earn section, beyond the general rate, as a merchant would tell it. */
import { ORDER_SOURCES } from "#app/loyalty/program/earn-settings.ts";
import type { EarnRule, EarnSettings } from "#app/loyalty/program/earn-settings.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";

/** Each difference as the key of a sentence and its two sides. */
export function earnRuleChanges(
  was: EarnSettings,
  is: EarnSettings,
  words: Words,
): [AdminKey, string, string][] {
  const { t } = words;
  const none = t("change.nothing");
  const list = (values: readonly string[]) => (values.length === 0 ? none : values.join(", "));
  const rule = (entry: EarnRule) =>
    t("change.earn.rule", {
      what: t("preview.goods", { kind: t(`program.rule.${entry.match}`), which: entry.values.join(", ") }),
      rate: t("change.rate", { points: words.points(entry.points), money: words.money(entry.perMinor) }),
    });
  const rules = (earn: EarnSettings) => (earn.rules.length === 0 ? none : earn.rules.map(rule).join("; "));
  const cap = (points: number | null) => (points === null ? t("change.noLimit") : words.points(points));
  const sources = (earn: EarnSettings) =>
    list(
      ORDER_SOURCES.filter((source) => earn.sources[source]).map((source) => t(`program.source.${source}`)),
    );
  return [
    ["change.earn.stacking", t(`program.stacking.${was.stacking}`), t(`program.stacking.${is.stacking}`)],
    ["change.earn.rules", rules(was), rules(is)],
    ["change.earn.excludedProducts", list(was.exclude.productIds), list(is.exclude.productIds)],
    ["change.earn.excludedCollections", list(was.exclude.collectionIds), list(is.exclude.collectionIds)],
    ["change.earn.excludedTags", list(was.exclude.tags), list(is.exclude.tags)],
    ["change.earn.excludedVendors", list(was.exclude.vendors), list(is.exclude.vendors)],
    ["change.earn.shipping", t(`program.shipping.${was.shipping}`), t(`program.shipping.${is.shipping}`)],
    ["change.earn.tender", t(`program.tender.${was.tender}`), t(`program.tender.${is.tender}`)],
    ["change.earn.sources", sources(was), sources(is)],
    ["change.earn.perOrder", cap(was.caps.perOrder), cap(is.caps.perOrder)],
    ["change.earn.perDay", cap(was.caps.perDay), cap(is.caps.perDay)],
    ["change.earn.perMember", cap(was.caps.perMember), cap(is.caps.perMember)],
  ];
}
