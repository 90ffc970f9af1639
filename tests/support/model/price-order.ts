/** What an order is worth, in fractions of whole numbers: rounded where the rules round, and nowhere else. */
import { parseMinor } from "#app/loyalty/program/money.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { TrueLine, TrueOrder, TrueRefund } from "./shopify-truth.ts";

type Earn = ProgramSettings["earn"];
type Fraction = readonly [num: bigint, den: bigint];

/** What an order was first awarded by; it is priced by nothing else afterwards. */
export interface Rules {
  earn: Earn;
  multiplier: string;
  cap: number | null;
}

const whole = (value: number): Fraction => [BigInt(value), 1n];
const over = (num: number, den: number): Fraction => (den === 0 ? [0n, 1n] : [BigInt(num), BigInt(den)]);
const times = (...all: Fraction[]): Fraction => all.reduce(([a, b], [c, d]) => [a * c, b * d], [1n, 1n]);
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const sum = (all: Fraction[]): Fraction => all.reduce(plus, [0n, 1n]);
const compare = ([a, b]: Fraction, [c, d]: Fraction): number => (a * d > c * b ? 1 : a * d < c * b ? -1 : 0);

export function round([num, den]: Fraction, rounding: Earn["rounding"]): number {
  if (rounding === "down") return Number(num / den);
  return Number(rounding === "up" ? (num + den - 1n) / den : (2n * num + den) / (2n * den));
}

/** The part of a line's discount or tax that is left when an edit leaves fewer units. */
const share = (line: TrueLine, minor: number): number => Math.floor((minor * line.quantity) / line.ordered);
const net = (line: TrueLine): number => Math.max(0, line.unit * line.quantity - share(line, line.discount));

function worthOf(line: TrueLine, order: TrueOrder, earn: Earn): Fraction {
  if (line.gift || earn.exclude.productIds.includes(line.product)) return [0n, 1n];
  const rule =
    earn.rules.find(({ match, values }) => match === "variant" && values.includes(line.variant)) ??
    earn.rules.find(({ match, values }) => match === "product" && values.includes(line.product));
  const { points, perMinor } = rule ?? earn;
  const tax = order.taxesIncluded && earn.includedTax === "excluded" ? share(line, line.tax) : 0;
  return over(Math.max(0, line.unit * line.quantity - share(line, line.discount) - tax) * points, perMinor);
}

/** Each part its whole points, and what is over to the largest remainders, the earlier first. */
function spread(exact: Fraction[], total: number): number[] {
  const parts = exact.map((part) => round(part, "down"));
  const left = total - parts.reduce((all, part) => all + part, 0);
  const remainder = (index: number): Fraction => plus(exact[index]!, whole(-parts[index]!));
  const first = [...parts.keys()].sort((a, b) => compare(remainder(b), remainder(a)) || a - b);
  for (const index of first.slice(0, left)) parts[index]! += 1;
  return parts;
}

/** The points that the order should hold, and the money that is still paid for its goods. */
export function priceOrder(
  order: TrueOrder,
  refunds: TrueRefund[],
  { earn, multiplier, cap }: Rules,
): { points: number; spent: number; undone: boolean } {
  const { lines } = order;
  const factor = over(parseMinor(multiplier, 2)!, 100);
  const shipped = earn.shipping === "earns" ? [over(order.shipping * earn.points, earn.perMinor)] : [];
  const exact = [...lines.map((line) => worthOf(line, order, earn)), ...shipped].map((part) =>
    times(part, factor),
  );
  const uncapped = round(sum(exact), earn.rounding);
  const award = cap === null ? uncapped : Math.min(cap, uncapped);
  const scaled =
    award < uncapped ? exact.map(([a, b]) => times([a, b], whole(award), flip(sum(exact)))) : exact;
  const parts = spread(scaled, award);

  const refunded = (line: TrueLine) =>
    refunds.flatMap((refund) => refund.lines.filter((entry) => entry.line === line.id));
  const units = lines.map((line) => line.quantity - total(refunded(line), "quantity"));
  const left = lines.map((line, index) =>
    units[index]! <= 0 ? 0 : Math.max(0, net(line) - total(refunded(line), "subtotal")),
  );
  const taxOnTop = lines.map((line, index) =>
    order.taxesIncluded
      ? 0
      : round(times(whole(left[index]!), over(share(line, line.tax), net(line))), "down"),
  );
  const paid = [...left, ...taxOnTop].reduce((all, amount) => all + amount, 0);
  const kept = Math.max(0, paid - total(refunds, "amount"));
  const nothingLeft =
    units.every((count) => count <= 0) || (kept === 0 && lines.some((line) => net(line) > 0));
  const undone = order.status === "refunded" || (refunds.length > 0 && nothingLeft);
  if (undone) return { points: 0, spent: 0, undone };
  const keptGoods = lines.map((line, index) =>
    times(whole(parts[index]!), over(left[index]!, net(line)), over(kept, paid)),
  );
  const shippingLeft = Math.max(0, order.shipping - total(refunds, "shipping"));
  const keptShipping = times(whole(parts[lines.length] ?? 0), over(shippingLeft, order.shipping));
  const points = Math.min(award, round(sum([...keptGoods, keptShipping]), earn.rounding));
  const money = lines.map((line, index) =>
    line.gift ? 0 : round(times(whole(left[index]!), over(kept, paid)), "down"),
  );
  return { points, spent: money.reduce((all, amount) => all + amount, 0), undone };
}

const flip = ([num, den]: Fraction): Fraction => [den, num];
const total = <Key extends string>(list: Record<Key, number>[], key: Key): number =>
  list.reduce((all, entry) => all + entry[key], 0);
