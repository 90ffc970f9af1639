import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  addMonths,
  calendarYear,
  endOfLocalDay,
  instantOfWallClock,
  localDate,
  startOfLocalDay,
} from "#app/loyalty/program/calendar.ts";

describe("days of a shop", () => {
  it.each([
    ["Asia/Seoul", "2026-12-31", "2026-12-30T15:00:00.000Z", "2026-12-31T15:00:00.000Z"],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"], // 23 hours
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z"], // 25 hours
    ["Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00.000Z", "2026-03-29T21:00:00.000Z"], // midnight is skipped
    ["America/New_York", "2028-02-29", "2028-02-29T05:00:00.000Z", "2028-03-01T05:00:00.000Z"],
  ])("%s %s begins and ends where its clocks say", (zone, date, start, end) => {
    expect(startOfLocalDay(date, zone).toISOString()).toBe(start);
    expect(endOfLocalDay(date, zone).toISOString()).toBe(end);
  });

  it("adds months to the last day that exists", () => {
    expect(addMonths("2027-01-31", 1)).toBe("2027-02-28");
    expect(addMonths("2028-01-31", 1)).toBe("2028-02-29");
    expect(addMonths("2026-11-30", 12)).toBe("2027-11-30");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  });

  it("knows the calendar year of a shop, not of the server", () => {
    const year = calendarYear(new Date("2026-12-31T15:30:00Z"), "Asia/Seoul");
    expect(year.year).toBe(2027);
    expect(year.from.toISOString()).toBe("2026-12-31T15:00:00.000Z");
  });

  it("every instant lies in the day it is said to be in", () => {
    const zones = [
      "Asia/Seoul",
      "America/New_York",
      "Asia/Beirut",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "America/Sao_Paulo",
    ];
    fc.assert(
      fc.property(
        fc.date({ min: new Date("2010-01-01"), max: new Date("2035-01-01"), noInvalidDate: true }),
        fc.constantFrom(...zones),
        (instant, zone) => {
          const date = localDate(instant, zone);
          expect(startOfLocalDay(date, zone).getTime()).toBeLessThanOrEqual(instant.getTime());
          expect(endOfLocalDay(date, zone).getTime()).toBeGreaterThan(instant.getTime());
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a reading of the shop's clocks", () => {
  it.each([
    ["Asia/Seoul", "2026-12-24T00:00", "2026-12-23T15:00:00.000Z"],
    ["America/New_York", "2026-12-24T00:00", "2026-12-24T05:00:00.000Z"],
    // Spring forward at 02:00: what is skipped is the moment of the change, what is before and after is itself.
    ["America/New_York", "2026-03-08T01:59", "2026-03-08T06:59:00.000Z"],
    ["America/New_York", "2026-03-08T02:00", "2026-03-08T07:00:00.000Z"],
    ["America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00.000Z"],
    ["America/New_York", "2026-03-08T03:00", "2026-03-08T07:00:00.000Z"],
    // Fall back at 02:00: 01:30 comes twice, the first one counts.
    ["America/New_York", "2026-11-01T00:30", "2026-11-01T04:30:00.000Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00.000Z"],
    ["America/New_York", "2026-11-01T02:00", "2026-11-01T07:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00.000Z"], // half an hour is skipped
    ["Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00:00.000Z"],
  ])("%s %s is one instant", (zone, reading, instant) => {
    expect(instantOfWallClock(reading, zone).toISOString()).toBe(instant);
  });

  it("midnight is the start of the day, and later readings are never earlier instants", () => {
    const minutes = fc.integer({ min: 0, max: 2 * 366 * 1440 });
    const zones = fc.constantFrom("Asia/Seoul", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe");
    const reading = (minute: number) =>
      new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString().slice(0, 16);
    fc.assert(
      fc.property(zones, minutes, minutes, (zone, one, other) => {
        const date = reading(one).slice(0, 10);
        expect(instantOfWallClock(`${date}T00:00`, zone)).toEqual(startOfLocalDay(date, zone));
        const [first, second] = one <= other ? [one, other] : [other, one];
        expect(instantOfWallClock(reading(first), zone).getTime()).toBeLessThanOrEqual(
          instantOfWallClock(reading(second), zone).getTime(),
        );
      }),
    );
  });
});
