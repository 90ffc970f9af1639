/** A campaign in words: in a table, in a sentence, and field by field. */
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { Tier } from "#app/loyalty/program/settings.ts";
import { formatDateTime } from "#app/platform/i18n/translate.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";
import { GOODS_FIELDS } from "./campaign-form.ts";

export type TierName = Pick<Tier, "id" | "name">;

/** A reading of the shop's clocks as people write it. It is one already, so no zone may move it. */
export function wallText(reading: string, words: Pick<Words, "locale">): string {
  return formatDateTime(new Date(`${reading}:00Z`), "UTC", words.locale);
}

/** "×2 points", "+500P an order from $50.00". */
export function givesText({ award }: Pick<CampaignSettings, "award">, words: Words): string {
  if (award.kind === "multiplier") {
    return words.t("campaign.gives.multiplier", { multiplier: award.multiplier });
  }
  const points = words.points(award.points);
  return award.minimumMinor > 0
    ? words.t("campaign.gives.bonusFrom", { points, money: words.money(award.minimumMinor) })
    : words.t("campaign.gives.bonus", { points });
}

/** "Dec 24, 2026, 12:00 AM – Jan 1, 2027, 12:00 AM". */
export function windowText(
  { starts, ends }: Pick<CampaignSettings, "starts" | "ends">,
  words: Words,
): string {
  const from = wallText(starts, words);
  return ends === null
    ? words.t("campaign.window.open", { starts: from })
    : words.t("campaign.window.until", { starts: from, ends: wallText(ends, words) });
}

/** The whole of a campaign, as one would tell it: for whom, what, when, and how much at most. */
export function campaignSentence(
  settings: CampaignSettings,
  tiers: readonly TierName[],
  words: Words,
): string {
  const { t } = words;
  const { award, starts, ends } = settings;
  const vars = {
    who: whoText(settings, tiers, words),
    goods: goodsText(settings, words),
    window:
      ends === null
        ? t("campaign.says.openWindow", { starts: wallText(starts, words) })
        : t("campaign.says.window", { starts: wallText(starts, words), ends: wallText(ends, words) }),
  };
  const parts = [
    award.kind === "multiplier"
      ? t("campaign.sentence.multiplier", { ...vars, multiplier: award.multiplier })
      : t(award.minimumMinor > 0 ? "campaign.sentence.bonusFrom" : "campaign.sentence.bonus", {
          ...vars,
          points: words.points(award.points),
          money: words.money(award.minimumMinor),
        }),
  ];
  if (settings.budget !== null)
    parts.push(t("campaign.sentence.budget", { points: words.points(settings.budget) }));
  if (settings.perMember !== null)
    parts.push(t("campaign.sentence.perMember", { points: words.points(settings.perMember) }));
  return parts.join(" ");
}

/** "Members who have not ordered for 90 days (Gold, VIP)". */
export function whoText(
  { segment, tierIds }: Pick<CampaignSettings, "segment" | "tierIds">,
  tiers: readonly TierName[],
  words: Words,
): string {
  const { t } = words;
  const who = t(`campaign.says.${segment.kind}`, "days" in segment ? { count: segment.days } : {});
  if (tierIds.length === 0) return who;
  return t("campaign.says.tiers", { who, tiers: tierNames(tierIds, tiers, words).join(", ") });
}

/** The names of tiers; one that is no longer there is told by its id. */
export function tierNames(ids: readonly string[], tiers: readonly TierName[], words: Words): string[] {
  return ids.map(
    (id) =>
      tiers.find((tier) => tier.id === id)?.name[words.locale] ?? words.t("campaign.tiers.missing", { id }),
  );
}

function goodsText({ products, award }: Pick<CampaignSettings, "products" | "award">, words: Words): string {
  const { t } = words;
  const parts = GOODS_FIELDS.filter(([key]) => products[key].length > 0).map(([key]) =>
    key === "tags" || key === "vendors"
      ? t(`campaign.says.${key}`, { words: products[key].join(", ") })
      : t(`campaign.says.${key}`, { count: products[key].length }),
  );
  return parts.length === 0
    ? // An order need not hold all of them for a bonus.
      t(award.kind === "bonus" ? "campaign.says.anyGoods" : "campaign.says.allGoods")
    : t("campaign.says.goods", { list: parts.join(", ") });
}

/** Each setting with its name and its value in words, for reading and for telling what changed. */
export function campaignRows(
  settings: CampaignSettings,
  tiers: readonly TierName[],
  words: Words,
): { key: AdminKey; value: string }[] {
  const { t } = words;
  const limit = (points: number | null) =>
    points === null ? t("campaign.changes.noLimit") : words.points(points);
  const goods = GOODS_FIELDS.filter(([key]) => settings.products[key].length > 0).map(
    ([key]) => `${t(`campaign.goods.${key}`)} ${settings.products[key].join(", ")}`,
  );
  return [
    { key: "campaign.changes.name", value: `${settings.name.en} / ${settings.name.ko}` },
    { key: "campaign.changes.window", value: windowText(settings, words) },
    { key: "campaign.changes.who", value: whoText(settings, tiers, words) },
    {
      key: "campaign.changes.goods",
      value: goods.length === 0 ? t("campaign.goods.all") : goods.join("; "),
    },
    { key: "campaign.changes.award", value: givesText(settings, words) },
    { key: "campaign.changes.budget", value: limit(settings.budget) },
    { key: "campaign.changes.perMember", value: limit(settings.perMember) },
  ];
}

/** What differs between two states of a campaign, a line each. */
export function campaignChanges(
  before: CampaignSettings,
  after: CampaignSettings,
  tiers: readonly TierName[],
  words: Words,
): string[] {
  const was = campaignRows(before, tiers, words);
  return campaignRows(after, tiers, words).flatMap(({ key, value }, index) => {
    const from = was[index]?.value ?? "";
    return from === value ? [] : [words.t("campaign.changes.line", { what: words.t(key), from, to: value })];
  });
}
