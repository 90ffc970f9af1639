import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { progressTurned } from "#app/loyalty/tiers/progress-turned.ts";
import { tiersWithNext } from "#app/loyalty/tiers/tier-at.ts";

const usd = defaultSettings({ currency: "USD", currencyExponent: 2 });
const turned = (
  window: (typeof usd)["tierRules"]["window"],
  lastNight: string | null,
  today: string,
  timeZone = "America/New_York",
) => progressTurned({ tierRules: { ...usd.tierRules, window } }, { today, lastNight, timeZone });

describe("whose progress turns with the calendar", () => {
  it("everybody's in a new year, also when its first night was missed", () => {
    expect(turned("calendar_year", "2026-12-30", "2026-12-31")).toBeNull();
    expect(turned("calendar_year", "2026-12-31", "2027-01-01")).toEqual({ kind: "below_top" });
    expect(turned("calendar_year", "2026-12-30", "2027-01-03")).toEqual({ kind: "below_top" });
    expect(turned("calendar_year", "2027-01-01", "2027-01-02")).toBeNull();
    expect(turned("calendar_year", null, "2027-01-01")).toEqual({ kind: "below_top" });
    expect(turned("calendar_year", null, "2027-01-02")).toBeNull();
  });

  it("theirs whose orders the twelve months have left behind since the last night, by the shop's days", () => {
    expect(turned("rolling_12_months", "2026-11-20", "2026-11-22")).toEqual({
      kind: "ordered_between",
      from: "2025-11-20T05:00:00.000Z",
      to: "2025-11-22T05:00:00.000Z",
    });
    expect(turned("rolling_12_months", null, "2026-11-22", "Asia/Seoul")).toEqual({
      kind: "ordered_between",
      from: "2025-11-20T15:00:00.000Z",
      to: "2025-11-21T15:00:00.000Z",
    });
    // 29 February counts from 1 March, and so does 1 March.
    expect(turned("rolling_12_months", "2028-02-29", "2028-03-01")).toBeNull();
  });

  it("nobody's in a lifetime, nor when clocks were set back", () => {
    expect(turned("lifetime", "2026-12-31", "2027-01-01")).toBeNull();
    expect(turned("rolling_12_months", "2026-11-22", "2026-11-22")).toBeNull();
    expect(turned("rolling_12_months", "2026-11-22", "2026-11-21")).toBeNull();
  });

  it("is told to whoever has a tier left that orders reach", () => {
    const [bronze, silver, gold] = usd.tiers;
    expect(tiersWithNext(usd)).toEqual(["bronze", "silver"]);
    const black = { ...gold!, id: "black", invitationOnly: true };
    expect(tiersWithNext({ tiers: [bronze!, silver!, gold!, black] })).toEqual(["bronze", "silver"]);
    expect(tiersWithNext({ tiers: [bronze!, black, gold!] })).toEqual(["bronze", "black"]);
    expect(tiersWithNext({ tiers: [bronze!] })).toEqual([]);
    expect(tiersWithNext({ tiers: [] })).toEqual([]);
  });
});
