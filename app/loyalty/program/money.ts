/** Money as Shopify writes it (decimal strings) and as we keep it (integer minor units), never through a float. */

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/;

/**
 * `"164.90"` with exponent 2 is 16490; `"1000.0"` with exponent 0 is 1000. Digits beyond the exponent must be zero, or
 * the amount is not of that currency. Null when it is not an amount at all.
 */
export function parseMinor(text: string, exponent: number): number | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign = "", whole = "0", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(exponent))) return null;
  const minor = Number(whole + fraction.slice(0, exponent).padEnd(exponent, "0"));
  if (!Number.isSafeInteger(minor)) return null;
  return sign === "-" && minor !== 0 ? -minor : minor;
}

/** 16490 with exponent 2 is `"164.90"`, as Shopify's Decimal inputs want it. */
export function toDecimal(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const sign = minor < 0 ? "-" : "";
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

// Asking Intl takes longer than all else that is done with an amount.
const exponents = new Map<string, number>();

/** Digits after the decimal point of an ISO 4217 currency, as Intl knows it (KRW 0, USD 2, KWD 3). */
export function currencyExponent(currency: string): number {
  const known = exponents.get(currency);
  if (known !== undefined) return known;
  const { maximumFractionDigits } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  const exponent = maximumFractionDigits ?? 2;
  exponents.set(currency, exponent);
  return exponent;
}
