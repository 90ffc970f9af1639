import { GraphQLError } from "graphql";
import { idOf } from "#sandbox/gid.ts";
import { formatDecimal, parseMinor } from "#sandbox/money.ts";
import { isRecord } from "#sandbox/http.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { Id } from "#sandbox/store/types.ts";
import { presentmentMinor } from "#sandbox/webhooks/payload-values.ts";
import type { Args, Source } from "./api.ts";

/** A DateTime as Shopify writes it, to the second: `2026-11-21T20:00:00Z`. */
export function dateTime(instant: string | null): string | null {
  return instant === null ? null : `${instant.slice(0, 19)}Z`;
}

/** MoneyV2. */
export function money(minor: number, currency: string): Source {
  return { __typename: "MoneyV2", amount: formatDecimal(minor, currency), currencyCode: currency };
}

/** MoneyBag of an order's amount. */
export function bag(order: Pick<Order, "currency" | "presentment">, minor: number): Source {
  const shown = order.presentment?.currency ?? order.currency;
  return {
    shopMoney: money(minor, order.currency),
    presentmentMoney: money(presentmentMinor(order, minor), shown),
  };
}

/** An argument as text; undefined when absent or null. */
export function textArg(args: Args, name: string): string | undefined {
  const value = args[name];
  return value === undefined || value === null ? undefined : String(value);
}

/** An argument as an input object; empty when absent. */
export function objectArg(args: Args, name: string): Args {
  const value = args[name];
  return isRecord(value) ? value : {};
}

/** An argument as a list of input objects. */
export function listArg(args: Args, name: string): Args[] {
  const value = args[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** An argument as a list of texts; undefined when absent. */
export function textsArg(args: Args, name: string): string[] | undefined {
  const value = args[name];
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** The id in a gid argument of one of these types; an error as Shopify's when it is of another. */
export function idArg(args: Args, name: string, ...types: string[]): Id {
  const text = textArg(args, name) ?? "";
  return idOf(text, ...types) ?? invalidId(text);
}

/** The error for a gid that cannot be one of the type asked for. */
export function invalidId(text: string): never {
  throw new GraphQLError(`Invalid global id '${text}'`, { extensions: { code: "RESOURCE_NOT_FOUND" } });
}

/** The minor units of a decimal argument; an error when it is not an amount in the currency. */
export function minorOf(value: unknown, currency: string): number {
  const minor = parseMinor(String(value), currency);
  if (minor === undefined) throw new GraphQLError(`Not an amount of ${currency}: ${String(value)}`);
  return minor;
}

/** The minor units of a MoneyInput or a MoneyBagInput's shop money, which must be in the shop's currency. */
export function shopMoneyOf(value: unknown, currency: string): number | undefined {
  if (!isRecord(value)) return undefined;
  const input = isRecord(value["shopMoney"]) ? value["shopMoney"] : value;
  if (input["currencyCode"] !== currency) {
    throw new GraphQLError(
      `The sandbox takes amounts in the shop's currency ${currency}, not ${String(input["currencyCode"])}`,
    );
  }
  return minorOf(input["amount"], currency);
}

/** `null`, `undefined` and a value kept apart, as inputs need it. */
export function given<T>(args: Args, name: string, read: (value: unknown) => T): T | null | undefined {
  if (!(name in args) || args[name] === undefined) return undefined;
  return args[name] === null ? null : read(args[name]);
}
