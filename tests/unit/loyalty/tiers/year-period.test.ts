import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localDate } from "#app/loyalty/program/calendar.ts";
import { lastDayBefore, tierYearsAt } from "#app/loyalty/tiers/year-period.ts";

const ZONES = [
  "America/New_York",
  "Asia/Seoul",
  "UTC",
  "Pacific/Apia",
  "Pacific/Chatham",
  "America/Sao_Paulo",
  "Asia/Kathmandu",
];

describe("the years a tier depends on", () => {
  it.each([
    ["America/New_York", "2027-01-01T04:59:59.999Z", "2026-01-01T05:00:00.000Z", "2027-01-01T05:00:00.000Z"],
    ["America/New_York", "2027-01-01T05:00:00.000Z", "2027-01-01T05:00:00.000Z", "2028-01-01T05:00:00.000Z"],
    ["Asia/Seoul", "2026-12-31T14:59:59.999Z", "2025-12-31T15:00:00.000Z", "2026-12-31T15:00:00.000Z"],
    ["Asia/Seoul", "2026-12-31T15:00:00.000Z", "2026-12-31T15:00:00.000Z", "2027-12-31T15:00:00.000Z"],
    ["Pacific/Apia", "2011-12-30T10:00:00.000Z", "2011-01-01T10:00:00.000Z", "2011-12-31T10:00:00.000Z"],
  ])("%s at %s: from %s to %s", (zone, at, from, to) => {
    const years = tierYearsAt(new Date(at), zone);
    expect(years.thisYearFrom.toISOString()).toBe(from);
    expect(years.thisYearTo.toISOString()).toBe(to);
  });

  it("follow each other without gap or overlap, and hold the instant, in any zone", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.date({
          min: new Date("2012-01-02T00:00:00Z"),
          max: new Date("2040-01-01T00:00:00Z"),
          noInvalidDate: true,
        }),
        (zone, at) => {
          const years = tierYearsAt(at, zone);
          expect(years.lastYearFrom < years.thisYearFrom).toBe(true);
          expect(years.thisYearFrom <= at && at < years.thisYearTo).toBe(true);
          expect(years.thisYearTo < years.nextYearTo).toBe(true);
          expect(tierYearsAt(years.thisYearTo, zone).thisYearFrom).toEqual(years.thisYearTo);
          expect(tierYearsAt(years.thisYearTo, zone).thisYearTo).toEqual(years.nextYearTo);
          const year = localDate(at, zone).slice(0, 4);
          expect(lastDayBefore(years.thisYearTo, zone)).toBe(`${year}-12-31`);
        },
      ),
      { numRuns: 200 },
    );
  });
});
