import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { friendOfferTitle, offerMoney } from "#app/loyalty/referrals/friend-discount.ts";
import { TIER_UNITS, tierAmount } from "#app/loyalty/tiers/tier-amount.ts";
import { formatMoney, type Locale, pointsText } from "#app/platform/i18n/translate.ts";
import { offeredRewards, type OfferedReward } from "../catalogue.ts";
import type { StorefrontTranslate } from "./storefront-translator.ts";

export interface ProgramDescription {
  currency: string;
  pointsName: string;
  pointsShort: string;
  earning: { id: string; title: string; detail: string; points: number; per: string | null }[];
  rewards: OfferedReward[];
  tiers: {
    id: string;
    name: string;
    multiplier: string;
    color: string;
    shape: string;
    threshold: string;
    unit: "money" | "points" | "orders";
    invitationOnly: boolean;
  }[];
  referral: { friend: string | null; advocatePoints: number } | null;
}

/** The program as everybody may see it, in one language: names, ways to earn, rewards, tiers, and the referral offer. */
export function describeProgram(
  settings: ProgramSettings,
  shop: { currency: string; currencyExponent: number },
  locale: Locale,
  t: StorefrontTranslate,
): ProgramDescription {
  const { currency, currencyExponent } = shop;
  const { earn, referral, pointsShort } = settings;
  const points = (count: number): string => pointsText(count, pointsShort, locale);
  const money = (minor: number): string => formatMoney(minor, currency, currencyExponent, locale);
  const earning: ProgramDescription["earning"] = [
    {
      id: "order",
      title: t("earn.order.title"),
      detail: t("earn.order.detail", { points: points(earn.points), amount: money(earn.perMinor) }),
      points: earn.points,
      per: toDecimal(earn.perMinor, currencyExponent),
    },
  ];
  if (referral.enabled && referral.friendAmountMinor > 0 && referral.advocatePoints > 0) {
    earning.push({
      id: "referral",
      title: t("earn.referral.title"),
      detail: t(REFERRAL_DETAILS[earn.on][earn.holdDays > 0 ? "held" : "atOnce"], {
        points: points(referral.advocatePoints),
      }),
      points: referral.advocatePoints,
      per: null,
    });
  }
  return {
    currency,
    pointsName: settings.pointsName[locale],
    pointsShort: pointsShort[locale],
    earning,
    rewards: offeredRewards(settings, locale, currencyExponent),
    tiers: settings.tiers.map(({ id, name, multiplier, color, shape, thresholdMinor, invitationOnly }) => ({
      id,
      name: name[locale],
      multiplier,
      color,
      shape,
      threshold: tierAmount(thresholdMinor, settings, currencyExponent),
      unit: TIER_UNITS[settings.tierRules.basis],
      invitationOnly,
    })),
    referral: referral.enabled
      ? { friend: friendSentence(referral, shop, locale, t), advocatePoints: referral.advocatePoints }
      : null,
  };
}

const REFERRAL_DETAILS = {
  paid: { atOnce: "earn.referral.detail", held: "earn.referral.detail_hold" },
  fulfilled: { atOnce: "earn.referral.detail_sent", held: "earn.referral.detail_sent_hold" },
} as const;

/** What an invited friend gets and when, in words; null when the program gives them nothing. */
export function friendSentence(
  referral: Pick<ProgramSettings["referral"], "friendAmountMinor" | "friendMinimumMinor">,
  shop: { currency: string; currencyExponent: number },
  locale: Locale,
  t: StorefrontTranslate,
): string | null {
  const { friendAmountMinor: amountMinor, friendMinimumMinor } = referral;
  if (amountMinor === 0) return null;
  const { currency, currencyExponent } = shop;
  const offer = friendOfferTitle({ amountMinor, currency, currencyExponent })[locale];
  return friendMinimumMinor > 0
    ? t("referral.friendMinimum", { offer, minimum: offerMoney(friendMinimumMinor, shop, locale) })
    : t("referral.friend", { offer });
}
