/** Typed text as a schema wants it: empty is left out, and what cannot be read stays as it was typed, to be refused. */
import { textToMinor } from "./money-text.ts";

/** `"1,250"` is 1250. */
export function readWhole(text: string): number | string | undefined {
  const plain = text.trim().replaceAll(",", "");
  if (plain === "") return undefined;
  return /^-?\d{1,15}$/.test(plain) ? Number(plain) : text;
}

/** `"12.5"` of a currency with two decimals is 1250. */
export function readMoney(text: string, exponent: number): number | string | undefined {
  if (text.trim() === "") return undefined;
  return textToMinor(text, exponent) ?? text;
}
