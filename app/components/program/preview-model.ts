/** What the preview shows, worked out from settings alone: a member with a believable balance looks at a product. */
import { pointValue, worthOf } from "#app/loyalty/insights/point-value.ts";
import type { EarnRule, EarnSettings } from "#app/loyalty/program/earn-settings.ts";
import type { ProgramSettings, Reward, Tier } from "#app/loyalty/program/settings.ts";
import { nextTier } from "#app/loyalty/tiers/tier-at.ts";
import type { Words } from "#app/components/shared/words.ts";
import { exampleOrderMinor, examplePoints, tierAmountText } from "./program-sentences.ts";

export interface PreviewModel {
  price: string;
  productLine: string;
  /** The same product where another rate applies to it, and what earns nothing; the first few. */
  ruleLines: string[];
  /** What an order, a day and a member can earn at most. */
  capLines: string[];
  balance: string;
  worth: string | null;
  tierId: string;
  tier: { name: string; shape: Tier["shape"]; color: string } | null;
  nextTier: string | null;
  rewards: { id: string; title: string; cost: string; affordable: boolean; progress: number }[];
  referral: string | null;
}

/** @param tierId the tier of the imagined member; the lowest when there is none of that id */
export function previewModel(
  settings: ProgramSettings,
  words: Words,
  exponent: number,
  tierId: string,
): PreviewModel {
  const { t, locale } = words;
  const tier = settings.tiers.find((entry) => entry.id === tierId) ?? settings.tiers[0] ?? null;
  const priceMinor = exampleOrderMinor(exponent);
  const earned = words.points(examplePoints(settings, priceMinor, tier?.multiplier ?? "1"));
  const balance = believableBalance(settings);
  const value = pointValue(settings);
  const next = tier ? nextTier(settings, tier.id, tier.thresholdMinor) : null;
  const multiplied = tier !== null && Number(tier.multiplier) !== 1;
  return {
    price: words.money(priceMinor),
    productLine: multiplied
      ? t("preview.earnTier", { points: earned, tier: tier.name[locale], multiplier: tier.multiplier })
      : t("preview.earn", { points: earned }),
    ruleLines: ruleLines(settings, words, priceMinor, tier?.multiplier ?? "1"),
    capLines: capLines(settings.earn.caps, words),
    balance: words.points(balance),
    worth: value ? t("preview.worth", { money: words.money(Math.floor(worthOf(balance, value))) }) : null,
    tierId: tier?.id ?? "",
    tier: tier ? { name: tier.name[locale], shape: tier.shape, color: tier.color } : null,
    nextTier: next
      ? t("preview.nextTier", {
          money: tierAmountText(next.remaining, settings.tierRules.basis, words),
          tier: next.tier.name[locale],
        })
      : null,
    rewards: settings.rewards
      .filter((reward) => reward.enabled)
      .map((reward) => previewReward(reward, balance, words))
      .sort((one, other) => Number(other.affordable) - Number(one.affordable)),
    referral: settings.referral.enabled
      ? t("preview.referral", {
          friend: words.money(settings.referral.friendAmountMinor),
          points: words.points(settings.referral.advocatePoints),
        })
      : null,
  };
}

const RULES_SHOWN = 3;

function ruleLines(
  { earn, ...settings }: ProgramSettings,
  words: Words,
  priceMinor: number,
  multiplier: string,
): string[] {
  const { t } = words;
  const lines = earn.rules.slice(0, RULES_SHOWN).map((rule) =>
    t("preview.rule", {
      what: goodsOf(rule, words),
      points: words.points(examplePoints({ ...settings, earn }, priceMinor, multiplier, rule)),
    }),
  );
  const more = earn.rules.length - RULES_SHOWN;
  if (more > 0) lines.push(t("preview.moreRules", { count: more }));
  if (Object.values(earn.exclude).some((values) => values.length > 0)) lines.push(t("preview.excluded"));
  return lines;
}

/** Tags and vendors are words; what goes by a number in Shopify is only counted here. */
function goodsOf({ match, values }: EarnRule, { t }: Words): string {
  const worded = match === "tag" || match === "vendor";
  const which = worded ? values.slice(0, RULES_SHOWN).join(", ") : String(values.length);
  return t(worded ? "preview.goods" : "preview.goodsCounted", { kind: t(`program.rule.${match}`), which });
}

function capLines(caps: EarnSettings["caps"], words: Words): string[] {
  return (["perOrder", "perDay", "perMember"] as const).flatMap((kind) => {
    const points = caps[kind];
    return points === null ? [] : [words.t(`preview.cap.${kind}`, { points: words.points(points) })];
  });
}

function previewReward(reward: Reward, balance: number, words: Words): PreviewModel["rewards"][number] {
  const cost = costOf(reward);
  return {
    id: reward.id,
    title: reward.title[words.locale],
    cost:
      reward.kind === "cash" ? words.t("preview.from", { points: words.points(cost) }) : words.points(cost),
    affordable: cost <= balance,
    progress: Math.min(100, Math.round((balance / cost) * 100)),
  };
}

function costOf(reward: Reward): number {
  return reward.kind === "cash" ? reward.minimumPoints : reward.cost;
}

/** Enough for the cheaper half of the rewards, so that both kinds of row are seen. */
function believableBalance(settings: ProgramSettings): number {
  const costs = settings.rewards
    .filter((reward) => reward.enabled)
    .map(costOf)
    .sort((one, other) => one - other);
  const middle = costs[Math.floor((costs.length - 1) / 2)] ?? 1000;
  return Math.round(middle * 1.25);
}
