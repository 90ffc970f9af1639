import { describe, expect, test } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import type { Reward } from "#app/loyalty/program/settings.ts";
import { codeTitle } from "#app/loyalty/rewards/code-title.ts";
import { cashMaximum, codeEnd, freezeTerms, priceReward } from "#app/loyalty/rewards/redemption-terms.ts";

const usd = defaultSettings({ currency: "USD", currencyExponent: 2 });
const krw = defaultSettings({ currency: "KRW", currencyExponent: 0 });
const cash = krw.rewards[0] as Extract<Reward, { kind: "cash" }>;

describe("the price of a reward", () => {
  test("is its cost, and a number that is not its cost is refused rather than ignored", () => {
    const reward = usd.rewards[0]!;
    expect(priceReward(reward, undefined)).toEqual({
      ok: true,
      points: 500,
      value: { kind: "amount", amountMinor: 500 },
    });
    expect(priceReward(reward, 500)).toMatchObject({ ok: true });
    expect(priceReward(reward, 499)).toEqual({ ok: false, reason: "not_the_cost" });
  });

  test.each([
    [1000, { ok: true, points: 1000, value: { kind: "amount", amountMinor: 1000 } }],
    [1100, { ok: true, points: 1100, value: { kind: "amount", amountMinor: 1100 } }],
    [undefined, { ok: false, reason: "points_required" }],
    [0, { ok: false, reason: "below_minimum" }],
    [999, { ok: false, reason: "below_minimum" }],
    [1001, { ok: false, reason: "not_in_steps" }],
    [1000.5, { ok: false, reason: "not_in_steps" }],
    [Number.NaN, { ok: false, reason: "not_in_steps" }],
    [Number.POSITIVE_INFINITY, { ok: false, reason: "above_maximum" }],
  ])("of points-as-cash for %s points", (asked, priced) => {
    expect(priceReward(cash, asked)).toEqual(priced);
  });

  test("of points-as-cash ends at the merchant's maximum, in whole steps, and where money cannot be counted any more", () => {
    expect(cashMaximum({ ...cash, maximumPoints: 5050 })).toBe(5000);
    expect(cashMaximum({ ...cash, pointValueMinor: 1_000_000_000 })).toBe(1000);
    expect(priceReward({ ...cash, maximumPoints: 5000 }, 5100)).toEqual({
      ok: false,
      reason: "above_maximum",
    });
  });
});

describe("the life of a code", () => {
  test.each([
    ["2026-11-21T03:00:00Z", 30, "America/New_York", "2026-12-21T04:59:59.000Z"],
    ["2026-11-21T03:00:00Z", 30, "Asia/Seoul", "2026-12-21T14:59:59.000Z"],
    ["2026-10-31T12:00:00Z", 1, "America/New_York", "2026-11-02T04:59:59.000Z"], // the day that lasts 25 hours
    ["2026-03-07T12:00:00Z", 1, "America/New_York", "2026-03-09T03:59:59.000Z"], // the day that lasts 23
    ["2028-02-28T12:00:00Z", 1, "UTC", "2028-02-29T23:59:59.000Z"],
  ])("from %s for %i days in %s ends with that day's last second", (now, days, zone, end) => {
    expect(codeEnd(new Date(now), days, zone).toISOString()).toBe(end);
  });
});

test("terms keep what was promised, whatever the merchant changes afterwards", () => {
  const reward = structuredClone(usd.rewards[0]!);
  const terms = freezeTerms(
    reward,
    { points: 500, value: { kind: "amount", amountMinor: 500 } },
    {
      redemptionId: "id-1",
      programVersion: 3,
      now: new Date("2026-11-21T03:00:00Z"),
      shop: { currency: "USD", currencyExponent: 2, timeZone: "UTC" },
    },
  );
  const promised = structuredClone(terms);
  reward.title.en = "Nothing";
  reward.combinesWith.orderDiscounts = true;
  expect(terms).toEqual(promised);
  expect(terms).toMatchObject({ startsAt: "2026-11-21T03:00:00.000Z", programVersion: 3, points: 500 });
});

test("the title names the reward and the redemption, and fits Shopify's 255 characters", () => {
  expect(codeTitle("$5 off", "id-1")).toBe("Loyalty: $5 off [dangol:id-1]");
  const long = codeTitle("가".repeat(400), "id-1");
  expect(long).toHaveLength(255);
  expect(long.endsWith("[dangol:id-1]")).toBe(true);
});
