import { addDays, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { tierPeriodAt } from "./tier-period.ts";

/** Those whose way to the next tier is another today than on the last night, though they did nothing. */
export type TurnedProgress =
  | { kind: "below_top" }
  /** ISO instants: of them, those with orders placed from the first to before the second. */
  | { kind: "ordered_between"; from: string; to: string };

/**
 * Whose progress has turned with the calendar since the last night: everybody's when a new year has begun; where the
 * period moves along with every day, theirs whose orders it has left behind; nobody's in a lifetime.
 *
 * @param dates local dates; without a night before, the day before stands for it
 */
export function progressTurned(
  settings: Pick<ProgramSettings, "tierRules">,
  dates: { today: string; lastNight: string | null; timeZone: string },
): TurnedProgress | null {
  const { window } = settings.tierRules;
  const { today, timeZone } = dates;
  const from = (date: string) =>
    tierPeriodAt(window, startOfLocalDay(date, timeZone), timeZone).currentFrom.toISOString();
  const [before, now] = [from(dates.lastNight ?? addDays(today, -1)), from(today)];
  if (window === "lifetime" || now <= before) return null;
  return window === "calendar_year"
    ? { kind: "below_top" }
    : { kind: "ordered_between", from: before, to: now };
}
