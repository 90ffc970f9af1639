/**
 * What an order should hold: a pure function of its latest state, its refunds and its award snapshot. Source of the
 * rules: docs/program.md, "What an order earns" and "Refunds".
 *
 * 1. A line's eligible amount is price × quantity − its discounts (and − the tax inside it, by setting); gift cards none.
 *    Shipping likewise, where it earns.
 * 2. The award is Σ eligible × the line's rate × multiplier × the share paid with money, rounded once, cut at the cap,
 *    then spread over the lines by largest remainder, so that the parts add up.
 *    What campaigns add comes on top of it, campaign by campaign (earning/campaigns/extras.ts), within the cap.
 * 3. Refunds take back each line's award in the share refunded, and shipping's in the share of it refunded. Amount-only
 *    refunds take the same share of every line. Only cumulated amounts enter, so the order and the splitting of refunds
 *    cannot matter. When nothing of the goods is left, nothing of the award is.
 */
import { divide, gcd, type EarningPart } from "../earning/award-points.ts";
import { awardWithCampaigns } from "../earning/campaigns/extras.ts";
import { moneyShare } from "../earning/payments.ts";
import type { AwardSnapshot, OrderDocument, OrderLine, Refunds } from "./order.ts";

export type PricingRules = Omit<AwardSnapshot, "lines">;

export interface Target {
  /** Points the order should hold now. */
  points: number;
  /** The award before refunds, and its parts by line. */
  awarded: number;
  /** What the award would be without a cap. */
  uncapped: number;
  lines: Record<string, number>;
  /** What of the points and of the award is each campaign's, in their sequence. */
  campaigns: TargetCampaign[];
  eligibleMinor: number;
  /** What of that was paid with a gift card or store credit, and earns nothing. */
  creditMinor: number;
  /** The eligible money by rate, in the order of the lines; what is excluded is not in it. */
  rates: { eligibleMinor: number; points: number; perMinor: number; why: string }[];
  /** What of the goods' price the customer has kept paying for, gift cards aside: counts towards tiers. */
  keptMinor: number;
  /** Nothing of the goods is left: every line is refunded. */
  fullyRefunded: boolean;
}

export interface TargetCampaign {
  campaignId: string;
  name: { en: string; ko: string };
  /** What the order should hold by it now. */
  points: number;
  /** The same before refunds. */
  awarded: number;
  /** What its limit cut off. */
  cut: number;
}

/** Prices the order by the rules of its snapshot. Shapes and units: minor units of the shop's currency, whole points. */
export function targetPoints(order: OrderDocument, refunds: Refunds, rules: PricingRules): Target {
  const share = rules.tender === "money" ? moneyShare(order.payments) : { num: 1n, den: 1n };
  const rated = ratedParts(order, rules);
  const campaigns = rules.campaigns ?? [];
  const {
    total: awarded,
    uncapped,
    base,
    extras,
  } = awardWithCampaigns(rated, {
    ...rules,
    share,
    cap: rules.cap?.points ?? null,
    stacking: rules.stacking ?? "multiplied",
    campaigns: campaigns.map(({ award, lineIds, limit }) => ({
      award,
      limit,
      takesPart: rated.map((_part, index) => takesPart(lineIds, order.lines[index])),
    })),
  });
  const parts = sumsOf([base.parts, ...extras.map((extra) => extra.parts)]);
  const whole = parts.at(-1) ?? [];
  const kept = keptShares(order, refunds);
  const fullyRefunded = isFullyRefunded(order, refunds, kept);
  const shippingKept = keptShipping(order, refunds);
  // What is kept of the base, then with the first campaign, then with the second: the differences are the campaigns' own.
  const keptWith = parts.map((part) =>
    fullyRefunded ? 0 : keptPoints(part, order.lines.length, kept, shippingKept, rules.rounding),
  );
  const eligibleMinor = rated.reduce((sum, part) => sum + (part.points > 0 ? part.eligibleMinor : 0), 0);
  return {
    points: keptWith.at(-1) ?? 0,
    awarded,
    uncapped,
    lines: {
      ...Object.fromEntries(order.lines.map((line, index) => [line.lineId, whole[index] ?? 0])),
      ...(rules.shipping === "earns" ? { shipping: whole[order.lines.length] ?? 0 } : {}),
    },
    campaigns: campaigns.map(({ campaignId, name }, index) => ({
      campaignId,
      name,
      points: (keptWith[index + 1] ?? 0) - (keptWith[index] ?? 0),
      awarded: extras[index]?.awarded ?? 0,
      cut: extras[index]?.cut ?? 0,
    })),
    eligibleMinor,
    creditMinor: eligibleMinor - Number((BigInt(eligibleMinor) * share.num) / share.den),
    rates: byRate(rated),
    keptMinor: fullyRefunded
      ? 0
      : order.lines.reduce((sum, line, index) => sum + (line.giftCard ? 0 : (kept.amounts[index] ?? 0)), 0),
    fullyRefunded,
  };
}

/** What there is to say of an award beyond the plain arithmetic; empty where nothing is. */
export function awardDetail(
  rules: Pick<PricingRules, "cap">,
  target: Target,
): {
  rates?: Target["rates"];
  creditMinor?: number;
  capped?: { by: string; uncapped: number };
  campaigns?: { id: string; name: TargetCampaign["name"]; points: number; cut?: number }[];
} {
  const campaigns = target.campaigns.filter(({ awarded, cut }) => awarded > 0 || cut > 0);
  return {
    ...(target.rates.every((rate) => rate.why === "all") ? {} : { rates: target.rates }),
    ...(target.creditMinor > 0 ? { creditMinor: target.creditMinor } : {}),
    ...(rules.cap && target.uncapped > target.awarded
      ? { capped: { by: rules.cap.by, uncapped: target.uncapped } }
      : {}),
    ...(campaigns.length === 0
      ? {}
      : {
          campaigns: campaigns.map(({ campaignId, name, awarded, cut }) => ({
            id: campaignId,
            name,
            points: awarded,
            ...(cut > 0 ? { cut } : {}),
          })),
        }),
  };
}

/** Shipping takes part where all goods do. */
function takesPart(lineIds: readonly string[] | null, line: OrderLine | undefined): boolean {
  return lineIds === null || (line !== undefined && lineIds.includes(line.lineId));
}

/** The first, the first two, the first three … added up part by part. */
function sumsOf(components: readonly (readonly number[])[]): number[][] {
  const sums: number[][] = [];
  for (const component of components) {
    const before = sums.at(-1);
    sums.push(component.map((part, index) => part + (before?.[index] ?? 0)));
  }
  return sums;
}

type RatedPart = EarningPart & { why: string };

/** Each line with its rate, then shipping where it earns. */
function ratedParts(order: OrderDocument, rules: PricingRules): RatedPart[] {
  const general = { points: rules.points, perMinor: rules.perMinor };
  const parts: RatedPart[] = order.lines.map((line) => ({
    eligibleMinor: eligibleMinor(line, order.taxesIncluded, rules),
    ...general,
    why: "all",
    ...rules.rates?.[line.lineId],
  }));
  if (rules.shipping !== "earns" || !order.shipping) return parts;
  const shipping = eligibleMinor({ ...order.shipping, giftCard: false }, order.taxesIncluded, rules);
  return [...parts, { eligibleMinor: shipping, ...general, why: "shipping" }];
}

function byRate(parts: readonly RatedPart[]): Target["rates"] {
  const groups = new Map<string, Target["rates"][number]>();
  for (const { eligibleMinor: minor, points, perMinor, why } of parts) {
    if (points === 0 || minor === 0) continue;
    const key = `${points}/${perMinor}/${why}`;
    const group = groups.get(key) ?? { eligibleMinor: 0, points, perMinor, why };
    groups.set(key, { ...group, eligibleMinor: group.eligibleMinor + minor });
  }
  return [...groups.values()];
}

/** Shopify says so, or nothing is left: every unit came back, or every unit of money did. */
function isFullyRefunded(order: OrderDocument, refunds: Refunds, kept: KeptShares): boolean {
  if (order.financialStatus === "refunded") return true;
  if (Object.keys(refunds).length === 0 || order.lines.length === 0) return false;
  return kept.unitsLeft === 0 || (kept.hadGoods && kept.goodsLeft === 0n);
}

/** Price − discounts, and the tax inside it where the setting leaves tax out; never below zero. */
function eligibleMinor(
  line: Pick<OrderLine, "priceMinor" | "discountMinor" | "taxMinor" | "giftCard">,
  taxesIncluded: boolean,
  rules: PricingRules,
): number {
  if (line.giftCard) return 0;
  const tax = taxesIncluded && rules.includedTax === "excluded" ? line.taxMinor : 0;
  return Math.max(0, line.priceMinor - line.discountMinor - tax);
}

/** What is left of the shipping that was paid, as a fraction. */
function keptShipping(order: OrderDocument, refunds: Refunds): { num: bigint; den: bigint } {
  const { priceMinor = 0, discountMinor = 0 } = order.shipping ?? {};
  const paid = BigInt(Math.max(0, priceMinor - discountMinor));
  const back = Object.values(refunds).reduce((sum, refund) => sum + BigInt(refund.shippingMinor ?? 0), 0n);
  return paid === 0n ? { num: 1n, den: 1n } : { num: max(0n, paid - back), den: paid };
}

interface KeptShares {
  /** Per line, what is left of its net price after line refunds, as a fraction num/den. */
  lines: { num: bigint; den: bigint }[];
  /** What amount-only refunds leave of everything, as a fraction. */
  rest: { num: bigint; den: bigint };
  /** Per line, the money left after both, rounded down. */
  amounts: number[];
  hadGoods: boolean;
  goodsLeft: bigint;
  unitsLeft: number;
}

function keptShares({ lines, taxesIncluded }: OrderDocument, refunds: Refunds): KeptShares {
  const all = Object.values(refunds);
  const net = lines.map((line) => BigInt(Math.max(0, line.priceMinor - line.discountMinor)));
  let unitsLeft = 0;
  const left = lines.map((line, index) => {
    const mine = all.flatMap((refund) => refund.lines.filter((entry) => entry.lineId === line.lineId));
    const quantity = mine.reduce((sum, entry) => sum + entry.quantity, 0);
    if (quantity >= line.quantity) return 0n;
    unitsLeft += line.quantity - quantity;
    const refunded = mine.reduce((sum, entry) => sum + BigInt(entry.subtotalMinor), 0n);
    return max(0n, (net[index] ?? 0n) - refunded);
  });
  // An amount given back is of what was paid, and so of the tax on top too.
  const taxOnTop = left.map((amount, index) =>
    taxesIncluded || amount === 0n ? 0n : (amount * BigInt(lines[index]?.taxMinor ?? 0)) / (net[index] || 1n),
  );
  const paid = [...left, ...taxOnTop].reduce((sum, amount) => sum + amount, 0n);
  // All refunds together: what one gave back for no line, a later one may have held back of its lines' price.
  const amountOnly = max(
    0n,
    all.reduce((sum, refund) => sum + BigInt(refund.amountMinor), 0n),
  );
  const restNum = max(0n, paid - amountOnly);
  const rest = paid === 0n ? { num: 0n, den: 1n } : { num: restNum, den: paid };
  return {
    lines: left.map((num, index) => ({ num, den: net[index] || 1n })),
    rest,
    amounts: left.map((amount) => Number((amount * rest.num) / rest.den)),
    hadGoods: net.some((amount) => amount > 0n),
    goodsLeft: restNum,
    unitsLeft,
  };
}

/** Σ part × share, as an exact fraction, rounded once by the program's rule. What comes after the lines is shipping's. */
function keptPoints(
  parts: readonly number[],
  lines: number,
  kept: KeptShares,
  shipping: { num: bigint; den: bigint },
  rounding: PricingRules["rounding"],
): number {
  let whole = 0n;
  let num = 0n;
  let den = 1n;
  parts.slice(0, lines).forEach((part, index) => {
    const share = kept.lines[index];
    if (!share || part === 0) return;
    if (share.num === share.den) {
      whole += BigInt(part);
      return;
    }
    const divisor = gcd(share.num, share.den);
    const [a, b] = [share.num / divisor, share.den / divisor];
    num = num * b + BigInt(part) * a * den;
    den *= b;
    const common = gcd(num, den);
    num /= common;
    den /= common;
  });
  const goods = { num: (whole * den + num) * kept.rest.num, den: den * kept.rest.den };
  const total = divide(
    goods.num * shipping.den + BigInt(parts[lines] ?? 0) * shipping.num * goods.den,
    goods.den * shipping.den,
    rounding,
  );
  return Number(total);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
