import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  liquidRate,
  PROGRAM_METAFIELD_MAX_BYTES,
  programMetafield,
  storefrontGaps,
} from "#app/loyalty/members/program-metafield.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { EARN_LIMITS, RULE_KINDS } from "#app/loyalty/program/earn-settings.ts";
import type { EarnRule } from "#app/loyalty/program/earn-settings.ts";
import { LIMITS, programSettings } from "#app/loyalty/program/settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

describe("the program's metafield", () => {
  it("invites nobody by a stored program that gives the friend nothing: each friend would be refused", () => {
    const settings = defaultSettings({ currency: "USD", currencyExponent: 2 });
    const enabled = () =>
      programMetafield({ version: 3, settings }, { currency: "USD", currencyExponent: 2 }).referral.enabled;
    expect(enabled()).toBe(true);
    settings.referral.friendAmountMinor = 0;
    expect(enabled()).toBe(false);
  });

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
      earn: { points: 5, per: 100, rounding: "down", includedTax: "earns", cap: null, on: "paid" },
      earnExcluded: { productIds: [], collectionIds: [], tags: [], vendors: [] },
      earnRules: [],
      earnFrom: null,
      earnHidden: false,
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

describe("the program's metafield has a size that Shopify takes", () => {
  const won = { currency: "KRW", currencyExponent: 0 };
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, i) => make(i));
  /** As many letters as fit, of the kind that takes most room in JSON: six bytes each. */
  const long = (length: number, index = 0) => `${index}`.padEnd(length - 1, "\u0001").concat("x");
  const words = (count: number) => many(count, (index) => long(EARN_LIMITS.valueMax, index));
  const ids = (count: number) => many(count, (index) => String(10n ** 19n + BigInt(index)));
  const rules = (match: EarnRule["match"], values: string[]): EarnRule[] =>
    many(EARN_LIMITS.rulesMax, (index) => ({ id: `r-${index}`, match, values, points: 7, perMinor: 100 }));

  /** Everything at its limit but rates and exclusions. */
  function fullProgram(): ProgramSettings {
    const settings = defaultSettings(won);
    const both = (length: number) => ({ en: long(length), ko: long(length) });
    return {
      ...settings,
      pointsName: both(LIMITS.nameMax),
      pointsShort: both(10),
      tiers: many(LIMITS.tiersMax, (index) => ({
        ...settings.tiers[0]!,
        id: `${index}${"t".repeat(31)}`,
        name: both(LIMITS.nameMax),
        thresholdMinor: index * 100_000_000_000,
        multiplier: "19.99",
        shape: "hexagon" as const,
      })),
      rewards: many(LIMITS.rewardsMax, (index) => ({
        ...settings.rewards.find((reward) => reward.kind === "free_shipping")!,
        id: `${index}-${"r".repeat(29)}`,
        title: both(LIMITS.titleMax),
        cost: LIMITS.costMax,
      })),
    };
  }

  test.each([
    ["ids", rules("product", ids(EARN_LIMITS.valuesMax)), { productIds: ids(250), collectionIds: ids(250) }],
    ["words", rules("tag", words(EARN_LIMITS.valuesMax)), { tags: words(250), vendors: words(250) }],
  ])("with everything at its limit, of %s", (_title, list, exclude) => {
    const settings = fullProgram();
    settings.earn = {
      ...settings.earn,
      rules: list,
      exclude: { ...settings.earn.exclude, ...exclude },
    };
    expect(programSettings.safeParse(settings).error?.issues ?? []).toEqual([]);
    const value = programMetafield({ version: 2_147_483_647, settings }, won);
    expect(bytes(value)).toBeLessThanOrEqual(PROGRAM_METAFIELD_MAX_BYTES);
    expect(value.rewards).toHaveLength(LIMITS.rewardsMax);
    expect(value.tiers).toHaveLength(LIMITS.tiersMax);
    expect(value.earnRules.length).toBeLessThan(EARN_LIMITS.rulesMax);
    expect(storefrontGaps(settings, won)).toEqual({
      rules: EARN_LIMITS.rulesMax - value.earnRules.length,
      exclusions: value.earnHidden,
    });
  });

  test("50 rates of 250 ids and full exclusions: as many as fit, exclusions among them", () => {
    const settings = defaultSettings(won);
    settings.earn.rules = rules("product", ids(250));
    settings.earn.exclude.productIds = ids(250);
    const value = programMetafield({ version: 1, settings }, won);
    // 250 ids of 20 digits in quotes, commas between them: 5,751 bytes a list, and the rate around it.
    expect(value.earnRules).toHaveLength(15);
    expect(value.earnExcluded.productIds).toHaveLength(250);
    expect(value.earnHidden).toBe(false);
    expect(PROGRAM_METAFIELD_MAX_BYTES - bytes(value)).toBeLessThan(6_000);
  });

  test("exclusions without room are not promised away: the page says nothing", () => {
    const settings = defaultSettings(won);
    settings.earn.exclude.tags = words(250);
    const value = programMetafield({ version: 1, settings }, won);
    expect(value).toMatchObject({ earnHidden: true, earnExcluded: { tags: [] } });
    expect(storefrontGaps(settings, won)).toEqual({ rules: 0, exclusions: true });
  });

  test("what has no room is promised at the lowest rate it may earn at", () => {
    const settings = defaultSettings(won);
    const list = rules("tag", words(40));
    list[49] = { ...list[49]!, points: 1, perMinor: 300 };
    list[0] = { ...list[0]!, points: 1, perMinor: 1_000 };
    settings.earn.rules = list;
    const value = programMetafield({ version: 1, settings }, won);
    expect(value.earnRules.length).toBeGreaterThan(0);
    // 1 for 300 won is less than the general 1 for 100; the first, lower still, has room and is not among them.
    expect(value.earnFrom).toEqual({ points: 1, per: 30_000 });
    settings.earn.rules = list.slice(0, 1);
    expect(programMetafield({ version: 1, settings }, won).earnFrom).toBeNull();
  });

  it("never grows beyond it, and keeps rates in the engine's sequence", () => {
    const rule = fc
      .record({
        match: fc.constantFrom(...RULE_KINDS),
        count: fc.integer({ min: 1, max: EARN_LIMITS.valuesMax }),
        letter: fc.constantFrom("1", "가", "\u0001", "\u{1f600}", '"', "\ud800"),
        length: fc.integer({ min: 1, max: EARN_LIMITS.valueMax }),
        points: fc.integer({ min: 1, max: EARN_LIMITS.pointsMax }),
        perMinor: fc.integer({ min: 1, max: EARN_LIMITS.perMinorMax }),
      })
      .map(({ count, letter, length, ...rest }) => ({
        ...rest,
        id: "rule",
        values: many(count, () => letter.repeat(length).slice(0, length)),
      }));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 50, size: "max" }), (list) => {
        const settings = defaultSettings(won);
        settings.earn.rules = list;
        const value = programMetafield({ version: 1, settings }, won);
        expect(bytes(value)).toBeLessThanOrEqual(PROGRAM_METAFIELD_MAX_BYTES);
        const kinds = value.earnRules.map((entry) => RULE_KINDS.indexOf(entry.match as EarnRule["match"]));
        expect(kinds).toEqual(kinds.toSorted((a, b) => a - b));
        expect(value.earnFrom === null).toBe(value.earnRules.length === list.length);
      }),
      { numRuns: 30 },
    );
  });
});
