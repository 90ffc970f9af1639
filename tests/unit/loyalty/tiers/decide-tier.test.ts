import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { decideTier, type HeldTier, reviewTier } from "#app/loyalty/tiers/decide-tier.ts";
import { graceCutoff, tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
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
const ZONE = "America/New_York";
const decide = (member: HeldTier, current: number, previous = 0) =>
  decideTier(
    settings,
    member,
    { current, previous },
    { now, period: tierPeriodAt("calendar_year", now, ZONE) },
  );

describe("a locked tier that the program has no more", () => {
  const gone = held({ tierId: "platinum", tierLocked: true });

  it("stays at settlement, and is exchanged at the review", () => {
    expect(decide(gone, 30_000)).toMatchObject({ outcome: "unchanged", tierId: "platinum" });
    const period = tierPeriodAt("calendar_year", now, ZONE);
    const review = (member: HeldTier) =>
      reviewTier(settings, member, { current: 30_000, previous: 0 }, { now, period, lowerUpTo: now });
    expect(review(gone)).toEqual({
      outcome: "upgraded",
      tierId: "silver",
      tierSince: now,
      tierUntil: years.nextYearTo,
    });
    expect(review({ ...gone, tierId: "gold", tierUntil: years.lastYearFrom })).toMatchObject({
      outcome: "unchanged",
      tierId: "gold",
    });
  });
});

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

describe("a tier at its review", () => {
  const end = new Date("2027-01-01T05:00:00Z");
  const change = (over: (copy: typeof settings) => void) => {
    const copy = structuredClone(settings);
    over(copy);
    return copy;
  };
  const review = (program: typeof settings, member: HeldTier, at: Date, current: number, previous = 0) =>
    reviewTier(
      program,
      member,
      { current, previous },
      {
        now: at,
        period: tierPeriodAt(program.tierRules.window, at, ZONE),
        lowerUpTo: graceCutoff(program.tierRules.graceDays, at, ZONE),
      },
    );
  const gold = held({ tierId: "gold", tierUntil: end });

  it("is kept by its retain threshold, and lost below it: entry 1,000, retain 800", () => {
    const program = change((copy) => {
      copy.tiers[2]!.retainMinor = 80_000;
    });
    expect(review(program, gold, end, 0, 80_000)).toMatchObject({ outcome: "unchanged", tierId: "gold" });
    expect(review(program, gold, end, 0, 79_999)).toMatchObject({ outcome: "lowered", tierId: "silver" });
    // From below, 800 is not enough to enter.
    expect(
      decideTier(
        program,
        held(),
        { current: 80_000, previous: 0 },
        { now, period: tierPeriodAt("calendar_year", now, ZONE) },
      ),
    ).toMatchObject({ tierId: "silver" });
  });

  it("falls no deeper than the retain threshold of the tier below: silver's entry 300, retain 200", () => {
    const program = change((copy) => {
      copy.tiers[1]!.retainMinor = 20_000;
    });
    expect(review(program, gold, end, 0, 20_000)).toMatchObject({ outcome: "lowered", tierId: "silver" });
    expect(review(program, gold, end, 0, 19_999)).toMatchObject({
      outcome: "lowered",
      tierId: "bronze",
      tierUntil: null,
    });
  });

  it("with 30 days of grace goes down on 31 January, and not if what counts is enough by then", () => {
    const program = change((copy) => {
      copy.tierRules.graceDays = 30;
    });
    const lastOfGrace = new Date("2027-01-31T04:59:59Z");
    const after = new Date("2027-01-31T05:00:00Z");
    expect(review(program, gold, lastOfGrace, 0)).toMatchObject({ outcome: "unchanged", tierUntil: end });
    expect(review(program, gold, after, 0)).toMatchObject({ outcome: "lowered", tierId: "bronze" });
    expect(review(program, gold, end, 100_000)).toMatchObject({
      outcome: "unchanged",
      tierUntil: new Date("2029-01-01T05:00:00Z"),
    });
  });

  it("by invitation is neither entered nor fallen into by orders, and kept while nothing is asked for it", () => {
    const program = change((copy) => {
      copy.tiers[1]!.invitationOnly = true;
    });
    expect(review(program, gold, end, 0, 50_000)).toMatchObject({ tierId: "bronze" });
    const invited = held({ tierId: "silver", tierUntil: end });
    expect(review(program, invited, end, 0)).toMatchObject({ outcome: "unchanged", tierId: "silver" });
    program.tiers[1]!.retainMinor = 10_000;
    expect(review(program, invited, end, 0, 9_999)).toMatchObject({ outcome: "lowered", tierId: "bronze" });
    expect(review(program, invited, end, 0, 100_000)).toMatchObject({ outcome: "upgraded", tierId: "gold" });
  });

  it("that has no end, from a program that had none, is given one before it can be lost", () => {
    const undated = held({ tierId: "gold", tierUntil: null });
    expect(review(settings, undated, now, 0)).toMatchObject({
      outcome: "unchanged",
      tierId: "gold",
      tierUntil: end,
    });
    const forEver = change((copy) => {
      copy.tierRules.window = "lifetime";
    });
    expect(review(forEver, undated, now, 0)).toMatchObject({ outcome: "unchanged", tierUntil: null });
  });

  it("over 12 months still counts what reached it on the last day it is good for, leap day or not", () => {
    const rolling = change((copy) => {
      copy.tierRules.window = "rolling_12_months";
    });
    const leapDay = new Date("2028-02-29T17:00:00Z");
    const reached = decideTier(
      rolling,
      held(),
      { current: 100_000, previous: 0 },
      { now: leapDay, period: tierPeriodAt("rolling_12_months", leapDay, ZONE) },
    );
    expect(reached.tierUntil).toEqual(new Date("2029-03-01T05:00:00Z"));
    const lastDay = tierPeriodAt("rolling_12_months", new Date("2029-02-28T17:00:00Z"), ZONE);
    expect(lastDay.currentFrom <= leapDay).toBe(true);
    expect(tierPeriodAt("rolling_12_months", reached.tierUntil!, ZONE).currentFrom > leapDay).toBe(true);
  });

  it("for ever is lost only to a refund, at the end of the year", () => {
    const forEver = change((copy) => {
      copy.tierRules.window = "lifetime";
    });
    const period = tierPeriodAt("lifetime", now, ZONE);
    const kept = held({ tierId: "gold" });
    const refunded = decideTier(forEver, kept, { current: 40_000, previous: 0 }, { now, period });
    expect(refunded).toMatchObject({ outcome: "unchanged", tierId: "gold", tierUntil: end });
    expect(review(forEver, { ...kept, tierUntil: end }, end, 40_000)).toMatchObject({
      outcome: "lowered",
      tierId: "silver",
      tierUntil: null,
    });
  });
});
