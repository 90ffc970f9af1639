/**
 * Calendar days in a shop's time zone, on Intl alone. A day begins at the first instant that carries its date there:
 * usually midnight, one o'clock where the clock jumps over midnight, and the next day's start where a day was skipped.
 */

/** A calendar day, `2026-12-31`. Compares as text. */
export type LocalDate = string;

const SEARCH_MARGIN_MS = 27 * 3_600_000;
const DAY_MS = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The date on the wall in the zone at this instant. */
export function localDateOf(instant: Date, timeZone: string): LocalDate {
  const parts: Record<string, string> = {};
  for (const part of formatterOf(timeZone).formatToParts(instant)) parts[part.type] = part.value;
  return `${(parts["year"] ?? "").padStart(4, "0")}-${parts["month"]}-${parts["day"]}`;
}

/** The first instant of the day in the zone. */
export function startOfDay(date: LocalDate, timeZone: string): Date {
  const utcMidnight = Date.parse(`${date}T00:00:00Z`);
  let before = utcMidnight - SEARCH_MARGIN_MS;
  let from = utcMidnight + SEARCH_MARGIN_MS;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (localDateOf(new Date(middle), timeZone) >= date) from = middle;
    else before = middle;
  }
  return new Date(from);
}

/** The last millisecond of the day in the zone: what is good "until" a day is good up to and including it. */
export function endOfDay(date: LocalDate, timeZone: string): Date {
  return new Date(startOfDay(addDays(date, 1), timeZone).getTime() - 1);
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return isoDate(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
}

/** The same day of the month so many months later, or that month's last day: a month after 31 January is 28 or 29 February. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const first = Date.UTC(year, month - 1 + months, 1);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return isoDate(first + (Math.min(day, lastDay) - 1) * DAY_MS);
}

/** Whether Intl knows the zone; a shop's zone comes from Shopify, and an unknown one must not stop the night. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatterOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

function isoDate(ms: number): LocalDate {
  return new Date(ms).toISOString().slice(0, 10);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}
