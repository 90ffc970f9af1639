import { describe, expect, it, test } from "vitest";
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { campaignPhase } from "#app/loyalty/earning/campaigns/campaign.ts";
import { doublePoints } from "#tests/support/campaign-fixtures.ts";

type Change = (settings: Record<string, unknown>) => void;

function issuesOf(change: Change): string[] {
  const settings = structuredClone(doublePoints()) as unknown as Record<string, unknown>;
  change(settings);
  const parsed = campaignSettings.safeParse(settings);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("what may be left out has its default", () => {
  const settings = campaignSettings.parse({
    name: { en: " Double points ", ko: "더블 적립" },
    starts: "2026-12-24T00:00",
    award: { kind: "bonus", points: 500, minimumMinor: 0 },
  });
  expect(settings).toEqual({
    name: { en: "Double points", ko: "더블 적립" },
    starts: "2026-12-24T00:00",
    ends: null,
    segment: { kind: "all" },
    tierIds: [],
    products: { variantIds: [], productIds: [], collectionIds: [], tags: [], vendors: [] },
    award: { kind: "bonus", points: 500, minimumMinor: 0 },
    budget: null,
    perMember: null,
  });
});

describe("settings that make no sense are refused beside their field", () => {
  it.each<[string, Change]>([
    ["ends: window_order", (s) => (s["ends"] = s["starts"])],
    ["ends: window_order", (s) => (s["ends"] = "2026-10-31T23:59")],
    ["starts: not_a_time", (s) => (s["starts"] = "2026-02-30T00:00")],
    ["starts: not_a_time", (s) => (s["starts"] = "2026-12-24")],
    ["ends: not_a_time", (s) => (s["ends"] = "2026-12-24T24:00")],
    ["award.multiplier: bad_multiplier", (s) => (s["award"] = { kind: "multiplier", multiplier: "1" })],
    ["award.multiplier: bad_multiplier", (s) => (s["award"] = { kind: "multiplier", multiplier: "0.5" })],
    ["award.multiplier: bad_multiplier", (s) => (s["award"] = { kind: "multiplier", multiplier: "1.255" })],
    ["award.multiplier: bad_multiplier", (s) => (s["award"] = { kind: "multiplier", multiplier: "20.01" })],
    ["products.productIds: not_ids", (s) => (s["products"] = { productIds: ["gid://shopify/Product/1"] })],
    ["products.tags: bad_value", (s) => (s["products"] = { tags: [" "] })],
    ["perMember: cap_above_budget", (s) => Object.assign(s, { budget: 100, perMember: 101 })],
  ])("%s", (issue, change) => {
    expect(issuesOf(change)).toEqual([issue]);
  });

  it.each<[string, Change]>([
    ["an empty name", (s) => (s["name"] = { en: "", ko: "더블" })],
    ["no days", (s) => (s["segment"] = { kind: "lapsed", days: 0 })],
    ["no points", (s) => (s["award"] = { kind: "bonus", points: 0, minimumMinor: 0 })],
    ["a budget of nothing", (s) => (s["budget"] = 0)],
    ["an unknown key", (s) => (s["limit"] = 3)],
  ])("%s", (_what, change) => {
    expect(issuesOf(change)).toHaveLength(1);
  });
});

test("a campaign stands where its status, its window and its budget put it", () => {
  const settings = campaignSettings.parse(doublePoints({ budget: 100 }));
  const startsAt = new Date("2026-11-01T00:00:00Z");
  const endsAt = new Date("2026-12-01T00:00:00Z");
  const at = (now: string, over = {}) =>
    campaignPhase(
      { status: "published", startsAt, endsAt, settings, spentPoints: 0, ...over },
      new Date(now),
    );
  expect(at("2026-10-31T23:59:59.999Z")).toBe("scheduled");
  expect(at("2026-11-01T00:00:00Z")).toBe("live");
  expect(at("2026-11-30T23:59:59.999Z")).toBe("live");
  expect(at("2026-12-01T00:00:00Z")).toBe("ended");
  expect(at("2026-11-10T00:00:00Z", { spentPoints: 100 })).toBe("exhausted");
  expect(at("2026-12-10T00:00:00Z", { spentPoints: 100 })).toBe("ended");
  expect(at("2026-11-10T00:00:00Z", { status: "draft" })).toBe("draft");
  expect(at("2026-11-10T00:00:00Z", { status: "ended" })).toBe("ended");
  expect(at("2030-01-01T00:00:00Z", { endsAt: null })).toBe("live");
});
