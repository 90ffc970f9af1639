/**
 * Days and years in a shop's time zone, on Intl alone. A calendar day is written `2026-12-31`; the end of a day is the
 * first instant of the next one, so that ranges are half-open and days of 23 or 25 hours need no care.
 */

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formatters.set(timeZone, made);
  return made;
}

/** The wall clock in the zone, as if it were UTC: its difference from the instant is the zone's offset. */
function wallClockMs(instant: Date, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatterFor(timeZone).formatToParts(instant)) {
    if (type !== "literal") part[type] = Number(value);
  }
  return Date.UTC(
    part["year"] ?? 0,
    (part["month"] ?? 1) - 1,
    part["day"] ?? 1,
    part["hour"] ?? 0,
    part["minute"] ?? 0,
    part["second"] ?? 0,
  );
}

/** The calendar day in the zone: `2026-12-31`. */
export function localDate(instant: Date, timeZone: string): string {
  return new Date(wallClockMs(instant, timeZone)).toISOString().slice(0, 10);
}

/** Moves a calendar day by whole days. */
export function addDays(date: string, days: number): string {
  const [year, month, day] = parts(date);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

/** Moves a calendar day by whole months; a day that the month does not have becomes its last (31 Jan + 1 = 28 Feb). */
export function addMonths(date: string, months: number): string {
  const [year, month, day] = parts(date);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

// Every settlement asks for the same few days of a shop.
const starts = new Map<string, number>();
const STARTS_KEPT = 1_000;

/** The first instant of a calendar day, also where a clock change skips midnight. */
export function startOfLocalDay(date: string, timeZone: string): Date {
  const key = `${timeZone} ${date}`;
  let start = starts.get(key);
  if (start === undefined) {
    start = findStart(date, timeZone).getTime();
    if (starts.size >= STARTS_KEPT) starts.clear();
    starts.set(key, start);
  }
  return new Date(start);
}

function findStart(date: string, timeZone: string): Date {
  const [year, month, day] = parts(date);
  const midnight = Date.UTC(year, month - 1, day);
  // The offset a day before and a day after bound every clock change near midnight; the earliest match wins.
  const candidates = [-86_400_000, 0, 86_400_000]
    .map((shift) => {
      const probe = new Date(midnight + shift);
      return midnight - (wallClockMs(probe, timeZone) - probe.getTime());
    })
    .sort((a, b) => a - b);
  for (const candidate of candidates) {
    const instant = new Date(candidate);
    if (localDate(instant, timeZone) === date && localDate(new Date(candidate - 1000), timeZone) !== date) {
      return instant;
    }
  }
  return firstInstantBySearch(date, midnight, timeZone);
}

/**
 * The instant at which the zone's clocks show `2026-12-24T00:00`. A time that they show twice is the first of the two; one
 * that a clock change skips is the moment of the change. So one reading is always one instant, and what ends where the
 * next begins neither overlaps nor leaves a gap.
 */
export function instantOfWallClock(reading: string, timeZone: string): Date {
  const wall = Date.parse(`${reading}:00Z`);
  const [early, late] = [-86_400_000, 86_400_000].map((shift) => {
    const probe = new Date(wall + shift);
    return wallClockMs(probe, timeZone) - probe.getTime();
  }) as [number, number];
  // The larger offset gives the earlier instant.
  for (const offset of early > late ? [early, late] : [late, early]) {
    const instant = new Date(wall - offset);
    if (wallClockMs(instant, timeZone) === wall) return instant;
  }
  // Skipped: the change lies between the two readings of it.
  let before = wall - Math.max(early, late);
  let after = wall - Math.min(early, late);
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (wallClockMs(new Date(middle), timeZone) < wall) before = middle;
    else after = middle;
  }
  return new Date(after);
}

/** Halves the two days around until the first second of the date: only for zones that skip midnight itself. */
function firstInstantBySearch(date: string, midnight: number, timeZone: string): Date {
  let before = midnight - 86_400_000;
  let after = midnight + 86_400_000;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (localDate(new Date(middle), timeZone) < date) before = middle;
    else after = middle;
  }
  return new Date(after);
}

/** The end of a calendar day: the first instant of the next. */
export function endOfLocalDay(date: string, timeZone: string): Date {
  return startOfLocalDay(addDays(date, 1), timeZone);
}

/** The half-open calendar year that an instant lies in, in the zone. */
export function calendarYear(instant: Date, timeZone: string): { from: Date; to: Date; year: number } {
  const year = Number(localDate(instant, timeZone).slice(0, 4));
  return {
    year,
    from: startOfLocalDay(`${year}-01-01`, timeZone),
    to: startOfLocalDay(`${year + 1}-01-01`, timeZone),
  };
}

function parts(date: string): [number, number, number] {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return [year, month, day];
}
