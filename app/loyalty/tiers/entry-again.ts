import { addMonths, localDate, startOfLocalDay } from "#app/loyalty/program/calendar.ts";

const MONTHS_BETWEEN = 12;

/** What entering a tier gave after this instant is too recent for another entry at `at` to give it again. */
export function entryRewardCountsFrom(at: Date, timeZone: string): Date {
  return startOfLocalDay(addMonths(localDate(at, timeZone), -MONTHS_BETWEEN), timeZone);
}
