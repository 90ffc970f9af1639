import { describe, expect, it } from "vitest";
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { readOrderPayload } from "#app/loyalty/orders/read-order-payload.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { programSettings } from "#app/loyalty/program/settings.ts";
import { tierById } from "#app/loyalty/tiers/tier-at.ts";
import { parsePayload } from "#app/platform/inbox/parse-payload.ts";
import { orderPayload } from "#tests/support/order-payload.ts";

// JSON.parse makes own properties of these names; whoever then assigns them by name changes every object there is.
const KEYS = ["__proto__", "constructor", "prototype", "toString"] as const;
const settings = () => defaultSettings({ currency: "USD", currencyExponent: 2 });

/** The JSON of an object with one more key, as a request would carry it. */
const withKey = (object: object, key: string, value: unknown = { hacked: true }) =>
  JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)},${JSON.stringify(object).slice(1)}`) as object;

const untouched = () => {
  expect(({} as Record<string, unknown>)["hacked"]).toBeUndefined();
  expect(Object.prototype.toString.call({})).toBe("[object Object]");
};

describe("T48 keys that every object has, in settings", () => {
  const places: [string, (key: string) => unknown][] = [
    ["the program", (key) => withKey(settings(), key)],
    ["its earning", (key) => ({ ...settings(), earn: withKey(settings().earn, key) })],
    [
      "its caps",
      (key) => ({ ...settings(), earn: { ...settings().earn, caps: withKey(settings().earn.caps, key) } }),
    ],
    ["its expiry", (key) => ({ ...settings(), expiry: withKey(settings().expiry, key) })],
    [
      "a tier",
      (key) => ({ ...settings(), tiers: [withKey(settings().tiers[0]!, key), ...settings().tiers.slice(1)] }),
    ],
    ["a reward", (key) => ({ ...settings(), rewards: [withKey(settings().rewards[0]!, key)] })],
    ["names", (key) => ({ ...settings(), pointsName: withKey(settings().pointsName, key) })],
  ];

  it.each(places.flatMap(([place, make]) => KEYS.map((key) => [place, key, make] as const)))(
    "in %s: %s is refused, or left out, and touches nothing",
    (_place, key, make) => {
      const parsed = programSettings.safeParse(make(key));
      if (parsed.success) expect(JSON.stringify(parsed.data)).not.toContain("hacked");
      untouched();
    },
  );

  it.each(["__proto__", "toString", "hasOwnProperty"])("%s is no id of a tier or of a reward", (id) => {
    const tiers = [settings().tiers[0]!, { ...settings().tiers[1]!, id }];
    expect(programSettings.safeParse({ ...settings(), tiers }).success).toBe(false);
    const rewards = [{ ...settings().rewards[0]!, id }];
    expect(programSettings.safeParse({ ...settings(), rewards }).success).toBe(false);
  });

  it("constructor may be one, and is found only where it is one", () => {
    expect(tierById(settings(), "constructor")).toBeNull();
    const tiers = [settings().tiers[0]!, { ...settings().tiers[1]!, id: "constructor" }];
    const parsed = programSettings.parse({ ...settings(), tiers });
    expect(tierById(parsed, "constructor")?.thresholdMinor).toBe(30_000);
  });

  it.each(KEYS)("in a campaign: %s is refused", (key) => {
    const campaign = {
      name: { en: "A", ko: "가" },
      starts: "2026-12-24T00:00",
      ends: null,
      segment: { kind: "all" },
      tierIds: [],
      products: {},
      award: { kind: "bonus", points: 5, minimumMinor: 0 },
      budget: null,
      perMember: null,
    };
    expect(campaignSettings.safeParse(campaign).success).toBe(true);
    const parsed = campaignSettings.safeParse(withKey(campaign, key));
    if (parsed.success) expect(JSON.stringify(parsed.data)).not.toContain("hacked");
    untouched();
  });
});

describe("T48 keys that every object has, in a webhook", () => {
  it.each(KEYS)("%s lends an order nothing", (key) => {
    const customer = { customer: { id: 66 }, test: true, hacked: true };
    const text = JSON.stringify(withKey(orderPayload({ customerId: null }), key, customer));
    const read = readOrderPayload(parsePayload(text));
    expect(read.document).toMatchObject({ customerId: null, test: false });
    untouched();
  });

  it("ids of lines are digits, so that none of them can be such a key", () => {
    const payload = orderPayload({ lines: [{ id: "__proto__", price: "5.00" }] });
    expect(() => readOrderPayload(payload)).toThrow("not_an_order");
  });
});
