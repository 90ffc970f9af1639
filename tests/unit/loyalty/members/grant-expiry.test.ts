import { describe, expect, it } from "vitest";
import { grantExpiresAt, heldGrantExpiresAt, lastDayOf } from "#app/loyalty/members/grant-expiry.ts";
import { daysToAnnounce } from "#app/loyalty/nightly/write-reminders.server.ts";
import { expirySettings, reminderDays } from "#app/loyalty/program/expiry-settings.ts";

describe("T30 the last day of points", () => {
  it.each([
    [{ kind: "none" }, "2026-11-21", null],
    [{ kind: "after_earning", months: 12 }, "2026-11-21", "2027-11-21"],
    [{ kind: "after_earning", months: 12 }, "2028-02-29", "2029-02-28"],
    [{ kind: "after_earning", months: 1 }, "2027-01-31", "2027-02-28"],
    [{ kind: "inactivity", months: 6 }, "2026-08-31", "2027-02-28"],
    [{ kind: "calendar", month: 12, day: 31 }, "2026-11-21", "2026-12-31"],
    [{ kind: "calendar", month: 12, day: 31 }, "2026-12-31", "2027-12-31"],
    [{ kind: "calendar", month: 2, day: 29 }, "2026-11-21", "2027-02-28"],
    [{ kind: "calendar", month: 2, day: 29 }, "2027-02-28", "2028-02-29"],
    [{ kind: "calendar", month: 2, day: 29 }, "2028-02-28", "2028-02-29"],
  ] as const)("by %o of points of %s is %s", (expiry, day, last) => {
    expect(lastDayOf(expiry, day)).toBe(last);
  });

  it("ends with the day of 25 hours and with the one of 23, in New York", () => {
    const year = { kind: "after_earning", months: 12 } as const;
    // 1 November 2026 has 25 hours, 14 March 2027 has 23.
    expect(grantExpiresAt(year, new Date("2025-11-01T16:00:00Z"), "America/New_York")).toEqual(
      new Date("2026-11-02T05:00:00Z"),
    );
    expect(grantExpiresAt(year, new Date("2026-03-14T16:00:00Z"), "America/New_York")).toEqual(
      new Date("2027-03-15T04:00:00Z"),
    );
  });

  it("counts from the shop's day, not from London's", () => {
    const month = { kind: "after_earning", months: 1 } as const;
    expect(grantExpiresAt(month, new Date("2026-11-20T15:30:00Z"), "Asia/Seoul")).toEqual(
      new Date("2026-12-21T15:00:00Z"),
    );
  });

  it.each([
    // rule · earned · usable from · lapses, in Seoul
    [{ kind: "calendar", month: 12, day: 31 }, "2026-12-15", "2027-01-14", "2027-12-31T15:00:00Z"],
    [{ kind: "calendar", month: 12, day: 31 }, "2026-12-15", "2026-12-29", "2026-12-31T15:00:00Z"],
    [{ kind: "after_earning", months: 1 }, "2026-06-10", "2026-09-08", "2026-10-08T15:00:00Z"],
    // usable from some time on their last day: the night that ends the hold would take them
    [{ kind: "calendar", month: 12, day: 31 }, "2026-12-17", "2026-12-31", "2027-12-31T15:00:00Z"],
    [{ kind: "calendar", month: 12, day: 31 }, "2026-12-16", "2026-12-30", "2026-12-31T15:00:00Z"],
    [{ kind: "after_earning", months: 1 }, "2026-04-10", "2026-05-10", "2026-06-10T15:00:00Z"],
    [{ kind: "after_earning", months: 1 }, "2026-05-10", "2026-06-09", "2026-06-10T15:00:00Z"],
    [{ kind: "after_earning", months: 12 }, "2026-06-10", "2026-09-08", "2027-06-10T15:00:00Z"],
  ] as const)(
    "by %o of points earned on %s and usable from %s is %s: never before they could be used",
    (expiry, earned, usable, at) => {
      const grant = {
        earnedAt: new Date(`${earned}T03:00:00Z`),
        availableAt: new Date(`${usable}T03:00:00Z`),
      };
      expect(heldGrantExpiresAt(expiry, grant, "Asia/Seoul")).toEqual(new Date(at));
      expect(heldGrantExpiresAt({ kind: "none" }, grant, "Asia/Seoul")).toBeNull();
    },
  );

  it("of points usable from midnight on is that very day: the night before has ended their hold", () => {
    const expiry = { kind: "calendar", month: 12, day: 31 } as const;
    const midnight = Date.parse("2026-12-30T15:00:00Z"); // the first instant of the 31st in Seoul
    const lapses = (availableAt: number) => {
      const earnedAt = new Date(availableAt - 14 * 86_400_000);
      return heldGrantExpiresAt(expiry, { earnedAt, availableAt: new Date(availableAt) }, "Asia/Seoul");
    };
    expect(lapses(midnight)).toEqual(new Date("2026-12-31T15:00:00Z"));
    expect(lapses(midnight + 1)).toEqual(new Date("2027-12-31T15:00:00Z"));
  });

  it("refuses a day that its month does not have, and knows the leap day", () => {
    const read = (month: number, day: number) => expirySettings.safeParse({ kind: "calendar", month, day });
    expect(read(2, 29).success).toBe(true);
    expect(read(2, 30).error?.issues).toMatchObject([{ path: ["day"], message: "day_not_in_month" }]);
    expect(read(4, 31).success).toBe(false);
    expect(reminderDays.parse(undefined)).toEqual([30, 7, 1]);
    expect(reminderDays.parse([1, 7, 7])).toEqual([7, 1]);
  });
});

describe("what a night announces", () => {
  it("is each reminder of today", () => {
    expect(daysToAnnounce([30, 1], "2027-03-01", "2027-02-28")).toEqual([
      { onDate: "2027-03-31", daysBefore: 30 },
      { onDate: "2027-03-02", daysBefore: 1 },
    ]);
  });

  it("makes up nights that were missed, but not for what is gone", () => {
    expect(daysToAnnounce([1], "2027-03-04", "2027-03-01")).toEqual([
      { onDate: "2027-03-04", daysBefore: 1 },
      { onDate: "2027-03-05", daysBefore: 1 },
    ]);
    expect(daysToAnnounce([30], "2027-03-31", "2026-01-01")).toHaveLength(7);
    expect(daysToAnnounce([7], "2027-03-04", null)).toEqual([{ onDate: "2027-03-11", daysBefore: 7 }]);
  });
});
