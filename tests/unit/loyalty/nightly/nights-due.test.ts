import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nightsDue } from "#app/loyalty/nightly/nights-due.ts";

const due = (timeZone: string, lastNight: string | null, at: string) =>
  nightsDue([{ shopId: "a.myshopify.com", timeZone, lastNight }], new Date(at)).at(0)?.localDate ?? null;

describe("T30 the nights that are due", () => {
  it.each([
    ["Asia/Seoul", "2026-11-20", "2026-11-20T14:59:59Z", null],
    ["Asia/Seoul", "2026-11-20", "2026-11-20T15:00:00Z", "2026-11-21"],
    ["America/New_York", "2026-11-20", "2026-11-21T04:59:59Z", null],
    ["America/New_York", "2026-11-20", "2026-11-21T05:00:00Z", "2026-11-21"],
    ["America/New_York", null, "2026-11-21T03:00:00Z", "2026-11-20"],
    // the clock goes forward at two, and back at two: midnight is where it always is
    ["America/New_York", "2027-03-13", "2027-03-14T05:00:00Z", "2027-03-14"],
    ["America/New_York", "2027-03-14", "2027-03-15T03:59:59Z", null],
    ["America/New_York", "2027-03-14", "2027-03-15T04:00:00Z", "2027-03-15"],
    ["America/New_York", "2026-10-31", "2026-11-01T04:00:00Z", "2026-11-01"],
    ["America/New_York", "2026-11-01", "2026-11-02T04:59:59Z", null],
    // midnight itself is skipped
    ["Africa/Cairo", "2026-04-23", "2026-04-23T21:59:59Z", null],
    ["Africa/Cairo", "2026-04-23", "2026-04-23T22:00:00Z", "2026-04-24"],
    // a leap day has a night, and a day that was skipped has none
    ["Asia/Seoul", "2028-02-28", "2028-02-28T15:00:00Z", "2028-02-29"],
    ["Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z", "2011-12-31"],
    // nights that were missed are made up by one
    ["Asia/Seoul", "2026-11-01", "2026-11-20T15:00:00Z", "2026-11-21"],
    ["Not/AZone", "2026-11-19", "2026-11-20T15:00:00Z", "2026-11-20"],
  ])("%s after %s at %s: %s", (zone, last, at, expected) => {
    expect(due(zone, last, at)).toBe(expected);
  });

  it("come once per local day, however often one asks, across clock changes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          "America/New_York",
          "Africa/Cairo",
          "Asia/Seoul",
          "Pacific/Apia",
          "America/Sao_Paulo",
        ),
        fc.date({ min: new Date("2009-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }),
        (timeZone, start) => {
          let lastNight: string | null = null;
          const nights: string[] = [];
          for (let minutes = 0; minutes < 60 * 24 * 4; minutes += 10) {
            const now = new Date(start.getTime() + minutes * 60_000);
            const [night] = nightsDue([{ shopId: "a.myshopify.com", timeZone, lastNight }], now);
            if (night) nights.push((lastNight = night.localDate));
          }
          expect(nights).toEqual([...new Set(nights)].toSorted());
          expect(nights.length).toBeGreaterThanOrEqual(4);
          // 96 hours from just before midnight touch five days, and a sixth when one of them has 23 hours.
          expect(nights.length).toBeLessThanOrEqual(6);
        },
      ),
      { numRuns: 30 },
    );
  });
});
