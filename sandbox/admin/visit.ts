import { currencyExponent, parseMinor } from "#sandbox/money.ts";
import { Refusal } from "#sandbox/actions/refusal.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import { redirect } from "#sandbox/http.ts";
import type { SandboxRequest, SandboxResponse } from "#sandbox/http.ts";
import type { ShopState } from "#sandbox/store/types.ts";
import { formatMoney } from "#sandbox/storefront/liquid/format-money.ts";
import { toLiquidPrice } from "#sandbox/storefront/objects/liquid-values.ts";

/** One request to the admin shell. */
export interface AdminVisit {
  context: SandboxContext;
  request: SandboxRequest;
  shop: string;
  state: ShopState;
  /** Path below `/admin`, without slashes at its ends, in parts. */
  path: string[];
}

/** What was typed into a form is not what the form needs; the message is for the person who typed. */
export class FormError extends Error {}

/** An amount in the shop's money format. */
export function money(visit: AdminVisit, minor: number): string {
  const { currency, moneyFormat } = visit.state.shop;
  return formatMoney(toLiquidPrice(minor, currency), moneyFormat);
}

/** An instant in the shop's time zone. */
export function dateTime(visit: AdminVisit, instant: string): string {
  const options: Intl.DateTimeFormatOptions = {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: visit.state.shop.timeZone,
  };
  return new Intl.DateTimeFormat("en", options).format(new Date(instant));
}

/** Reads a typed amount; undefined when the field was left empty. */
export function readAmount(visit: AdminVisit, fields: URLSearchParams, name: string): number | undefined {
  const text = (fields.get(name) ?? "").replace(/,/g, "").trim();
  if (text === "") return undefined;
  const { currency } = visit.state.shop;
  const minor = parseMinor(text, currency);
  if (minor === undefined) {
    throw new FormError(
      `"${text}" is not an amount of ${currency} with at most ${currencyExponent(currency)} decimals.`,
    );
  }
  return minor;
}

/** Reads a typed whole number; undefined when the field was left empty. */
export function readCount(fields: URLSearchParams, name: string): number | undefined {
  const text = (fields.get(name) ?? "").trim();
  if (text === "") return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new FormError(`"${text}" is not a whole number.`);
  return Number(text);
}

/** A text field, or null when it was left empty. */
export function readText(fields: URLSearchParams, name: string): string | null {
  return (fields.get(name) ?? "").trim() || null;
}

/** Goes to a page of the shell and says there what was done. */
export function backTo(path: string, notice: { notice?: string; error?: string }): SandboxResponse {
  const url = new URL(path, "http://shell");
  for (const [name, text] of Object.entries(notice)) url.searchParams.set(name, text);
  return redirect(`${url.pathname}${url.search}`, 303);
}

/**
 * Does what a form asks and goes back with a notice. What the sandbox would refuse, and what cannot be read, is said
 * on the page the form was on; nothing has changed then.
 */
export function act(page: string, work: () => { to?: string; notice: string }): SandboxResponse {
  try {
    const { to, notice } = work();
    return backTo(to ?? page, { notice });
  } catch (error) {
    if (error instanceof Refusal || error instanceof FormError) return backTo(page, { error: error.message });
    throw error;
  }
}
