/** Money as it is typed into a field and kept as minor units. No float is involved either way. */

const MINOR_DIGITS_MAX = 15;

/** `1250, 2` is `"12.50"`; `1250, 0` is `"1250"`. Whole amounts drop their zeros: `1200, 2` is `"12"`. */
export function minorToText(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const sign = minor < 0 ? "-" : "";
  if (exponent === 0) return sign + digits;
  const whole = digits.slice(0, -exponent);
  const fraction = digits.slice(-exponent);
  return /^0+$/.test(fraction) ? sign + whole : `${sign}${whole}.${fraction}`;
}

/**
 * Reads `"12.5"`, `"1,250"` or `"12"`; `null` for anything else: letters, a sign, an exponent, or more decimals than
 * the currency has.
 */
export function textToMinor(text: string, exponent: number): number | null {
  const match = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return null;
  const whole = (match[1] ?? "").replaceAll(",", "");
  const fraction = match[2] ?? "";
  if (fraction.length > exponent) return null;
  const digits = (whole + fraction.padEnd(exponent, "0")).replace(/^0+(?=\d)/, "");
  return digits.length > MINOR_DIGITS_MAX ? null : Number(digits);
}
