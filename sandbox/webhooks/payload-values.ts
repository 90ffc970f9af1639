import { formatMinor, parseFraction, parseMinor, scaleMinor } from "#sandbox/money.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { Id } from "#sandbox/store/types.ts";

const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** A number written into JSON digit by digit, so that ids beyond 2^53 and amounts keep every digit. */
export function raw(digits: string): unknown {
  return rawJson(digits);
}

/** An id as REST writes it: a JSON number. */
export function restId(id: Id | null): unknown {
  return id === null ? null : rawJson(id);
}

/** `gid://shopify/Order/1` */
export function gid(type: string, id: Id): string {
  return `gid://shopify/${type}/${id}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** An instant as REST writes it: local time of the shop with its offset, to the second. */
export function restTime(instant: string | null, timeZone: string): string | null {
  if (instant === null) return null;
  const date = new Date(instant);
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timeZone, formatter);
  }
  const parts = new Map(formatter.formatToParts(date).map((part) => [part.type, part.value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "00";
  const local = `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
  const offsetMinutes = Math.round(
    (Date.parse(`${local}Z`) - Math.floor(date.getTime() / 1000) * 1000) / 60_000,
  );
  const sign = offsetMinutes < 0 ? "-" : "+";
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** An amount of an order in the currency that the shopper saw. */
export function presentmentMinor(order: Pick<Order, "currency" | "presentment">, minor: number): number {
  if (order.presentment === null) return minor;
  const rate = parseFraction(order.presentment.rate);
  const shopUnit = parseMinor("1", order.currency) ?? 1;
  const shownUnit = parseMinor("1", order.presentment.currency) ?? 1;
  return scaleMinor(minor, rate.numerator * shownUnit, rate.denominator * shopUnit);
}

/** A `*_set`: the amount in the shop's and in the shopper's currency. */
export function moneySet(order: Pick<Order, "currency" | "presentment">, minor: number): unknown {
  const shown = order.presentment?.currency ?? order.currency;
  return {
    shop_money: { amount: formatMinor(minor, order.currency), currency_code: order.currency },
    presentment_money: { amount: formatMinor(presentmentMinor(order, minor), shown), currency_code: shown },
  };
}
