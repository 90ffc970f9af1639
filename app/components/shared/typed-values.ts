/** Typed text as a schema wants it: empty is left out, and what cannot be read stays as it was typed, to be refused. */
import { textToMinor } from "./money-text.ts";

/** As a Korean keyboard in its wide mode types numbers, "１，２５０．５", with the narrow letters of the same meaning. */
export function narrow(text: string): string {
  return text.normalize("NFKC").trim();
}

const WHOLE = /^-?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})$/u;

/** `"1,250"` and `"１２５０"` are 1250; `"1,25"` may mean something else and is not read. */
export function readWhole(text: string): number | string | undefined {
  const plain = narrow(text);
  if (plain === "") return undefined;
  // Adding 0 makes 0 of -0.
  return WHOLE.test(plain) ? Number(plain.replaceAll(",", "")) + 0 : text;
}

/** `"12.5"` of a currency with two decimals is 1250. */
export function readMoney(text: string, exponent: number): number | string | undefined {
  const plain = narrow(text);
  return plain === "" ? undefined : (textToMinor(plain, exponent) ?? text);
}
