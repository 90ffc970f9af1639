import { addMonths, endOfLocalDay, localDate } from "#app/loyalty/program/calendar.ts";
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
  if (expiry.kind === "none") return null;
  return endOfLocalDay(addMonths(localDate(grantedAt, timeZone), expiry.months), timeZone);
}
