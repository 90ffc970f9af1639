import { sameText } from "#app/loyalty/earning/rate-for-line.ts";
import { RULE_KINDS } from "#app/loyalty/program/earn-settings.ts";
import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { TIER_UNITS, tierAmount } from "#app/loyalty/tiers/tier-amount.ts";
import { friendOfferTitle } from "#app/loyalty/referrals/friend-discount.ts";

/** Liquid writes every price as an amount times this, whatever the currency's own minor unit is. */
const LIQUID_UNITS = 100n;

/**
 * The live program as the theme blocks read it (`app.metafields.loyalty.program`): public, and the same for
 * everybody.
 */
export function programMetafield(
  program: { version: number; settings: ProgramSettings },
  shop: { currency: string; currencyExponent: number },
) {
  const { settings, version } = program;
  const { currency, currencyExponent } = shop;
  const cash = settings.rewards.find((reward) => reward.kind === "cash" && reward.enabled);
  return {
    v: 1,
    version,
    live: true,
    currency,
    pointsName: settings.pointsName,
    pointsShort: settings.pointsShort,
    earn: {
      ...liquidRate(settings.earn, currencyExponent),
      rounding: settings.earn.rounding,
      includedTax: settings.earn.includedTax,
      cap: settings.earn.caps.perOrder,
    },
    ...liquidRules(settings.earn, currencyExponent),
    holdDays: settings.earn.holdDays,
    expiryMonths: settings.expiry.kind === "after_earning" ? settings.expiry.months : null,
    inactiveMonths: settings.expiry.kind === "inactivity" ? settings.expiry.months : null,
    expiryDay:
      settings.expiry.kind === "calendar" ? { month: settings.expiry.month, day: settings.expiry.day } : null,
    cash: cash?.kind === "cash" ? { pointValue: toDecimal(cash.pointValueMinor, currencyExponent) } : null,
    /** What tiers' thresholds are counted in. */
    tierUnit: TIER_UNITS[settings.tierRules.basis],
    tierWindow: settings.tierRules.window,
    tiers: settings.tiers.map((tier) => ({
      id: tier.id,
      name: tier.name,
      multiplier: tier.multiplier,
      color: tier.color,
      shape: tier.shape,
      threshold: tierAmount(tier.thresholdMinor, settings, currencyExponent),
      invitation: tier.invitationOnly,
    })),
    rewards: settings.rewards
      .filter((reward) => reward.enabled)
      .map((reward) => ({
        id: reward.id,
        title: reward.title,
        kind: reward.kind,
        cost: reward.kind === "cash" ? reward.minimumPoints : reward.cost,
      })),
    referral: {
      enabled: settings.referral.enabled,
      friend: friendOfferTitle({ ...shop, amountMinor: settings.referral.friendAmountMinor }),
      advocatePoints: settings.referral.advocatePoints,
    },
  };
}

/** Rules from the most to the least specific, and exclusions; words in small letters, as the engine compares them. */
function liquidRules(earn: ProgramSettings["earn"], currencyExponent: number) {
  const { exclude } = earn;
  return {
    earnExcluded: {
      productIds: exclude.productIds,
      collectionIds: exclude.collectionIds,
      tags: exclude.tags.map(sameText),
      vendors: exclude.vendors.map(sameText),
    },
    earnRules: RULE_KINDS.flatMap((match) =>
      earn.rules
        .filter((rule) => rule.match === match)
        .map((rule) => ({
          match,
          values: match === "tag" || match === "vendor" ? rule.values.map(sameText) : rule.values,
          ...liquidRate(rule, currencyExponent),
        })),
    ),
  };
}

/**
 * The earning rate in Liquid's price units, as whole numbers: 5 points per 1.00 USD is 5 per 100, 1 point per
 * 100 KRW is 1 per 10000, 1 point per 0.001 KWD is 10 per 1.
 */
export function liquidRate(
  earn: Pick<ProgramSettings["earn"], "points" | "perMinor">,
  currencyExponent: number,
): { points: number; per: number } {
  const points = BigInt(earn.points) * 10n ** BigInt(currencyExponent);
  const per = BigInt(earn.perMinor) * LIQUID_UNITS;
  const unit = 10n ** BigInt(currencyExponent);
  // Kept as the merchant wrote it where that is whole; reduced only where it must be.
  if (per % unit === 0n) return { points: earn.points, per: Number(per / unit) };
  const shared = gcd(points, per);
  return { points: Number(points / shared), per: Number(per / shared) };
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
