/** What a merchant should know of a campaign before its first order: none of it is refused. */
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { localDate } from "#app/loyalty/program/calendar.ts";
import type { EarnSettings } from "#app/loyalty/program/earn-settings.ts";
import type { Tier } from "#app/loyalty/program/settings.ts";
import type { Words } from "#app/components/shared/words.ts";
import { windowText } from "./campaign-words.ts";

/** Another campaign that orders may take part in at the same time. */
export interface OtherCampaign {
  campaignId: string;
  settings: CampaignSettings;
}

interface WarningContext {
  stacking: EarnSettings["stacking"];
  tiers: readonly Tier[];
  /** Published ones whose time is not over, this one left out. */
  others: readonly OtherCampaign[];
  /** Now, as the shop's clocks show it: `2026-12-24T00:00`. */
  nowReading: string;
  /** It is published already: that it has begun is no surprise. */
  published: boolean;
  words: Words;
}

/** In the sequence of their weight; empty when there is nothing to say. */
export function campaignWarnings(settings: CampaignSettings, context: WarningContext): string[] {
  const { words, nowReading, published } = context;
  const { t } = words;
  const { award, budget, perMember } = settings;
  const warnings: string[] = [];
  if (settings.ends !== null && settings.ends <= nowReading) warnings.push(t("campaign.warn.over"));
  else if (settings.starts < nowReading && !published) warnings.push(t("campaign.warn.began"));
  if (award.kind === "bonus") {
    const points = words.points(award.points);
    if (budget !== null && award.points > budget)
      warnings.push(t("campaign.warn.bonusAboveBudget", { points, budget: words.points(budget) }));
    else if (perMember !== null && award.points > perMember)
      warnings.push(t("campaign.warn.bonusAboveCap", { points, cap: words.points(perMember) }));
  }
  warnings.push(...idleTiers(settings, context));
  warnings.push(...overlaps(settings, context));
  if (budget === null) warnings.push(t("campaign.warn.noBudget"));
  return warnings;
}

/** Where the best multiplier alone counts, a tier with as big a one gains nothing. */
function idleTiers(settings: CampaignSettings, { stacking, tiers, words }: WarningContext): string[] {
  const { award, tierIds } = settings;
  if (stacking !== "best_only" || award.kind !== "multiplier") return [];
  const idle = tiers.filter(
    (tier) =>
      Number(tier.multiplier) >= Number(award.multiplier) &&
      (tierIds.length === 0 || tierIds.includes(tier.id)),
  );
  if (idle.length === 0) return [];
  return [
    words.t("campaign.warn.bestTier", { tiers: idle.map((tier) => tier.name[words.locale]).join(", ") }),
  ];
}

function overlaps(settings: CampaignSettings, context: WarningContext): string[] {
  return context.others
    .filter((other) => sameTime(settings, other.settings) && sameTiers(settings, other.settings))
    .map((other) => overlapText(settings, other.settings, context));
}

// Readings of one clock, so that text is enough to compare.
function sameTime(a: CampaignSettings, b: CampaignSettings): boolean {
  return (a.ends === null || b.starts < a.ends) && (b.ends === null || a.starts < b.ends);
}

function sameTiers(a: CampaignSettings, b: CampaignSettings): boolean {
  return a.tierIds.length === 0 || b.tierIds.length === 0 || a.tierIds.some((id) => b.tierIds.includes(id));
}

function overlapText(
  settings: CampaignSettings,
  other: CampaignSettings,
  { stacking, words }: WarningContext,
): string {
  const { t, locale } = words;
  const vars = { name: other.name[locale], window: windowText(other, words) };
  const [one, two] = [settings.award, other.award];
  if (one.kind !== two.kind) return t("campaign.warn.mixed", vars);
  if (one.kind === "multiplier" && two.kind === "multiplier") {
    if (stacking === "best_only") return t("campaign.warn.best", vars);
    const together = (Number(one.multiplier) * 100 * Math.round(Number(two.multiplier) * 100)) / 10_000;
    return t("campaign.warn.multiply", { ...vars, together: String(Math.round(together * 10_000) / 10_000) });
  }
  return t(stacking === "best_only" ? "campaign.warn.bestBonus" : "campaign.warn.bonuses", vars);
}

/** An instant as the shop's clocks show it, comparable with a campaign's window. */
export function wallReading(now: Date, timeZone: string): string {
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(now);
  return `${localDate(now, timeZone)}T${time}`;
}
