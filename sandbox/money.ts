/** The ISO 4217 exponents that differ from two decimals, as far as shops here use them. */
const EXPONENTS: Readonly<Record<string, number>> = {
  KRW: 0,
  JPY: 0,
  VND: 0,
  CLP: 0,
  ISK: 0,
  KWD: 3,
  BHD: 3,
  OMR: 3,
  JOD: 3,
  TND: 3,
};

/** How many decimals a currency has. */
export function currencyExponent(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** Parses a decimal string as Shopify sends it into minor units, without floats; undefined when it is not an amount. */
export function parseMinor(amount: string | number, currency: string): number | undefined {
  const match = /^(-?)(\d{1,13})(?:\.(\d+))?$/.exec(String(amount).trim());
  if (match === null) return undefined;
  const exponent = currencyExponent(currency);
  const decimals = match[3] ?? "";
  if (/[1-9]/.test(decimals.slice(exponent))) return undefined;
  const minor = Number((match[2] ?? "0") + decimals.slice(0, exponent).padEnd(exponent, "0"));
  return match[1] === "-" && minor !== 0 ? -minor : minor;
}

/** Minor units as the Admin API writes them: REST with the currency's exponent, e.g. `12.50` or `12500`. */
export function formatMinor(minor: number, currency: string): string {
  const exponent = currencyExponent(currency);
  const sign = minor < 0 ? "-" : "";
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Minor units as GraphQL's Decimal writes them: at least one decimal, no trailing zeros beyond it (`12.5`, `12500.0`). */
export function formatDecimal(minor: number, currency: string): string {
  const text = formatMinor(minor, currency);
  if (!text.includes(".")) return `${text}.0`;
  return text.replace(/(\.\d+?)0+$/, "$1");
}

/** minor × numerator ÷ denominator, rounded half away from zero, exact for any safe integers. */
export function scaleMinor(minor: number, numerator: number, denominator: number): number {
  if (denominator === 0) return 0;
  const product = BigInt(Math.abs(minor)) * BigInt(Math.abs(numerator)) * 2n;
  const base = BigInt(Math.abs(denominator));
  const rounded = (product + base) / (2n * base);
  const negative = (minor < 0 !== numerator < 0) !== denominator < 0;
  return negative && rounded !== 0n ? -Number(rounded) : Number(rounded);
}

/** A decimal string such as `0.08875` as a fraction of safe integers. */
export function parseFraction(text: string): { numerator: number; denominator: number } {
  const match = /^(-?\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) throw new RangeError(`Not a decimal number: ${text}`);
  const decimals = match[2] ?? "";
  return { numerator: Number((match[1] ?? "0") + decimals), denominator: 10 ** decimals.length };
}

/** Spreads an amount over weights by largest remainder, so that the parts always add up to the whole. */
export function spreadMinor(amountMinor: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  const shares = weights.map((weight, index) => {
    const product = BigInt(amountMinor) * BigInt(weight);
    return { index, floor: Number(product / BigInt(total)), rest: Number(product % BigInt(total)) };
  });
  let left = amountMinor - shares.reduce((sum, share) => sum + share.floor, 0);
  const parts = shares.map((share) => share.floor);
  for (const share of [...shares].sort((a, b) => b.rest - a.rest || a.index - b.index)) {
    if (left <= 0) break;
    parts[share.index] = share.floor + 1;
    left -= 1;
  }
  return parts;
}
