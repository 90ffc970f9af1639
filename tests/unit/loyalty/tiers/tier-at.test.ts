import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { nextTier, tierForProgress } from "#app/loyalty/tiers/tier-at.ts";

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
    expect(tierForProgress(usd, spent)?.id).toBe(tier);
  });

  it("a won shop's thresholds are in won", () => {
    expect(tierForProgress(krw, 299_999)?.id).toBe("family");
    expect(tierForProgress(krw, 300_000)?.id).toBe("silver");
    expect(tierForProgress(krw, 1_000_000)?.id).toBe("gold");
  });

  it("a program without tiers has none to give", () => {
    expect(tierForProgress({ tiers: [] }, 1_000_000)).toBeNull();
    expect(nextTier({ tiers: [] }, null, 0)).toBeNull();
  });

  it("more spend never means a lower tier", () => {
    fc.assert(
      fc.property(fc.nat(300_000), fc.nat(300_000), (spent, more) => {
        const before = tierForProgress(usd, spent);
        const after = tierForProgress(usd, spent + more);
        expect(after!.thresholdMinor).toBeGreaterThanOrEqual(before!.thresholdMinor);
      }),
    );
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
    expect(nextTier(usd, held, spent)).toMatchObject({ tier: { id: next }, remaining });
  });

  it("passes over a tier that only an invitation opens", () => {
    const tiers = structuredClone(usd.tiers);
    tiers[1]!.invitationOnly = true;
    expect(nextTier({ tiers }, "bronze", 40_000)).toMatchObject({ tier: { id: "gold" }, remaining: 60_000 });
    expect(tierForProgress({ tiers }, 40_000)?.id).toBe("bronze");
  });

  it("at the top there is nothing next", () => {
    expect(nextTier(usd, "gold", 0)).toBeNull();
  });
});
