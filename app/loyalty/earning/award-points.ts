/** The award of an order, exactly: rates as fractions, one rounding, parts by largest remainder. Pure. */

export type Rounding = "down" | "nearest" | "up";

/** What one line brings in: money that earns, at `points` for every `perMinor`. */
export interface EarningPart {
  eligibleMinor: number;
  points: number;
  perMinor: number;
}

export interface Award {
  total: number;
  /** The total before a cap cut it. */
  uncapped: number;
  parts: number[];
}

export interface AwardArgs {
  multiplier: string;
  rounding: Rounding;
  share?: Fraction;
  cap?: number | null;
}

export interface Fraction {
  num: bigint;
  den: bigint;
}

/**
 * Adds the parts up as fractions, rounds the whole once, cuts it at the cap, then hands out whole points: each part its
 * floor, the rest to the largest remainders (earlier part first).
 *
 * @param args.share what of the money counts, as a fraction (the part that was paid with money)
 * @param args.cap the most the order may be awarded; null for no cap
 */
export function awardPoints(entries: readonly EarningPart[], args: AwardArgs): Award {
  const share = args.share ?? { num: 1n, den: 1n };
  const common = entries.reduce((all, entry) => lcm(all, BigInt(entry.perMinor)), 1n);
  const factor = hundredths(args.multiplier) * share.num;
  const unit = common * 100n * share.den;
  const exact = entries.map(
    (entry) =>
      BigInt(entry.eligibleMinor) * BigInt(entry.points) * (common / BigInt(entry.perMinor)) * factor,
  );
  const sum = exact.reduce((total, part) => total + part, 0n);
  const uncapped = divide(sum, unit, args.rounding);
  const cap = args.cap ?? null;
  if (cap === null || uncapped <= BigInt(cap)) {
    return { total: Number(uncapped), uncapped: Number(uncapped), parts: spread(exact, unit, uncapped) };
  }
  // A capped total is spread in the same proportions: part × cap ÷ sum.
  const total = BigInt(cap);
  const parts = spread(
    exact.map((part) => part * total),
    sum,
    total,
  );
  return { total: cap, uncapped: Number(uncapped), parts };
}

/** Whole points by part: each its floor of `exact ÷ unit`, the rest of `total` to the largest remainders. */
export function spread(exact: readonly bigint[], unit: bigint, total: bigint): number[] {
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
  return floors.map(Number);
}

/** `"1.25"` is 125n. */
export function hundredths(multiplier: string): bigint {
  const [whole = "0", fraction = ""] = multiplier.split(".");
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0").slice(0, 2));
}

/** Whole points of a fraction that is not negative. */
export function divide(num: bigint, den: bigint, rounding: Rounding): bigint {
  if (rounding === "down") return num / den;
  if (rounding === "up") return (num + den - 1n) / den;
  return (2n * num + den) / (2n * den);
}

/** Greatest common divisor; 1 for two zeros. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

/** Least common multiple. */
export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}
