import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liquidRate, programMetafield } from "#app/loyalty/members/program-metafield.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";

describe("the program's metafield", () => {
  it("says what the theme blocks read of a dollar shop", () => {
    const settings = defaultSettings({ currency: "USD", currencyExponent: 2 });
    settings.rewards[1]!.enabled = false;
    expect(programMetafield({ version: 3, settings }, { currency: "USD", currencyExponent: 2 })).toEqual({
      v: 1,
      version: 3,
      live: true,
      currency: "USD",
      pointsName: { en: "points", ko: "포인트" },
      pointsShort: { en: "P", ko: "P" },
      earn: { points: 5, per: 100, rounding: "down", includedTax: "earns", cap: null },
      earnExcluded: { productIds: [], collectionIds: [], tags: [], vendors: [] },
      earnRules: [],
      holdDays: 0,
      expiryMonths: 12,
      inactiveMonths: null,
      expiryDay: null,
      tierUnit: "money",
      tierWindow: "calendar_year",
      cash: null,
      tiers: [
        {
          id: "bronze",
          name: { en: "Bronze", ko: "브론즈" },
          multiplier: "1",
          color: "#8c6239",
          shape: "circle",
          threshold: "0.00",
          invitation: false,
        },
        {
          id: "silver",
          name: { en: "Silver", ko: "실버" },
          multiplier: "1.25",
          color: "#6d7a86",
          shape: "hexagon",
          threshold: "300.00",
          invitation: false,
        },
        {
          id: "gold",
          name: { en: "Gold", ko: "골드" },
          multiplier: "1.5",
          color: "#a87616",
          shape: "star",
          threshold: "1000.00",
          invitation: false,
        },
      ],
      rewards: [
        { id: "amount-5", title: settings.rewards[0]!.title, kind: "amount_off", cost: 500 },
        {
          id: "free-shipping",
          title: { en: "Free shipping", ko: "무료 배송 쿠폰" },
          kind: "free_shipping",
          cost: 300,
        },
      ],
      referral: { enabled: true, friend: { en: "$5 off", ko: "$5 할인" }, advocatePoints: 500 },
    });
  });

  it("says what a won shop's points are worth, and its rate in Liquid's units", () => {
    const settings = defaultSettings({ currency: "KRW", currencyExponent: 0 });
    settings.expiry = { kind: "none" };
    expect(
      programMetafield({ version: 1, settings }, { currency: "KRW", currencyExponent: 0 }),
    ).toMatchObject({
      earn: { points: 1, per: 10_000 },
      expiryMonths: null,
      cash: { pointValue: "1" },
      rewards: [{ id: "cash", kind: "cash", cost: 1000 }, { id: "coupon-5000" }, { id: "free-shipping" }],
      referral: { friend: { en: "₩5,000 off", ko: "5,000원 할인" } },
    });
  });
});

describe("the rate in Liquid's price units", () => {
  it.each([
    [{ points: 5, perMinor: 100 }, 2, { points: 5, per: 100 }],
    [{ points: 1, perMinor: 100 }, 0, { points: 1, per: 10_000 }],
    [{ points: 1, perMinor: 1000 }, 3, { points: 1, per: 100 }],
    [{ points: 1, perMinor: 1 }, 3, { points: 10, per: 1 }],
    [{ points: 3, perMinor: 25 }, 3, { points: 6, per: 5 }],
  ])("%j at exponent %i is %j", (earn, exponent, expected) => {
    expect(liquidRate(earn, exponent)).toEqual(expected);
  });

  it("is whole, and the very same rate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 4 }),
        (points, perMinor, exponent) => {
          const rate = liquidRate({ points, perMinor }, exponent);
          expect(Number.isSafeInteger(rate.points) && Number.isSafeInteger(rate.per)).toBe(true);
          // points per minor unit, crosswise: one minor unit is 100 / 10^exponent of Liquid's.
          const left = BigInt(rate.points) * BigInt(perMinor) * 100n;
          const right = BigInt(points) * BigInt(rate.per) * 10n ** BigInt(exponent);
          expect(left).toBe(right);
        },
      ),
    );
  });
});
