import { sameText } from "#app/loyalty/earning/rate-for-line.ts";
import { RULE_KINDS } from "#app/loyalty/program/earn-settings.ts";
import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { TIER_UNITS, tierAmount } from "#app/loyalty/tiers/tier-amount.ts";
import { friendOffer, friendOfferTitle } from "#app/loyalty/referrals/friend-discount.ts";

/** Liquid writes every price as an amount times this, whatever the currency's own minor unit is. */
const LIQUID_UNITS = 100n;

/**
 * Shopify takes no JSON metafield above 128 KB since version 2026-04 of its API (2 MB before). Every page of a storefront
 * reads this one, so it stays well below.
 */
export const PROGRAM_METAFIELD_MAX_BYTES = 100_000;

/**
 * The live program as the theme blocks read it (`app.metafields.loyalty.program`): public, and the same for
 * everybody. Never longer than PROGRAM_METAFIELD_MAX_BYTES: names, tiers and rewards always fit, of other rates and
 * exclusions as many as do.
 */
export function programMetafield(
  program: { version: number; settings: ProgramSettings },
  shop: { currency: string; currencyExponent: number },
) {
  const { settings, version } = program;
  const { currency, currencyExponent } = shop;
  const cash = settings.rewards.find((reward) => reward.kind === "cash" && reward.enabled);
  const rest = {
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
      on: settings.earn.on,
    },
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
      // A program stored with nothing for the friend refuses every friend, so none is invited.
      enabled: friendOffer(settings.referral, shop) !== null,
      friend: friendOfferTitle({ ...shop, amountMinor: settings.referral.friendAmountMinor }),
      advocatePoints: settings.referral.advocatePoints,
    },
  };
  const room = PROGRAM_METAFIELD_MAX_BYTES - sizeOf({ ...rest, ...NO_RULES });
  return { ...rest, ...rulesThatFit(settings.earn, currencyExponent, room) };
}

/** What of a program the storefront has no room for: so many other rates, and whether the exclusions. */
export function storefrontGaps(
  settings: ProgramSettings,
  shop: { currency: string; currencyExponent: number },
): { rules: number; exclusions: boolean } {
  const { earnRules, earnHidden } = programMetafield({ version: 1, settings }, shop);
  return { rules: settings.earn.rules.length - earnRules.length, exclusions: earnHidden };
}

interface LiquidRules {
  earnExcluded: ProgramSettings["earn"]["exclude"];
  earnRules: { match: string; values: string[]; points: number; per: number }[];
  /** Set where some rates found no room: what no listed rate fits earns at this one at least. */
  earnFrom: { points: number; per: number } | null;
  /** Whether the exclusions found no room: a page then promises nothing, since it cannot tell what is excluded. */
  earnHidden: boolean;
}

const NO_RULES: LiquidRules = {
  earnExcluded: { productIds: [], collectionIds: [], tags: [], vendors: [] },
  earnRules: [],
  // As long as any rate can be.
  earnFrom: { points: Number.MAX_SAFE_INTEGER, per: Number.MAX_SAFE_INTEGER },
  earnHidden: false,
};

/**
 * Exclusions first, which come before all rates, then rates in their sequence up to the first that has no room: what one
 * of those listed fits is then priced exactly.
 */
function rulesThatFit(earn: ProgramSettings["earn"], currencyExponent: number, room: number): LiquidRules {
  const { earnExcluded, earnRules } = liquidRules(earn, currencyExponent);
  let left = room - sizeOf(earnExcluded);
  const earnHidden = left < 0;
  if (earnHidden) left = room;
  const count = earnRules.findIndex((rule) => {
    // And the comma after it.
    left -= sizeOf(rule) + 1;
    return left < 0;
  });
  const listed = count === -1 ? earnRules : earnRules.slice(0, count);
  const rates = [liquidRate(earn, currencyExponent), ...earnRules.slice(listed.length)];
  return {
    earnExcluded: earnHidden ? NO_RULES.earnExcluded : earnExcluded,
    earnRules: listed,
    earnFrom: rates.length > 1 ? lowestOf(rates) : null,
    earnHidden,
  };
}

function lowestOf(rates: readonly { points: number; per: number }[]): { points: number; per: number } {
  const { points, per } = rates.reduce((low, rate) =>
    BigInt(rate.points) * BigInt(low.per) < BigInt(low.points) * BigInt(rate.per) ? rate : low,
  );
  return { points, per };
}

/** As Shopify counts a value: the bytes of its JSON. */
function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** Rules from the most to the least specific, and exclusions; words in small letters, as the engine compares them. */
function liquidRules(
  earn: ProgramSettings["earn"],
  currencyExponent: number,
): Pick<LiquidRules, "earnExcluded" | "earnRules"> {
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
