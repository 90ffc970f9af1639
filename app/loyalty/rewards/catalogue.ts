import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings, Reward } from "#app/loyalty/program/settings.ts";
import type { Locale } from "#app/platform/i18n/translate.ts";
import { cashMaximum } from "./redemption-terms.ts";

/** A reward as anybody may see it. */
export interface OfferedReward {
  id: string;
  title: string;
  kind: Reward["kind"];
  /** Points it takes; for points-as-cash the least. */
  cost: number;
  /**
   * What it is worth: money in the shop's currency (`"5.00"`), a percentage (`"10"`), or null for free shipping. For
   * points-as-cash the money that one point gives.
   */
  value: string | null;
  /** The order's subtotal from which the code works; null for any. */
  minimumSubtotal: string | null;
  codeLifeDays: number;
  /** Points-as-cash only: the amounts that may be asked for. */
  min?: number;
  step?: number;
  max?: number;
}

export type UnaffordableReason = "not_logged_in" | "blocked" | "owed" | "missing";

/** A reward as one member sees it. */
export interface MemberReward extends OfferedReward {
  affordable: boolean;
  reason: UnaffordableReason | null;
  /** Points still missing for it; 0 when affordable. */
  missing: number;
}

export interface CatalogueMember {
  state: "active" | "blocked";
  available: number;
}

/** The enabled rewards of the program, in the merchant's order. */
export function offeredRewards(
  settings: Pick<ProgramSettings, "rewards">,
  locale: Locale,
  currencyExponent: number,
): OfferedReward[] {
  return settings.rewards
    .filter((reward) => reward.enabled)
    .map((reward) => offer(reward, locale, currencyExponent));
}

/**
 * What a member can have now, and what is missing for the rest: affordable ones first, then the nearest. A balance below
 * zero affords nothing.
 *
 * @param member null for a guest
 */
export function rewardCatalogue(
  settings: Pick<ProgramSettings, "rewards">,
  member: CatalogueMember | null,
  locale: Locale,
  currencyExponent: number,
): MemberReward[] {
  const rewards = offeredRewards(settings, locale, currencyExponent).map((reward) => judge(reward, member));
  return rewards.toSorted((a, b) => Number(b.affordable) - Number(a.affordable) || a.missing - b.missing);
}

function judge(reward: OfferedReward, member: CatalogueMember | null): MemberReward {
  if (member === null) return { ...reward, affordable: false, reason: "not_logged_in", missing: reward.cost };
  const missing = Math.max(0, reward.cost - member.available);
  if (member.state === "blocked") return { ...reward, affordable: false, reason: "blocked", missing };
  if (missing === 0) {
    return {
      ...reward,
      affordable: true,
      reason: null,
      missing,
      ...affordableMaximum(reward, member.available),
    };
  }
  return { ...reward, affordable: false, reason: member.available < 0 ? "owed" : "missing", missing };
}

/** The most of points-as-cash that this balance can pay for, in whole steps. */
function affordableMaximum({ step, max }: OfferedReward, available: number): { max?: number } {
  if (step === undefined || max === undefined) return {};
  return { max: Math.min(max, available - (available % step)) };
}

function offer(reward: Reward, locale: Locale, currencyExponent: number): OfferedReward {
  const base = {
    id: reward.id,
    title: reward.title[locale],
    kind: reward.kind,
    minimumSubtotal: reward.minimumMinor > 0 ? toDecimal(reward.minimumMinor, currencyExponent) : null,
    codeLifeDays: reward.codeLifeDays,
  };
  switch (reward.kind) {
    case "amount_off":
      return { ...base, cost: reward.cost, value: toDecimal(reward.amountMinor, currencyExponent) };
    case "percentage_off":
      return { ...base, cost: reward.cost, value: String(reward.percent) };
    case "free_shipping":
      return { ...base, cost: reward.cost, value: null };
    case "cash":
      return {
        ...base,
        cost: reward.minimumPoints,
        value: toDecimal(reward.pointValueMinor, currencyExponent),
        min: reward.minimumPoints,
        step: reward.stepPoints,
        max: cashMaximum(reward),
      };
  }
}
