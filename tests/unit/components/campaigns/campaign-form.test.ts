import { describe, expect, test } from "vitest";
import {
  campaignForm,
  campaignToForm,
  copyOfCampaign,
  newCampaign,
  offeredSegments,
} from "#app/components/campaigns/campaign-form.ts";
import type { CampaignForm } from "#app/components/campaigns/campaign-form.ts";
import { settingsFromCampaignForm } from "#app/components/campaigns/campaign-issues.ts";
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { issueText } from "#app/components/shared/field-issues.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";
import { christmas, christmasForm } from "./campaigns-for-tests.ts";

const facts = { exponent: 2, tierIds: ["bronze", "gold"], spentPoints: 0 };

const stored: [string, number, CampaignSettings][] = [
  ["a multiplier for all", 2, christmas()],
  ["no end", 0, christmas({ ends: null })],
  [
    "a bonus in dollars with everything set",
    2,
    christmas({
      segment: { kind: "lapsed", days: 60 },
      tierIds: ["gold"],
      products: {
        variantIds: ["11"],
        productIds: ["21", "22"],
        collectionIds: ["31"],
        tags: ["sale"],
        vendors: ["Acme Inc"],
      },
      award: { kind: "bonus", points: 500, minimumMinor: 5_050 },
      budget: 100_000,
      perMember: 1_000,
    }),
  ],
  ["a bonus in won", 0, christmas({ award: { kind: "bonus", points: 1, minimumMinor: 30_000 } })],
  ["a bonus in dinars", 3, christmas({ award: { kind: "bonus", points: 1, minimumMinor: 12_345 } })],
];

test.each(stored)("%s goes through the editor unchanged", (_name, exponent, settings) => {
  const form = campaignToForm(settings, exponent);
  expect(campaignForm.parse(JSON.parse(JSON.stringify(form)))).toEqual(form);
  expect(settingsFromCampaignForm(form, { ...facts, exponent })).toEqual({ ok: true, settings });
});

describe("each mistake is one issue at its own field, told in both languages", () => {
  test.each<[string, (form: CampaignForm) => void, { path: string; code: string; limit?: number }]>([
    ["no English name", (form) => (form.name.en = "  "), { path: "name.en", code: "required" }],
    ["no Korean name", (form) => (form.name.ko = ""), { path: "name.ko", code: "required" }],
    [
      "a long name",
      (form) => (form.name.en = "x".repeat(81)),
      { path: "name.en", code: "too_long", limit: 80 },
    ],
    [
      "a window that ends before it starts",
      (form) => (form.endsDate = "2026-12-23"),
      { path: "ends", code: "window_order" },
    ],
    [
      "a window that ends as it starts",
      (form) => (form.endsDate = form.startsDate),
      { path: "ends", code: "window_order" },
    ],
    ["no start", (form) => (form.startsDate = form.startsTime = ""), { path: "starts", code: "not_a_time" }],
    ["no start time", (form) => (form.startsTime = ""), { path: "starts", code: "not_a_time" }],
    ["no end date", (form) => (form.endsDate = ""), { path: "ends", code: "not_a_time" }],
    ["30 February", (form) => (form.endsDate = "2027-02-30"), { path: "ends", code: "not_a_time" }],
    [
      "a multiplier of 0",
      (form) => (form.multiplier = "0"),
      { path: "award.multiplier", code: "adds_nothing" },
    ],
    [
      "a multiplier of 1",
      (form) => (form.multiplier = "1"),
      { path: "award.multiplier", code: "adds_nothing" },
    ],
    [
      "a multiplier of 21",
      (form) => (form.multiplier = "21"),
      { path: "award.multiplier", code: "adds_nothing" },
    ],
    [
      "a multiplier of three decimals",
      (form) => (form.multiplier = "1.255"),
      { path: "award.multiplier", code: "adds_nothing" },
    ],
    ["no multiplier", (form) => (form.multiplier = " "), { path: "award.multiplier", code: "required" }],
    [
      "a bonus of 0",
      (form) => Object.assign(form, { award: "bonus", bonus: "0" }),
      { path: "award.points", code: "too_small", limit: 1 },
    ],
    [
      "no bonus",
      (form) => Object.assign(form, { award: "bonus", bonus: "" }),
      { path: "award.points", code: "required" },
    ],
    [
      "a minimum of three decimals",
      (form) => Object.assign(form, { award: "bonus", bonus: "5", minimum: "1.005" }),
      { path: "award.minimumMinor", code: "not_money" },
    ],
    [
      "0 days",
      (form) => Object.assign(form, { segment: "lapsed", days: "0" }),
      { path: "segment.days", code: "too_small", limit: 1 },
    ],
    [
      "4,000 days",
      (form) => Object.assign(form, { segment: "joined_within", days: "4,000" }),
      { path: "segment.days", code: "too_big", limit: 3650 },
    ],
    ["no tier chosen", (form) => (form.tiers = "some"), { path: "tierIds", code: "no_tier" }],
    [
      "an unknown tier",
      (form) => Object.assign(form, { tiers: "some", tierIds: ["gold", "silver"] }),
      { path: "tierIds", code: "unknown_tier" },
    ],
    ["no goods named", (form) => (form.goods = "some"), { path: "products", code: "no_goods" }],
    [
      "product ids that are none",
      (form) => Object.assign(form, { goods: "some", products: { ...form.products, productIds: "12, mug" } }),
      { path: "products.productIds", code: "not_ids" },
    ],
    [
      "collection ids that are none",
      (form) => Object.assign(form, { goods: "some", products: { ...form.products, collectionIds: "x" } }),
      { path: "products.collectionIds", code: "not_ids" },
    ],
    [
      "variant ids that are none",
      (form) => Object.assign(form, { goods: "some", products: { ...form.products, variantIds: "-1" } }),
      { path: "products.variantIds", code: "not_ids" },
    ],
    [
      "a tag too long",
      (form) => Object.assign(form, { goods: "some", products: { ...form.products, tags: "x".repeat(256) } }),
      { path: "products.tags", code: "bad_value" },
    ],
    ["a budget of 0", (form) => (form.budget = "0"), { path: "budget", code: "too_small", limit: 1 }],
    ["a budget in letters", (form) => (form.budget = "lots"), { path: "budget", code: "not_a_number" }],
    [
      "a cap above the budget",
      (form) => Object.assign(form, { budget: "100", perMember: "101" }),
      { path: "perMember", code: "cap_above_budget" },
    ],
    ["a cap of 0", (form) => (form.perMember = "0"), { path: "perMember", code: "too_small", limit: 1 }],
  ])("%s", (_name, edit, issue) => {
    const read = settingsFromCampaignForm(christmasForm(edit), facts);
    expect(read).toEqual({ ok: false, issues: [issue] });
    if (read.ok) return;
    for (const words of [dollarWords(), wonWords()]) {
      const text = issueText(read.issues[0]!, words);
      expect(text).not.toMatch(/issue\.|\{/u);
      expect(text.length).toBeGreaterThan(3);
    }
  });

  test("a budget below what is spent, with the figure", () => {
    const form = christmasForm((typed) => (typed.budget = "1,199"));
    const read = settingsFromCampaignForm(form, { ...facts, spentPoints: 1_200 });
    expect(read).toEqual({
      ok: false,
      issues: [{ path: "budget", code: "budget_below_spent", limit: 1_200 }],
    });
    expect(issueText({ path: "budget", code: "budget_below_spent", limit: 1_200 }, dollarWords())).toContain(
      "1,200",
    );
    form.budget = "1,200";
    expect(settingsFromCampaignForm(form, { ...facts, spentPoints: 1_200 }).ok).toBe(true);
  });

  test("several at once, one a field", () => {
    const form = christmasForm((typed) =>
      Object.assign(typed, { multiplier: "0", budget: "x", endsDate: "2026-01-01", tiers: "some" }),
    );
    const read = settingsFromCampaignForm(form, facts);
    expect(read.ok ? [] : read.issues.map(({ path }) => path).toSorted()).toEqual([
      "award.multiplier",
      "budget",
      "ends",
      "tierIds",
    ]);
  });
});

test("what is switched off is not saved, and typing in it is no mistake", () => {
  const form = christmasForm((typed) =>
    Object.assign(typed, {
      openEnd: true,
      endsDate: "",
      tierIds: ["silver"],
      days: "soon",
      bonus: "many",
      minimum: "much",
      products: { ...typed.products, productIds: "mug" },
    }),
  );
  expect(settingsFromCampaignForm(form, facts)).toEqual({ ok: true, settings: christmas({ ends: null }) });
});

test("numbers may be typed as a Korean keyboard writes them in its wide mode", () => {
  const form = christmasForm((typed) => Object.assign(typed, { multiplier: "１．５", budget: "１，０００" }));
  expect(settingsFromCampaignForm(form, facts)).toEqual({
    ok: true,
    settings: christmas({ award: { kind: "multiplier", multiplier: "1.5" }, budget: 1_000 }),
  });
});

describe("a new campaign", () => {
  // 00:30 on the 22nd in Seoul.
  const now = new Date("2026-11-21T15:30:00Z");

  test("is double points for a week from tomorrow's midnight by the shop's clocks; only its name is missing", () => {
    expect(newCampaign(now, "Asia/Seoul")).toMatchObject({
      starts: "2026-11-23T00:00",
      ends: "2026-11-30T00:00",
    });
    expect(newCampaign(now, "America/New_York")).toMatchObject({ starts: "2026-11-22T00:00" });
    const read = settingsFromCampaignForm(campaignToForm(newCampaign(now, "Asia/Seoul"), 0), facts);
    expect(read.ok ? [] : read.issues).toEqual([
      { path: "name.en", code: "required" },
      { path: "name.ko", code: "required" },
    ]);
  });

  test("that copies another lasts as long and starts tomorrow at the same time of day", () => {
    const named = { en: "Copy", ko: "복사본" };
    const source = christmas({ starts: "2025-12-24T18:30", ends: "2026-01-02T00:00", budget: 5 });
    const copy = copyOfCampaign(source, named, now, "Asia/Seoul");
    expect(copy).toEqual({
      ...source,
      name: named,
      starts: "2026-11-23T18:30",
      ends: "2026-12-02T00:00",
    });
    expect(campaignSettings.safeParse(copy).success).toBe(true);
    expect(copyOfCampaign(christmas({ ends: null }), named, now, "Asia/Seoul").ends).toBeNull();
  });
});

test("birthdays are not collected yet: their segment is shown only where it was chosen before", () => {
  expect(offeredSegments("all")).toEqual(["all", "first_order", "returning", "lapsed", "joined_within"]);
  expect(offeredSegments("birthday_month")).toContain("birthday_month");
});
