import { addDays, addMonths, endOfLocalDay, localDate } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

/**
 * When points granted at this instant lapse: the end of a day in the shop's time zone; null when they never
 * do.
 */
export function grantExpiresAt(
  expiry: ProgramSettings["expiry"],
  grantedAt: Date,
  timeZone: string,
): Date | null {
  const lastDay = lastDayOf(expiry, localDate(grantedAt, timeZone));
  return lastDay === null ? null : endOfLocalDay(lastDay, timeZone);
}

/**
 * The same for points that are earned on one day and usable from a later one: where they would lapse before anybody could use
 * them, the rule counts from the day their hold ends. A hold ends in the night after its last instant, which is what points
 * have to outlive.
 */
export function heldGrantExpiresAt(
  expiry: ProgramSettings["expiry"],
  grant: { earnedAt: Date; availableAt: Date },
  timeZone: string,
): Date | null {
  const at = grantExpiresAt(expiry, grant.earnedAt, timeZone);
  return at === null || at > nightFrom(grant.availableAt, timeZone)
    ? at
    : grantExpiresAt(expiry, grant.availableAt, timeZone);
}

/** The first local midnight at this instant or after it. */
function nightFrom(instant: Date, timeZone: string): Date {
  return endOfLocalDay(localDate(new Date(instant.getTime() - 1), timeZone), timeZone);
}

/**
 * The last day of points of that day: so many months later, or the next of the calendar's days, which for points of
 * that very day is next year's. For points that lapse by inactivity the day is that of the last activity.
 */
export function lastDayOf(expiry: ProgramSettings["expiry"], day: string): string | null {
  switch (expiry.kind) {
    case "none":
      return null;
    case "after_earning":
    case "inactivity":
      return addMonths(day, expiry.months);
    case "calendar": {
      const year = Number(day.slice(0, 4));
      const thisYears = calendarDay(year, expiry);
      return thisYears > day ? thisYears : calendarDay(year + 1, expiry);
    }
  }
}

/** 29 February is the 28th in a year without it. */
function calendarDay(year: number, { month, day }: { month: number; day: number }): string {
  const first = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-01`;
  const last = addDays(addMonths(first, 1), -1);
  const wanted = `${first.slice(0, 8)}${String(day).padStart(2, "0")}`;
  return wanted < last ? wanted : last;
}
