/**
 * What an order should hold: a pure function of its latest state, its refunds and its award snapshot. Source of the
 * rules: docs/program.md, "What an order earns" and "Refunds".
 *
 * 1. A line's eligible amount is price × quantity − its discounts (and − the tax inside it, by setting); gift cards none.
 * 2. The award is Σ eligible × points/perMinor × multiplier, rounded once, then spread over the lines by largest
 *    remainder, so that the parts add up.
 * 3. Refunds take back each line's award in the share refunded. Amount-only refunds take the same share of every line.
 *    Only cumulated amounts enter, so the order and the splitting of refunds cannot matter.
 */
import type { AwardSnapshot, OrderDocument, OrderLine, Refunds } from "./order.ts";

type PricingRules = Omit<AwardSnapshot, "lines">;

export interface Target {
  /** Points the order should hold now. */
  points: number;
  /** The award before refunds, and its parts by line. */
  awarded: number;
  lines: Record<string, number>;
  eligibleMinor: number;
  /** What of the goods' price the customer has kept paying for, gift cards aside: counts towards tiers. */
  keptMinor: number;
  /** Nothing of the goods is left: every line is refunded. */
  fullyRefunded: boolean;
}

/** Prices the order by the rules of its snapshot. Shapes and units: minor units of the shop's currency, whole points. */
export function targetPoints(order: OrderDocument, refunds: Refunds, rules: PricingRules): Target {
  const eligible = order.lines.map((line) => eligibleMinor(line, order.taxesIncluded, rules));
  const { total: awarded, parts } = award(eligible, rules);
  const kept = keptShares(order.lines, refunds);
  const fullyRefunded = isFullyRefunded(order, refunds, kept);
  return {
    points: fullyRefunded ? 0 : keptPoints(parts, kept, awarded, rules.rounding),
    awarded,
    lines: Object.fromEntries(order.lines.map((line, index) => [line.lineId, parts[index] ?? 0])),
    eligibleMinor: eligible.reduce((sum, amount) => sum + amount, 0),
    keptMinor: fullyRefunded
      ? 0
      : order.lines.reduce((sum, line, index) => sum + (line.giftCard ? 0 : (kept.amounts[index] ?? 0)), 0),
    fullyRefunded,
  };
}

/** Shopify says so, or nothing is left: every unit came back, or every unit of money did. */
function isFullyRefunded(order: OrderDocument, refunds: Refunds, kept: KeptShares): boolean {
  if (order.financialStatus === "refunded") return true;
  if (Object.keys(refunds).length === 0 || order.lines.length === 0) return false;
  return kept.unitsLeft === 0 || (kept.hadGoods && kept.goodsLeft === 0n);
}

/** Price − discounts, and the tax inside it where the setting leaves tax out; never below zero. */
function eligibleMinor(line: OrderLine, taxesIncluded: boolean, rules: PricingRules): number {
  if (line.giftCard) return 0;
  const tax = taxesIncluded && rules.includedTax === "excluded" ? line.taxMinor : 0;
  return Math.max(0, line.priceMinor - line.discountMinor - tax);
}

/** Rounds the whole once, then hands out the parts: each its floor, the rest to the largest remainders (earlier line first). */
function award(
  eligible: readonly number[],
  rules: Pick<PricingRules, "points" | "perMinor" | "multiplier" | "rounding">,
): { total: number; parts: number[] } {
  const rate = BigInt(rules.points) * hundredths(rules.multiplier);
  const unit = BigInt(rules.perMinor) * 100n;
  const exact = eligible.map((amount) => BigInt(amount) * rate);
  const total = divide(
    exact.reduce((sum, part) => sum + part, 0n),
    unit,
    rules.rounding,
  );
  const floors = exact.map((part) => part / unit);
  let left = total - floors.reduce((sum, part) => sum + part, 0n);
  const order = exact
    .map((part, index) => ({ index, remainder: part % unit }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of order) {
    if (left <= 0n) break;
    floors[index] = (floors[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return { total: Number(total), parts: floors.map(Number) };
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

function keptShares(lines: readonly OrderLine[], refunds: Refunds): KeptShares {
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
  const goods = left.reduce((sum, amount) => sum + amount, 0n);
  const amountOnly = all.reduce((sum, refund) => sum + BigInt(refund.amountMinor), 0n);
  const restNum = max(0n, goods - amountOnly);
  const rest = goods === 0n ? { num: 0n, den: 1n } : { num: restNum, den: goods };
  return {
    lines: left.map((num, index) => ({ num, den: net[index] || 1n })),
    rest,
    amounts: left.map((amount) => Number((amount * rest.num) / rest.den)),
    hadGoods: net.some((amount) => amount > 0n),
    goodsLeft: restNum,
    unitsLeft,
  };
}

/** Σ part × share, as an exact fraction, rounded once by the program's rule and never above the award. */
function keptPoints(
  parts: readonly number[],
  kept: KeptShares,
  awarded: number,
  rounding: PricingRules["rounding"],
): number {
  let whole = 0n;
  let num = 0n;
  let den = 1n;
  parts.forEach((part, index) => {
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
  const total = divide((whole * den + num) * kept.rest.num, den * kept.rest.den, rounding);
  return Math.min(awarded, Number(total));
}

/** `"1.25"` is 125n. */
export function hundredths(multiplier: string): bigint {
  const [whole = "0", fraction = ""] = multiplier.split(".");
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0").slice(0, 2));
}

function divide(num: bigint, den: bigint, rounding: PricingRules["rounding"]): bigint {
  if (rounding === "down") return num / den;
  if (rounding === "up") return (num + den - 1n) / den;
  return (2n * num + den) / (2n * den);
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
