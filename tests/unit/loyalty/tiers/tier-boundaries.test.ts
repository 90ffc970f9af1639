import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { decideTier, type HeldTier, reviewTier } from "#app/loyalty/tiers/decide-tier.ts";
import { progressLost } from "#app/loyalty/tiers/progress-lost.ts";
import { graceCutoff, tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";

// Midnight of New Year's Day 2027 in the shop's own time zone, and what lies a second around it.
const ZONES = [
  ["Asia/Seoul", "2026-12-31T15:00:00Z", "2027-12-31T15:00:00Z", "2028-12-31T15:00:00Z"],
  ["America/New_York", "2027-01-01T05:00:00Z", "2028-01-01T05:00:00Z", "2029-01-01T05:00:00Z"],
] as const;

/** Thresholds of each currency in minor units: silver at 300 or 30,000, gold at 1,000 or 100,000 of it. */
const CURRENCIES = [
  ["KRW", 0, 300_000, 1_000_000],
  ["USD", 2, 30_000, 100_000],
  ["JPY", 0, 30_000, 100_000],
  ["KWD", 3, 300_000, 1_000_000],
] as const;

const program = (change: (settings: ProgramSettings) => void = () => {}, currency = "USD", exponent = 2) => {
  const settings = structuredClone(defaultSettings({ currency, currencyExponent: exponent }));
  change(settings);
  return settings;
};
const gold = (tierUntil: Date | null, over: Partial<HeldTier> = {}): HeldTier => ({
  tierId: "gold",
  tierSince: new Date("2026-03-01T00:00:00Z"),
  tierUntil,
  tierLocked: false,
  ...over,
});
const around = (instant: string, ms: number) => new Date(Date.parse(instant) + ms);

function settle(
  settings: ProgramSettings,
  held: HeldTier,
  progress: [number, number],
  now: Date,
  zone: string,
  lost?: number,
) {
  const [current, previous] = progress;
  const period = tierPeriodAt(settings.tierRules.window, now, zone);
  return decideTier(settings, held, { current, previous }, { now, period }, lost);
}

function review(
  settings: ProgramSettings,
  held: HeldTier,
  progress: [number, number],
  now: Date,
  zone: string,
) {
  const [current, previous] = progress;
  const { window, graceDays } = settings.tierRules;
  const period = tierPeriodAt(window, now, zone);
  const lowerUpTo = graceCutoff(graceDays, now, zone);
  return reviewTier(settings, held, { current, previous }, { now, period, lowerUpTo });
}

describe("thresholds, to the minor unit", () => {
  it.each(CURRENCIES)(
    "%s (exponent %i): one below %i is nothing, %i makes gold",
    (currency, exponent, silverAt, goldAt) => {
      const settings = program(() => {}, currency, exponent);
      const [lowest] = settings.tiers;
      const start: HeldTier = { tierId: lowest!.id, tierSince: null, tierUntil: null, tierLocked: false };
      const at = (spent: number) =>
        settle(settings, start, [spent, 0], new Date("2026-11-21T03:00:00Z"), "Asia/Seoul").tierId;
      expect(at(silverAt - 1)).toBe(lowest!.id);
      expect(at(silverAt)).toBe("silver");
      expect(at(goldAt - 1)).toBe("silver");
      expect(at(goldAt)).toBe("gold");
    },
  );
});

describe.each(ZONES)("the turn of the year in %s", (zone, newYear, yearAfter, twoAfter) => {
  const end = new Date(newYear);
  const lastSecond = around(newYear, -1000);

  it("reached a second before midnight lasts through the next year, a second after through the one after it", () => {
    const start: HeldTier = { tierId: "bronze", tierSince: null, tierUntil: null, tierLocked: false };
    expect(settle(program(), start, [100_000, 0], lastSecond, zone).tierUntil).toEqual(new Date(yearAfter));
    expect(settle(program(), start, [100_000, 0], end, zone).tierUntil).toEqual(new Date(twoAfter));
  });

  it("is looked at by the review from midnight on, not before", () => {
    const held = gold(end);
    expect(review(program(), held, [0, 0], lastSecond, zone)).toMatchObject({
      outcome: "unchanged",
      tierId: "gold",
    });
    expect(review(program(), held, [0, 30_000], end, zone)).toEqual({
      outcome: "lowered",
      tierId: "silver",
      tierSince: end,
      tierUntil: new Date(yearAfter),
    });
  });

  it("an order between midnight and the review gives no further year to a tier that nothing is enough for", () => {
    const soon = around(newYear, 60_000);
    const settled = settle(program(), gold(end), [5_000, 40_000], soon, zone);
    expect(settled).toMatchObject({ outcome: "unchanged", tierId: "gold", tierUntil: end });
    const { outcome: _outcome, ...held } = { ...settled, tierLocked: false };
    expect(review(program(), held, [5_000, 40_000], soon, zone)).toMatchObject({
      outcome: "lowered",
      tierId: "silver",
    });
  });

  it("nor does an order in the days of grace, unless it is enough", () => {
    const settings = program((copy) => (copy.tierRules.graceDays = 30));
    const inGrace = around(newYear, 5 * 86_400_000);
    expect(settle(settings, gold(end), [99_999, 0], inGrace, zone).tierUntil).toEqual(end);
    expect(settle(settings, gold(end), [100_000, 0], inGrace, zone).tierUntil).toEqual(new Date(twoAfter));
    // Thirty days of grace: the last of them is 30 January.
    const lastOfGrace = around(newYear, 30 * 86_400_000 - 1);
    expect(review(settings, gold(end), [99_999, 0], lastOfGrace, zone).tierId).toBe("gold");
    expect(review(settings, gold(end), [99_999, 0], around(newYear, 30 * 86_400_000), zone)).toMatchObject({
      outcome: "lowered",
      tierId: "silver",
    });
  });

  it("what last year's orders are enough for lasts through this year, also when settled after midnight", () => {
    const soon = around(newYear, 60_000);
    expect(settle(program(), gold(end), [0, 100_000], soon, zone).tierUntil).toEqual(new Date(yearAfter));
  });

  it("for ever, taken away by a refund, ends with the year of the refund and is not put off by the next order", () => {
    const settings = program((copy) => (copy.tierRules.window = "lifetime"));
    const refunded = settle(settings, gold(null), [40_000, 0], lastSecond, zone);
    expect(refunded).toMatchObject({ tierId: "gold", tierUntil: end });
    const soon = around(newYear, 60_000);
    expect(settle(settings, gold(end), [41_000, 0], soon, zone).tierUntil).toEqual(end);
    expect(settle(settings, gold(end), [100_000, 0], soon, zone).tierUntil).toBeNull();
  });
});

describe("a tier that this year's orders are not enough for, at settlement", () => {
  const now = new Date("2026-11-21T03:00:00Z");
  const endOfThis = new Date("2027-01-01T05:00:00Z");
  const endOfNext = new Date("2028-01-01T05:00:00Z");
  const settled = (held: Date | null, progress: [number, number], lost: number, settings = program()) =>
    settle(settings, gold(held), progress, now, "America/New_York", lost).tierUntil;

  it("lasts as long as was said when the order took nothing away: given by hand, or reached under other rules", () => {
    expect(settled(endOfNext, [5_000, 0], 0)).toEqual(endOfNext);
    expect(settled(endOfNext, [5_000, 100_000], 0)).toEqual(endOfNext);
    const forEver = program((copy) => (copy.tierRules.window = "lifetime"));
    expect(settled(null, [5_000, 0], 0, forEver)).toBeNull();
  });

  it("ends with this year when a refund has taken away what was enough: 1,000.00 less 0.01, not 999.99 less 0.01", () => {
    expect(settled(endOfNext, [99_999, 0], 1)).toEqual(endOfThis);
    expect(settled(endOfNext, [99_998, 0], 1)).toEqual(endOfNext);
    // Last year's are still enough: it ends with this year, which they reach.
    expect(settled(endOfNext, [99_999, 100_000], 1)).toEqual(endOfThis);
  });

  it.each([
    ["spent", 30_000, 90_000],
    ["points", 1_500, 4_500],
    ["orders", 0, 1],
  ] as const)(
    "by %s an order of 900.00 loses %i with a third of it, and %i with all",
    (basis, third, all) => {
      const whole = { spentMinor: 90_000, points: 4_500 };
      const rest = { spentMinor: 60_000, points: 3_000 };
      expect(progressLost(basis, whole, rest)).toBe(third);
      expect(progressLost(basis, whole, { spentMinor: 0, points: 0 })).toBe(all);
      expect(progressLost(basis, rest, whole)).toBe(0);
    },
  );
});

describe("a rolling year around a leap day", () => {
  const settings = program((copy) => (copy.tierRules.window = "rolling_12_months"));
  const start: HeldTier = { tierId: "bronze", tierSince: null, tierUntil: null, tierLocked: false };

  it.each([
    // reached on, in Seoul · first instant after its last day
    ["2027-02-28", "2028-02-28T15:00:00Z"],
    ["2028-02-28", "2029-02-28T15:00:00Z"],
    ["2028-02-29", "2029-02-28T15:00:00Z"],
    ["2028-03-01", "2029-03-01T15:00:00Z"],
  ])("reached on %s it is good until %s, and what reached it counts to the last moment", (day, until) => {
    const now = new Date(`${day}T03:00:00Z`);
    const reached = settle(settings, start, [100_000, 0], now, "Asia/Seoul");
    expect(reached.tierUntil).toEqual(new Date(until));
    const lastDay = tierPeriodAt("rolling_12_months", around(until, -1), "Asia/Seoul");
    expect(lastDay.currentFrom.getTime()).toBeLessThanOrEqual(now.getTime());
    const dayAfter = tierPeriodAt("rolling_12_months", new Date(until), "Asia/Seoul");
    expect(dayAfter.currentFrom.getTime()).toBeGreaterThan(now.getTime());
  });

  it("over a day of 23 hours and one of 25 in New York begins and ends at midnight", () => {
    const spring = tierPeriodAt("rolling_12_months", new Date("2027-03-14T16:00:00Z"), "America/New_York");
    expect(spring.to).toEqual(new Date("2027-03-15T04:00:00Z")); // a day of 23 hours
    expect(spring.currentFrom).toEqual(new Date("2026-03-14T04:00:00Z"));
    const autumn = tierPeriodAt("rolling_12_months", new Date("2026-11-01T16:00:00Z"), "America/New_York");
    expect(autumn.to).toEqual(new Date("2026-11-02T05:00:00Z")); // a day of 25 hours
    expect(autumn.keptUntil).toEqual(new Date("2027-11-02T04:00:00Z"));
  });
});
