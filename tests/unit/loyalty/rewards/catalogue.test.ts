import { expect, test } from "vitest";
import { rewardCatalogue } from "#app/loyalty/rewards/catalogue.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";

const usd = defaultSettings({ currency: "USD", currencyExponent: 2 });
const krw = defaultSettings({ currency: "KRW", currencyExponent: 0 });
const member = (available: number) => ({ state: "active" as const, available });

test("what can be had now comes first, then what is nearest", () => {
  const list = rewardCatalogue(usd, member(500), "en", 2);
  expect(list.map(({ id, affordable, missing }) => [id, affordable, missing])).toEqual([
    ["amount-5", true, 0],
    ["free-shipping", true, 0],
    ["percent-10", false, 300],
  ]);
  expect(list[2]).toMatchObject({ reason: "missing", title: "10% off", value: "10" });
});

test("points-as-cash costs its minimum and offers at most what the balance pays for, in steps", () => {
  const [cash] = rewardCatalogue(krw, member(2350), "ko", 0);
  expect(cash).toMatchObject({
    id: "cash",
    title: "적립금 사용",
    cost: 1000,
    min: 1000,
    step: 100,
    max: 2300,
    value: "1",
    affordable: true,
  });
  const poor = rewardCatalogue(krw, member(999), "ko", 0).find(({ id }) => id === "cash");
  expect(poor).toMatchObject({ affordable: false, missing: 1 });
});

test("a balance below zero affords nothing and says why", () => {
  for (const reward of rewardCatalogue(usd, member(-1), "en", 2)) {
    expect(reward).toMatchObject({ affordable: false, reason: "owed", missing: reward.cost + 1 });
  }
});

test("guests and blocked members can have nothing, each for their own reason", () => {
  expect(rewardCatalogue(usd, null, "en", 2).map(({ reason }) => reason)).toEqual(
    Array(3).fill("not_logged_in"),
  );
  const blocked = rewardCatalogue(usd, { state: "blocked", available: 9999 }, "en", 2);
  expect(blocked.map(({ affordable, reason }) => [affordable, reason])).toEqual(
    blocked.map(() => [false, "blocked"]),
  );
});
