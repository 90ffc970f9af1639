import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { decideTier, type HeldTier } from "#app/loyalty/tiers/decide-tier.ts";
import { tierYearsAt } from "#app/loyalty/tiers/year-period.ts";

const settings = defaultSettings({ currency: "USD", currencyExponent: 2 });
const now = new Date("2026-11-21T03:00:00Z");
const years = tierYearsAt(now, "America/New_York");
const held = (over: Partial<HeldTier> = {}): HeldTier => ({
  tierId: "bronze",
  tierSince: new Date("2026-01-05T00:00:00Z"),
  tierUntil: null,
  tierLocked: false,
  ...over,
});
const decide = (member: HeldTier, thisPeriodMinor: number, lastPeriodMinor = 0) =>
  decideTier(settings, member, { thisPeriodMinor, lastPeriodMinor }, { now, years });

describe("a tier at settlement", () => {
  it("goes up at once, and is kept until the end of the next year", () => {
    expect(decide(held(), 30_000)).toEqual({
      outcome: "upgraded",
      tierId: "silver",
      tierSince: now,
      tierUntil: new Date("2028-01-01T05:00:00Z"),
    });
  });

  it("skips a tier when the spend does", () => {
    expect(decide(held(), 150_000)).toMatchObject({ outcome: "upgraded", tierId: "gold" });
  });

  it("never goes down, however much is refunded; it then ends with this year", () => {
    const gold = held({ tierId: "gold", tierUntil: years.nextYearTo });
    expect(decide(gold, 0)).toEqual({
      outcome: "unchanged",
      tierId: "gold",
      tierSince: gold.tierSince,
      tierUntil: new Date("2027-01-01T05:00:00Z"),
    });
  });

  it("that this year's spend reaches again lasts a year longer", () => {
    const silver = held({ tierId: "silver", tierUntil: years.thisYearTo });
    expect(decide(silver, 29_999).tierUntil).toEqual(years.thisYearTo);
    expect(decide(silver, 30_000)).toMatchObject({
      outcome: "unchanged",
      tierId: "silver",
      tierUntil: years.nextYearTo,
    });
  });

  it("comes from last year's spend when an order of last year is settled late", () => {
    expect(decide(held(), 0, 100_000)).toMatchObject({
      outcome: "upgraded",
      tierId: "gold",
      tierUntil: years.thisYearTo,
    });
  });

  it("that was locked by hand stays as it is", () => {
    const locked = held({ tierLocked: true });
    expect(decide(locked, 150_000)).toMatchObject({
      outcome: "unchanged",
      tierId: "bronze",
      tierUntil: null,
    });
  });

  it("that the program no longer has gives way to what the spend reaches", () => {
    expect(decide(held({ tierId: "platinum" }), 0)).toMatchObject({
      outcome: "upgraded",
      tierId: "bronze",
      tierUntil: null,
    });
  });
});
