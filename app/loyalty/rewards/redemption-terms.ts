import { addDays, endOfLocalDay, localDate } from "#app/loyalty/program/calendar.ts";
import { LIMITS, type Reward } from "#app/loyalty/program/settings.ts";
import { codeTitle } from "./code-title.ts";

/** What a code takes off. */
export type RedemptionValue =
  | { kind: "amount"; amountMinor: number }
  | { kind: "percentage"; percent: number }
  | { kind: "free_shipping" };

/**
 * A reward as it was promised to one member: frozen with the redemption, so that neither a changed program nor a retry
 * a week later makes another code of it.
 */
export interface RedemptionTerms {
  rewardId: string;
  kind: Reward["kind"];
  title: { en: string; ko: string };
  points: number;
  value: RedemptionValue;
  currency: string;
  currencyExponent: number;
  minimumMinor: number;
  combinesWith: Reward["combinesWith"];
  /** ISO instants. The code ends with the last second of its last day in the shop's time zone. */
  startsAt: string;
  endsAt: string;
  /** The discount's name in the merchant's list; with the customer it proves that a code found by look-up is ours. */
  codeTitle: string;
  programVersion: number;
}

export type PointsRefusal =
  | "points_required"
  | "below_minimum"
  | "above_maximum"
  | "not_in_steps"
  | "not_the_cost";

export type Priced =
  | { ok: true; points: number; value: RedemptionValue }
  | { ok: false; reason: PointsRefusal };

/**
 * How many points a request for a reward takes, and what it gives. Only points-as-cash lets the member choose; for
 * every other reward a number that is not its cost is refused rather than ignored.
 */
export function priceReward(reward: Reward, asked: number | undefined): Priced {
  if (reward.kind === "cash") return priceCash(reward, asked);
  if (asked !== undefined && asked !== reward.cost) return { ok: false, reason: "not_the_cost" };
  return { ok: true, points: reward.cost, value: fixedValue(reward) };
}

/** The most points that points-as-cash takes at once: the merchant's maximum, or what money can still be counted. */
export function cashMaximum(reward: Extract<Reward, { kind: "cash" }>): number {
  const countable = Math.min(LIMITS.costMax, Math.floor(LIMITS.amountMinorMax / reward.pointValueMinor));
  const most = Math.min(reward.maximumPoints ?? countable, countable);
  return most - (most % reward.stepPoints);
}

/** Freezes a reward at the points asked for. `now` is when the member asked. */
export function freezeTerms(
  reward: Reward,
  priced: { points: number; value: RedemptionValue },
  context: {
    redemptionId: string;
    programVersion: number;
    now: Date;
    shop: { currency: string; currencyExponent: number; timeZone: string };
  },
): RedemptionTerms {
  const { shop, now } = context;
  return {
    rewardId: reward.id,
    kind: reward.kind,
    title: { en: reward.title.en, ko: reward.title.ko },
    points: priced.points,
    value: priced.value,
    currency: shop.currency,
    currencyExponent: shop.currencyExponent,
    minimumMinor: reward.minimumMinor,
    combinesWith: { ...reward.combinesWith },
    startsAt: now.toISOString(),
    endsAt: codeEnd(now, reward.codeLifeDays, shop.timeZone).toISOString(),
    codeTitle: codeTitle(reward.title.en, context.redemptionId),
    programVersion: context.programVersion,
  };
}

/** The last second of the day that is `lifeDays` after the one it is now in the shop. */
export function codeEnd(now: Date, lifeDays: number, timeZone: string): Date {
  const lastDay = addDays(localDate(now, timeZone), lifeDays);
  return new Date(endOfLocalDay(lastDay, timeZone).getTime() - 1000);
}

function priceCash(reward: Extract<Reward, { kind: "cash" }>, asked: number | undefined): Priced {
  if (asked === undefined) return { ok: false, reason: "points_required" };
  if (asked < reward.minimumPoints) return { ok: false, reason: "below_minimum" };
  if (asked > cashMaximum(reward)) return { ok: false, reason: "above_maximum" };
  if (!Number.isSafeInteger(asked) || asked % reward.stepPoints !== 0)
    return { ok: false, reason: "not_in_steps" };
  return { ok: true, points: asked, value: { kind: "amount", amountMinor: asked * reward.pointValueMinor } };
}

function fixedValue(reward: Exclude<Reward, { kind: "cash" }>): RedemptionValue {
  switch (reward.kind) {
    case "amount_off":
      return { kind: "amount", amountMinor: reward.amountMinor };
    case "percentage_off":
      return { kind: "percentage", percent: reward.percent };
    case "free_shipping":
      return { kind: "free_shipping" };
  }
}
