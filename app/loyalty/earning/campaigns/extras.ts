/**
 * What campaigns add to an order's award: T₀ is the award by rates and tier, Tₖ the award with the first k campaigns, each
 * rounded once; campaign k adds Tₖ − Tₖ₋₁, cut at its limit and spread over its own goods by largest remainder. Pure.
 */
import {
  awardPoints,
  divide,
  hundredths,
  lcm,
  spread,
  type Award,
  type AwardArgs,
  type EarningPart,
  type Rounding,
} from "../award-points.ts";
import type { CampaignSettings } from "./campaign-settings.ts";

/**
 * `multiplied`: a line earns at the tier's multiplier times those of its campaigns, and bonuses add up. `best_only`: at the
 * biggest of them alone, and of several bonuses at the biggest.
 */
export type Stacking = "multiplied" | "best_only";

export interface CampaignTerms {
  award: CampaignSettings["award"];
  /** By part of the order: whether it takes part. */
  takesPart: readonly boolean[];
  /** The most it may give this order; null for no limit. */
  limit: number | null;
}

export interface Extra {
  /** After its limit and the order's cap. The parts add up to it. */
  awarded: number;
  parts: number[];
  /** After its limit alone. */
  withinLimit: number;
  /** What its limit cut off. */
  cut: number;
}

/** What the rules give by themselves, what each campaign adds to it, and the sum of both. */
export interface WholeAward {
  total: number;
  /** The total before a cap cut it. */
  uncapped: number;
  base: Award;
  /** In the sequence of the campaigns given. */
  extras: Extra[];
}

type CampaignArgs = AwardArgs & { campaigns: readonly CampaignTerms[]; stacking: Stacking };

/**
 * The award by the rules and the tier, and what each campaign adds. Base and extras each have parts that add up; a cap cuts
 * the campaigns, last one first, before the base.
 */
export function awardWithCampaigns(entries: readonly EarningPart[], args: CampaignArgs): WholeAward {
  const base = awardPoints(entries, args);
  const extras = extrasOf(entries, args, args.cap == null ? null : args.cap - base.total);
  const given = extras.reduce((sum, { awarded }) => sum + awarded, 0);
  const within = extras.reduce((sum, { withinLimit }) => sum + withinLimit, 0);
  return { total: base.total + given, uncapped: base.uncapped + within, base, extras };
}

interface Step {
  extra: bigint;
  /** In which proportions it goes to the parts. */
  weights: bigint[];
}

/** @param room what the order's cap leaves for all of them; null without a cap */
function extrasOf(entries: readonly EarningPart[], args: CampaignArgs, room: number | null): Extra[] {
  let left = room === null ? null : Math.max(0, room);
  const best = args.stacking === "best_only";
  // Who has nothing to give leaves the place of the biggest to the next.
  const usable = args.campaigns.map((campaign) => !(best && campaign.limit === 0));
  return stepsOf(entries, { ...args, usable }).map((step, index) => {
    const extra = Number(step.extra);
    const limit = args.campaigns[index]?.limit ?? null;
    const withinLimit = limit === null ? extra : Math.min(extra, limit);
    const awarded = left === null ? withinLimit : Math.min(withinLimit, left);
    if (left !== null) left -= awarded;
    const weight = step.weights.reduce((sum, part) => sum + part, 0n);
    const total = BigInt(awarded);
    const parts =
      weight === 0n
        ? entries.map(() => 0)
        : spread(
            step.weights.map((part) => part * total),
            weight,
            total,
          );
    return { awarded, parts, withinLimit, cut: extra - withinLimit };
  });
}

type StepArgs = Pick<AwardArgs, "multiplier" | "rounding" | "share"> & {
  campaigns: readonly CampaignTerms[];
  stacking: Stacking;
  usable: readonly boolean[];
};

function stepsOf(entries: readonly EarningPart[], args: StepArgs): Step[] {
  const share = args.share ?? { num: 1n, den: 1n };
  const common = entries.reduce((all, entry) => lcm(all, BigInt(entry.perMinor)), 1n);
  const plain = entries.map(
    (entry) =>
      BigInt(entry.eligibleMinor) * BigInt(entry.points) * (common / BigInt(entry.perMinor)) * share.num,
  );
  const tier = hundredths(args.multiplier);
  const unit = common * 100n * share.den;
  const goods = entries.map((entry) => (entry.points > 0 ? BigInt(entry.eligibleMinor) : 0n));
  let factors: Factor[] = entries.map(() => ({ num: tier, den: 1n }));
  let bonus = 0n;
  return args.campaigns.map((campaign, index): Step => {
    const mine = (amounts: readonly bigint[]) =>
      amounts.map((amount, part) => (campaign.takesPart[part] === true ? amount : 0n));
    if (args.usable[index] === false) return { extra: 0n, weights: entries.map(() => 0n) };
    if (campaign.award.kind === "bonus") {
      const weights = mine(goods);
      const paid = (sumOf(weights) * share.num) / share.den;
      const earned = paid > 0n && paid >= BigInt(campaign.award.minimumMinor);
      const points = earned ? BigInt(campaign.award.points) : 0n;
      const after = args.stacking === "best_only" ? max(bonus, points) : bonus + points;
      const extra = after - bonus;
      bonus = after;
      return { extra, weights };
    }
    const multiplier = hundredths(campaign.award.multiplier);
    const next = factors.map((factor, part) =>
      campaign.takesPart[part] === true ? raise(factor, multiplier, args.stacking) : factor,
    );
    const [was, is] = [valuesOf(plain, factors), valuesOf(plain, next)];
    // Over one denominator, so that the two can be compared.
    const weights = is.values.map((value, part) => value * was.den - (was.values[part] ?? 0n) * is.den);
    const extra = rounded(is, unit, args.rounding) - rounded(was, unit, args.rounding);
    factors = next;
    return { extra, weights };
  });
}

/** A line's multiplier in hundredths, as a fraction. */
interface Factor {
  num: bigint;
  den: bigint;
}

function raise(factor: Factor, multiplier: bigint, stacking: Stacking): Factor {
  if (stacking === "multiplied") return { num: factor.num * multiplier, den: factor.den * 100n };
  return { num: max(factor.num, multiplier), den: 1n };
}

function valuesOf(plain: readonly bigint[], factors: readonly Factor[]): { values: bigint[]; den: bigint } {
  const den = factors.reduce((all, factor) => max(all, factor.den), 1n);
  return {
    den,
    values: plain.map((amount, part) => {
      const factor = factors[part] ?? { num: 0n, den: 1n };
      return amount * factor.num * (den / factor.den);
    }),
  };
}

function rounded(
  { values, den }: { values: readonly bigint[]; den: bigint },
  unit: bigint,
  rounding: Rounding,
): bigint {
  return divide(sumOf(values), unit * den, rounding);
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
