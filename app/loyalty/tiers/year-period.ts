import { calendarYear, localDate } from "#app/loyalty/program/calendar.ts";

/** The calendar years in the shop's time zone that a tier depends on; each ends where the next begins. */
export interface TierYears {
  lastYearFrom: Date;
  thisYearFrom: Date;
  /** A tier good until here is good up to, and not including, this instant. */
  thisYearTo: Date;
  nextYearTo: Date;
}

/** The years around an instant on the shop's wall clock. */
export function tierYearsAt(instant: Date, timeZone: string): TierYears {
  const thisYear = calendarYear(instant, timeZone);
  return {
    lastYearFrom: calendarYear(new Date(thisYear.from.getTime() - 1), timeZone).from,
    thisYearFrom: thisYear.from,
    thisYearTo: thisYear.to,
    nextYearTo: calendarYear(thisYear.to, timeZone).to,
  };
}

/**
 * The last day on which something that ends at this (exclusive) instant is still good, as shoppers are told
 * it.
 */
export function lastDayBefore(end: Date, timeZone: string): string {
  return localDate(new Date(end.getTime() - 1), timeZone);
}
