import type { TierRules } from "#app/loyalty/program/tier-settings.ts";
import {
  addDays,
  addMonths,
  endOfLocalDay,
  localDate,
  startOfLocalDay,
} from "#app/loyalty/program/calendar.ts";
import { tierYearsAt } from "./year-period.ts";

/** The stretch of time that a tier is measured over, and how long what it reaches lasts. Ends are exclusive. */
export interface TierPeriod {
  /** Orders from here to `currentFrom` count as the period before; the same instant where there is none. */
  previousFrom: Date;
  currentFrom: Date;
  to: Date;
  /** How long a tier lasts that the current period reaches; null for without end. */
  keptUntil: Date | null;
  /** How long one lasts that it does not reach (any more); null for as long as was said before. */
  unreachedUntil: Date | null;
  /** When the current period is over, as shoppers are told; null where it moves along with every day, or never ends. */
  endsAt: Date | null;
}

/** Before the first order any shop of ours can have. */
const EVER = new Date(0);
const MONTHS = 12;

/**
 * The period around an instant on the shop's wall clock. The rolling one goes from the same day last year to the end
 * of today, so that what reached a tier still counts on the last day it is good for.
 */
export function tierPeriodAt(window: TierRules["window"], instant: Date, timeZone: string): TierPeriod {
  const years = tierYearsAt(instant, timeZone);
  const today = localDate(instant, timeZone);
  switch (window) {
    case "calendar_year":
      return {
        previousFrom: years.lastYearFrom,
        currentFrom: years.thisYearFrom,
        to: years.thisYearTo,
        keptUntil: years.nextYearTo,
        unreachedUntil: years.thisYearTo,
        endsAt: years.thisYearTo,
      };
    case "rolling_12_months": {
      const from = startOfLocalDay(firstDayCounted(today), timeZone);
      return {
        previousFrom: from,
        currentFrom: from,
        to: endOfLocalDay(today, timeZone),
        keptUntil: endOfLocalDay(addMonths(today, MONTHS), timeZone),
        unreachedUntil: null,
        endsAt: null,
      };
    }
    case "lifetime":
      return {
        previousFrom: EVER,
        currentFrom: EVER,
        to: endOfLocalDay(today, timeZone),
        keptUntil: null,
        unreachedUntil: years.thisYearTo,
        endsAt: null,
      };
  }
}

/** The first day that is good until today at least: on 29 February, 1 March, as 28 February was good until the 28th. */
function firstDayCounted(today: string): string {
  const day = addMonths(today, -MONTHS);
  return addMonths(day, MONTHS) < today ? addDays(day, 1) : day;
}

/**
 * A tier whose time was up by this instant is lowered now; one that ran out later is in its days of grace. Without
 * grace that is now itself.
 */
export function graceCutoff(graceDays: number, now: Date, timeZone: string): Date {
  if (graceDays === 0) return now;
  return startOfLocalDay(addDays(localDate(now, timeZone), -graceDays), timeZone);
}
