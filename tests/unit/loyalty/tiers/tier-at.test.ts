import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { entitledTier, nextTier, tierForSpend } from "#app/loyalty/tiers/tier-at.ts";

const usd = defaultSettings({ currency: "USD", currencyExponent: 2 });
const krw = defaultSettings({ currency: "KRW", currencyExponent: 0 });

describe("the tier a spend reaches", () => {
  it.each([
    [-500, "bronze"],
    [0, "bronze"],
    [29_999, "bronze"],
    [30_000, "silver"],
    [99_999, "silver"],
    [100_000, "gold"],
    [Number.MAX_SAFE_INTEGER, "gold"],
  ])("%i cents are %s", (spent, tier) => {
    expect(tierForSpend(usd, spent)?.id).toBe(tier);
  });

  it("a won shop's thresholds are in won", () => {
    expect(tierForSpend(krw, 299_999)?.id).toBe("family");
    expect(tierForSpend(krw, 300_000)?.id).toBe("silver");
    expect(tierForSpend(krw, 1_000_000)?.id).toBe("gold");
  });

  it("a program without tiers has none to give", () => {
    expect(tierForSpend({ tiers: [] }, 1_000_000)).toBeNull();
    expect(nextTier({ tiers: [] }, null, 0)).toBeNull();
    expect(entitledTier({ tiers: [] }, { thisPeriodMinor: 0, lastPeriodMinor: 0 })).toBeNull();
  });

  it("more spend never means a lower tier", () => {
    fc.assert(
      fc.property(fc.nat(300_000), fc.nat(300_000), (spent, more) => {
        const before = tierForSpend(usd, spent);
        const after = tierForSpend(usd, spent + more);
        expect(after!.thresholdMinor).toBeGreaterThanOrEqual(before!.thresholdMinor);
      }),
    );
  });
});

describe("what two years entitle to", () => {
  it("the better year counts, and this year's lasts longer when both reach the same", () => {
    expect(entitledTier(usd, { thisPeriodMinor: 0, lastPeriodMinor: 100_000 })).toMatchObject({
      tier: { id: "gold" },
      reachedIn: "last_period",
    });
    expect(entitledTier(usd, { thisPeriodMinor: 30_000, lastPeriodMinor: 30_000 })).toMatchObject({
      tier: { id: "silver" },
      reachedIn: "this_period",
    });
    expect(entitledTier(usd, { thisPeriodMinor: 0, lastPeriodMinor: 0 })?.reachedIn).toBe("always");
  });
});

describe("what is missing to the next tier", () => {
  it.each([
    ["bronze", 18_000, "silver", 12_000],
    ["silver", 18_000, "gold", 82_000],
    ["bronze", 40_000, "silver", 0],
    [null, 0, "silver", 30_000],
    ["removed-tier", 31_000, "gold", 69_000],
  ])("%s with %i spent lacks for %s: %i", (held, spent, next, remaining) => {
    expect(nextTier(usd, held, spent)).toMatchObject({ tier: { id: next }, remainingMinor: remaining });
  });

  it("at the top there is nothing next", () => {
    expect(nextTier(usd, "gold", 0)).toBeNull();
  });
});
