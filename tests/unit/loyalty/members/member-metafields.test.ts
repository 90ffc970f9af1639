import { describe, expect, it } from "vitest";
import {
  memberMetafields,
  type MemberProjection,
  type ProjectionContext,
  sameForMembers,
} from "#app/loyalty/members/member-metafields.ts";
import { localDate } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";

const usd: ProjectionContext = {
  settings: defaultSettings({ currency: "USD", currencyExponent: 2 }),
  currencyExponent: 2,
  timeZone: "America/New_York",
  storefrontUrl: "https://dangol-demo.myshopify.com",
  periodEnds: new Date("2027-01-01T05:00:00Z"),
  dayOf: (instant) => localDate(instant, "America/New_York"),
};
const krw: ProjectionContext = {
  ...usd,
  settings: defaultSettings({ currency: "KRW", currencyExponent: 0 }),
  currencyExponent: 0,
  timeZone: "Asia/Seoul",
  storefrontUrl: "https://dangol-seoul.myshopify.com/",
  periodEnds: new Date("2026-12-31T15:00:00Z"),
  dayOf: (instant) => localDate(instant, "Asia/Seoul"),
};
const mina: MemberProjection = {
  customerId: "115310627314723954",
  state: "active",
  available: 1250,
  pending: 300,
  held: 500,
  tierId: "silver",
  tierSince: new Date("2026-01-03T12:00:00Z"),
  tierUntil: new Date("2028-01-01T05:00:00Z"),
  referralCode: "BCDF2345",
  expiring: [{ points: 200, expiresAt: new Date("2027-01-01T05:00:00Z") }],
  progress: 18_000,
  invited: 3,
  rewarded: 1,
  reviewing: 0,
};

describe("a member's metafields", () => {
  it("say what the theme blocks read, to the letter", () => {
    const [points, tier, loyalty] = memberMetafields(mina, usd);
    expect(points).toEqual({
      ownerId: "gid://shopify/Customer/115310627314723954",
      namespace: "$app",
      key: "points",
      type: "number_integer",
      value: "1250",
    });
    expect(tier).toMatchObject({ key: "tier", type: "single_line_text_field", value: "silver" });
    expect(loyalty).toMatchObject({ key: "loyalty", type: "json" });
    expect(JSON.parse(loyalty!.value)).toEqual({
      v: 1,
      state: "member",
      available: 1250,
      pending: 300,
      held: 500,
      worth: null,
      expiring: [{ points: 200, on: "2026-12-31" }],
      tier: {
        id: "silver",
        name: { en: "Silver", ko: "실버" },
        multiplier: "1.25",
        color: "#6d7a86",
        shape: "hexagon",
        keep: "300.00",
        since: "2026-01-03",
        until: "2027-12-31",
        next: {
          id: "gold",
          name: { en: "Gold", ko: "골드" },
          unit: "money",
          remainingMinor: 82_000,
          remaining: "820.00",
          by: "2026-12-31",
        },
      },
      referral: {
        code: "BCDF2345",
        url: "https://dangol-demo.myshopify.com/?ref=BCDF2345",
        invited: 3,
        rewarded: 1,
      },
    });
  });

  it("tell how many friends are being looked at, and only while there are any", () => {
    const referralOf = (reviewing: number) =>
      JSON.parse(memberMetafields({ ...mina, reviewing }, usd)[2]!.value).referral;
    expect(referralOf(2)).toMatchObject({ invited: 3, rewarded: 1, reviewing: 2 });
    expect(referralOf(0)).not.toHaveProperty("reviewing");
  });

  it("tell a won shop's points in won, and its days in Seoul", () => {
    const document = JSON.parse(
      memberMetafields({ ...mina, tierUntil: new Date("2027-12-31T15:00:00Z") }, krw)[2]!.value,
    );
    expect(document).toMatchObject({
      worth: "1250",
      expiring: [{ points: 200, on: "2027-01-01" }],
      tier: { until: "2027-12-31", next: { remaining: "982000", by: "2026-12-31" } },
      referral: { url: "https://dangol-seoul.myshopify.com/?ref=BCDF2345" },
    });
  });

  it("say what is owed as it is, and as worth nothing", () => {
    const fields = memberMetafields({ ...mina, available: -40 }, krw);
    expect(fields[0]!.value).toBe("-40");
    expect(JSON.parse(fields[2]!.value)).toMatchObject({ available: -40, worth: "0" });
  });

  it.each([
    ["points", "points"],
    ["orders", "orders"],
  ] as const)(
    "tell what is missing in %s where tiers go by that, without an end where they roll",
    (basis, unit) => {
      const settings = structuredClone(usd.settings);
      settings.tierRules = { ...settings.tierRules, basis, window: "rolling_12_months" };
      settings.tiers[1]!.retainMinor = 12;
      settings.tiers[2]!.thresholdMinor = 20;
      const [, , loyalty] = memberMetafields(
        { ...mina, progress: 15 },
        { ...usd, settings, periodEnds: null },
      );
      expect(JSON.parse(loyalty!.value).tier).toMatchObject({
        keep: "12",
        next: { unit, remaining: "5", by: null },
      });
    },
  );

  it("leave out what the program does not have", () => {
    const settings = structuredClone(usd.settings);
    settings.tiers = [];
    settings.referral.enabled = false;
    const [, tier, loyalty] = memberMetafields({ ...mina, state: "blocked" }, { ...usd, settings });
    expect(tier!.value).toBe("-"); // Shopify refuses a blank value
    expect(JSON.parse(loyalty!.value)).toMatchObject({ state: "blocked", tier: null, referral: null });
  });
});

describe("two programs", () => {
  const settings = defaultSettings({ currency: "KRW", currencyExponent: 0 });
  const people = settings.tiers.flatMap((tier) =>
    [0, 1, 150_000, 5_000_000].map((progress) => ({ ...mina, tierId: tier.id, progress })),
  );
  const told = (program: ProgramSettings) =>
    JSON.stringify(people.map((person) => memberMetafields(person, { ...krw, settings: program })));

  /** Every value in a program, by its path. */
  function leaves(value: unknown, path: PropertyKey[] = []): PropertyKey[][] {
    if (typeof value !== "object" || value === null) return [path];
    return Reflect.ownKeys(value)
      .filter((key) => key !== "length")
      .flatMap((key) => leaves((value as Record<PropertyKey, unknown>)[key], [...path, key]));
  }

  function others(value: unknown): unknown[] {
    if (typeof value === "boolean") return [!value];
    if (typeof value === "number") return [value + 1, value * 2 + 3];
    if (value === null) return [1];
    return ["1.75", "rolling_12_months", "lifetime", "orders", "points", "star"];
  }

  it("are never the same for members where they are told otherwise, whatever is changed", () => {
    let seen = 0;
    for (const path of leaves(settings)) {
      const at = (root: ProgramSettings) =>
        path.slice(0, -1).reduce((node, key) => (node as never)[key], root as unknown) as Record<
          PropertyKey,
          unknown
        >;
      const last = path.at(-1)!;
      for (const other of others(at(settings)[last])) {
        const changed = structuredClone(settings);
        at(changed)[last] = other;
        if (told(changed) === told(settings)) continue;
        seen += 1;
        expect([path, other, sameForMembers(settings, changed)]).toEqual([path, other, false]);
      }
    }
    expect(seen).toBeGreaterThan(20);
  });

  it("that differ in what members are not told are the same for them", () => {
    const changed = structuredClone(settings);
    changed.reminderDays = [5];
    changed.earn.points += 1;
    changed.tierRules.graceDays += 1;
    changed.tiers[1]!.entryPoints += 10;
    changed.referral.advocatePoints += 1;
    expect(sameForMembers(settings, changed)).toBe(true);
    expect(told(changed)).toBe(told(settings));
  });
});
