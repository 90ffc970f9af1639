import type { LocalDate } from "#app/loyalty/nightly/local-day.ts";
import { localDateOf, startOfDay } from "#app/loyalty/nightly/local-day.ts";

/** A calendar year in the shop's time zone: from `startsAt` up to, but not including, `endsAt`. */
export interface YearPeriod {
  year: number;
  startsAt: Date;
  endsAt: Date;
  /** The year's last day, as shoppers are told it. */
  lastDay: LocalDate;
}

/** The year that holds the instant on the shop's wall clock. */
export function yearPeriodAt(instant: Date, timeZone: string): YearPeriod {
  return yearPeriod(Number(localDateOf(instant, timeZone).slice(0, 4)), timeZone);
}

export function yearPeriod(year: number, timeZone: string): YearPeriod {
  const name = String(year).padStart(4, "0");
  const next = String(year + 1).padStart(4, "0");
  return {
    year,
    startsAt: startOfDay(`${name}-01-01`, timeZone),
    endsAt: startOfDay(`${next}-01-01`, timeZone),
    lastDay: `${name}-12-31`,
  };
}

/** The last millisecond of the year: a tier kept for the year is kept up to and including it. */
export function lastInstantOf(period: YearPeriod): Date {
  return new Date(period.endsAt.getTime() - 1);
}
