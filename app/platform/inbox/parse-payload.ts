import { isSafeNumber, parse } from "lossless-json";
import { Malformed } from "#app/platform/errors.ts";

export type Payload = Readonly<Record<string, unknown>>;

/**
 * Reads a webhook's JSON without rounding: a number that a float cannot carry exactly (an 18-digit id, an amount) stays
 * the text it was written as.
 * @throws Malformed when it is no JSON object
 */
export function parsePayload(text: string): Payload {
  let value: unknown;
  try {
    value = parse(text, undefined, { parseNumber: exactNumber });
  } catch (error) {
    throw new Malformed("not_json", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Malformed("not_an_object");
  return Object.fromEntries(Object.entries(value));
}

function exactNumber(text: string): number | string {
  return /^-?\d+$/u.test(text) && isSafeNumber(text) ? Number(text) : text;
}
