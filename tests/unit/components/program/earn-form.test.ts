import { describe, expect, it, test } from "vitest";
import { candidateEarn, earnToForm, newRule } from "#app/components/program/earn-form.ts";
import { listOf } from "#app/components/shared/typed-list.ts";
import { earnRuleChanges } from "#app/components/program/describe-earn-changes.ts";
import { formFromSettings } from "#app/components/program/program-form.ts";
import { settingsFromForm } from "#app/components/program/program-issues.ts";
import { issueText } from "#app/components/shared/field-issues.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { dollarWords } from "../words-for-tests.ts";

const dollars = defaultSettings({ currency: "USD", currencyExponent: 2 });

function withEarn(over: Partial<ProgramSettings["earn"]>): ProgramSettings {
  return { ...dollars, earn: { ...dollars.earn, ...over } };
}

const full = withEarn({
  rules: [
    { id: "rule-1", match: "tag", values: ["sale", "new"], points: 10, perMinor: 150 },
    { id: "rule-2", match: "product", values: ["123"], points: 1, perMinor: 100 },
  ],
  exclude: { productIds: ["7"], collectionIds: ["8"], tags: ["no points"], vendors: ["Other"] },
  stacking: "best_only",
  shipping: "earns",
  tender: "all",
  caps: { perOrder: 100, perDay: 200, perMember: null },
  sources: { online: true, pos: false, draft: true, subscription: false },
});

test("what is stored survives the editor untouched", () => {
  expect(settingsFromForm(formFromSettings(full, 2), 2)).toEqual({ ok: true, settings: full });
});

test("ids may be typed as addresses and gids, and each counts once", () => {
  const typed =
    "123, gid://shopify/Product/456\nhttps://admin.shopify.com/store/x/products/789?a=1, /products/1/variants/22,123,";
  expect(listOf(typed)).toEqual(["123", "456", "789", "22"]);
  expect(listOf("no points, Größe 1/2")).toEqual(["no points", "Größe 1/2"]);
});

test("a new rule has an id of its own", () => {
  const form = earnToForm(full.earn, 2);
  expect(newRule(form, "0a1b2c3d").id).toBe("rule-0a1b2c3d");
  const read = { whole: Number, money: Number };
  expect(candidateEarn({ ...form, rules: [] }, read)).toMatchObject({ rules: [], caps: { perMember: null } });
});

describe("what is wrong is said beside its field, in both languages", () => {
  const en = dollarWords();
  const ko = dollarWords({ locale: "ko" });
  type Form = ReturnType<typeof formFromSettings>;

  it.each<[string, (form: Form) => void, string]>([
    ["earn.rules.0.values", (form) => (form.earn.rules[0]!.values = " , "), "Fill this in."],
    ["earn.rules.1.values", (form) => (form.earn.rules[1]!.values = "shirt"), "Use IDs: numbers"],
    ["earn.rules.0.points", (form) => (form.earn.rules[0]!.points = "0"), "Use at least 1."],
    ["earn.rules.0.perMinor", (form) => (form.earn.rules[0]!.per = "x"), "Use an amount of money"],
    ["earn.exclude.productIds", (form) => (form.earn.exclude.productIds = "x"), "Use IDs: numbers"],
    [
      "earn.exclude.tags",
      (form) => (form.earn.exclude.tags = "x".repeat(256)),
      "Each entry may have 1 to 255",
    ],
    ["earn.caps.perDay", (form) => (form.earn.caps.perDay = "50"), "Has to be at least the smaller limit"],
    ["earn.caps.perOrder", (form) => (form.earn.caps.perOrder = "-1"), "Use at least 1."],
    [
      "earn.sources",
      (form) => (form.earn.sources = { online: false, pos: false, draft: false, subscription: false }),
      "At least one kind of order",
    ],
  ])("%s", (path, spoil, message) => {
    const form = structuredClone(formFromSettings(full, 2));
    spoil(form);
    const read = settingsFromForm(form, 2);
    const issue = read.ok ? undefined : read.issues.find((entry) => entry.path === path);
    expect(issue && issueText(issue, en)).toContain(message);
    expect(issue && issueText(issue, ko)).toMatch(/[가-힣]/u);
  });
});

test("every one of these settings is told when it changes", () => {
  const words = dollarWords();
  const told = earnRuleChanges(dollars.earn, full.earn, words).filter(([, from, to]) => from !== to);
  expect(told.map(([key]) => key.replace("change.earn.", ""))).toEqual([
    "stacking",
    "rules",
    "excludedProducts",
    "excludedCollections",
    "excludedTags",
    "excludedVendors",
    "shipping",
    "tender",
    "sources",
    "perOrder",
    "perDay",
  ]);
  expect(told[0]?.slice(1)).toEqual(["Multiply them", "Use the best one alone"]);
  expect(told[1]?.slice(1)).toEqual([
    "nothing",
    "Products tagged sale, new: 10P per $1.50; Products 123: 1P per $1.00",
  ]);
  expect(told.at(-1)).toEqual(["change.earn.perDay", "no limit", "200P"]);
});
