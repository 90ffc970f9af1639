import { AppProvider } from "@shopify/polaris";
import polarisEn from "@shopify/polaris/locales/en.json";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { AdminProvider } from "#app/components/shared/admin-context.tsx";
import { FALLBACK_SHOP } from "#app/components/shared/fallback-shop.ts";
import { issueText } from "#app/components/shared/field-issues.ts";
import { readMoney, readWhole } from "#app/components/shared/typed-values.ts";
import { listOf } from "#app/components/shared/typed-list.ts";
import { newRule } from "#app/components/program/earn-form.ts";
import { newReward } from "#app/components/program/list-edits.ts";
import { EarnSection } from "#app/components/program/earn-section.tsx";
import { FieldsContext, ProgramEditorContext } from "#app/components/program/editor-context.tsx";
import { ExpirySection } from "#app/components/program/expiry-section.tsx";
import { NamesSection } from "#app/components/program/names-section.tsx";
import { ReferralSection } from "#app/components/program/referral-section.tsx";
import { RewardsSection } from "#app/components/program/rewards-section.tsx";
import { TiersSection } from "#app/components/program/tiers-section.tsx";
import { candidateFromForm, formFromSettings } from "#app/components/program/program-form.ts";
import type { ProgramForm } from "#app/components/program/program-form.ts";
import { sectionOfPath, settingsFromForm } from "#app/components/program/program-issues.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { EARN_LIMITS } from "#app/loyalty/program/earn-settings.ts";
import { LIMITS } from "#app/loyalty/program/settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const WORDS = { en: dollarWords(), ko: wonWords() };

describe("numbers as people type them", () => {
  test.each<[string, number | string | undefined]>([
    ["1000", 1000],
    [" 1,000 ", 1000],
    ["1,234,567", 1234567],
    ["１２３", 123],
    ["１，２５０", 1250],
    ["-0", 0],
    ["007", 7],
    ["", undefined],
    ["　", undefined],
    ["1,25", "1,25"],
    ["1,0000", "1,0000"],
    ["1e3", "1e3"],
    ["1e21", "1e21"],
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["0x10", "0x10"],
    ["12.0", "12.0"],
    ["1 000", "1 000"],
    ["천", "천"],
    ["9".repeat(16), "9".repeat(16)],
  ])("the whole number %j", (text, value) => {
    expect(readWhole(text)).toBe(value);
  });

  test.each<[string, number, number | string | undefined]>([
    ["１２．５", 2, 1250],
    ["１２，５００", 0, 12_500],
    ["1,234.50", 2, 123_450],
    ["0", 2, 0],
    ["-0", 2, "-0"],
    ["-5", 0, "-5"],
    ["12.5", 0, "12.5"],
    ["1e3", 2, "1e3"],
    ["1.2345", 3, "1.2345"],
    [".5", 2, ".5"],
    ["₩1,000", 0, "₩1,000"],
    ["", 0, undefined],
  ])("the amount %j with %i decimals", (text, exponent, value) => {
    expect(readMoney(text, exponent)).toBe(value);
  });

  test("ids in wide digits and with wide commas; words stay as they are", () => {
    expect(listOf("１２３，456、 ７")).toEqual(["123", "456", "7"]);
    expect(listOf("①세일, ＳＡＬＥ")).toEqual(["①세일", "ＳＡＬＥ"]);
  });
});

/** Every part of the editor has something in it: rates and rewards of each kind, tiers, each rule for expiry. */
function fullForm(currency: "USD" | "KRW", edit: (form: ProgramForm) => void = () => undefined): ProgramForm {
  const exponent = currency === "USD" ? 2 : 0;
  const form = formFromSettings(defaultSettings({ currency, currencyExponent: exponent }), exponent);
  for (const [match, values] of [
    ["product", "1, 2"],
    ["tag", "sale"],
  ] as const) {
    form.earn.rules.push({ ...newRule(form.earn, `${form.earn.rules.length}`), match, values });
  }
  form.rewards = (["amount_off", "percentage_off", "free_shipping", "cash"] as const).map((kind, index) => ({
    ...newReward(kind, exponent, "new"),
    id: `reward-${index}`,
    title: { en: "A reward", ko: "혜택" },
  }));
  form.tiers = [0, 1, 2].map((index) => ({
    ...form.tiers[0]!,
    id: `tier-${index}`,
    threshold: String(index * 1000),
  }));
  edit(form);
  return form;
}

const WHOLE_FIELDS: Record<string, (form: ProgramForm, text: string) => void> = {
  "earn.points": (form, text) => (form.earn.points = text),
  "earn.holdDays": (form, text) => (form.earn.holdDays = text),
  "earn.rules.1.points": (form, text) => (form.earn.rules[1]!.points = text),
  "earn.caps.perOrder": (form, text) => (form.earn.caps.perOrder = text),
  "earn.caps.perDay": (form, text) => (form.earn.caps.perDay = text),
  "earn.caps.perMember": (form, text) => (form.earn.caps.perMember = text),
  guestClaimDays: (form, text) => (form.guestClaimDays = text),
  "expiry.months": (form, text) => (form.expiry = { ...form.expiry, kind: "inactivity", months: text }),
  "expiry.month": (form, text) => (form.expiry = { ...form.expiry, kind: "calendar", month: text }),
  "expiry.day": (form, text) => (form.expiry = { ...form.expiry, kind: "calendar", day: text }),
  reminderDays: (form, text) => (form.reminderDays = text),
  reinstateDays: (form, text) => (form.reinstateDays = text),
  "tiers.1.entryPoints": (form, text) => (form.tiers[1]!.entryPoints = text),
  "tierRules.graceDays": (form, text) => (form.tierRules.graceDays = text),
  "tierRules.noticeDays": (form, text) => (form.tierRules.noticeDays = text),
  "rewards.0.cost": (form, text) => (form.rewards[0]!.cost = text),
  "rewards.0.codeLifeDays": (form, text) => (form.rewards[0]!.codeLifeDays = text),
  "rewards.1.percent": (form, text) => (form.rewards[1]!.percent = text),
  "rewards.3.minimumPoints": (form, text) => (form.rewards[3]!.minimumPoints = text),
  "rewards.3.stepPoints": (form, text) => (form.rewards[3]!.stepPoints = text),
  "rewards.3.maximumPoints": (form, text) => (form.rewards[3]!.maximumPoints = text),
  "referral.advocatePoints": (form, text) => (form.referral.advocatePoints = text),
  "referral.codeLifeDays": (form, text) => (form.referral.codeLifeDays = text),
  "referral.monthlyLimit": (form, text) => (form.referral.monthlyLimit = text),
};
const MONEY_FIELDS: Record<string, (form: ProgramForm, text: string) => void> = {
  "earn.perMinor": (form, text) => (form.earn.per = text),
  "earn.rules.0.perMinor": (form, text) => (form.earn.rules[0]!.per = text),
  "tiers.1.thresholdMinor": (form, text) => (form.tiers[1]!.threshold = text),
  "tiers.2.retainMinor": (form, text) => (form.tiers[2]!.retain = text),
  "rewards.0.amountMinor": (form, text) => (form.rewards[0]!.amount = text),
  "rewards.0.minimumMinor": (form, text) => (form.rewards[0]!.minimum = text),
  "rewards.3.pointValueMinor": (form, text) => (form.rewards[3]!.pointValue = text),
  "referral.friendAmountMinor": (form, text) => (form.referral.friendAmount = text),
  "referral.friendMinimumMinor": (form, text) => (form.referral.friendMinimum = text),
};
const NONSENSE = ["NaN", "1e21", "1e3", "five", "12.345", "-7", "1,25", "9".repeat(30), "٣", "1/0", "<b>"];

const long = (count: number) => "x".repeat(count);
const many = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => one(i)).join(", ");

/** What is wrong, by the path it is said at. */
const WRONG: [path: string, code: string, edit: (form: ProgramForm) => void][] = [
  ["earn.points", "too_small", (form) => Object.assign(form.earn, { points: "0" })],
  ["earn.perMinor", "too_small", (form) => Object.assign(form.earn, { per: "0" })],
  ["earn.rules.0.points", "too_small", (form) => (form.earn.rules[0]!.points = "0")],
  ["earn.rules.0.perMinor", "too_small", (form) => (form.earn.rules[0]!.per = "0")],
  ["earn.rules.0.values", "required", (form) => (form.earn.rules[0]!.values = " , ")],
  ["earn.rules.0.values", "not_ids", (form) => (form.earn.rules[0]!.values = "a mug")],
  ["earn.rules.0.values", "too_many", (form) => (form.earn.rules[0]!.values = many(251, String))],
  ["earn.rules.1.values", "bad_value", (form) => (form.earn.rules[1]!.values = long(256))],
  [
    "earn.rules",
    "too_many",
    (form) =>
      (form.earn.rules = Array.from({ length: 51 }, (_, i) => ({ ...form.earn.rules[1]!, id: `r-${i}` }))),
  ],
  ["earn.rules.1.values", "repeated_id", (form) => (form.earn.rules[1]!.id = form.earn.rules[0]!.id)],
  ["earn.exclude.productIds", "not_ids", (form) => (form.earn.exclude.productIds = "1, x")],
  [
    "earn.exclude.collectionIds",
    "not_ids",
    (form) => (form.earn.exclude.collectionIds = "123456789012345678901"),
  ],
  ["earn.exclude.tags", "bad_value", (form) => (form.earn.exclude.tags = long(256))],
  ["earn.exclude.vendors", "too_many", (form) => (form.earn.exclude.vendors = many(251, (i) => `v${i}`))],
  [
    "earn.caps.perDay",
    "cap_order",
    (form) => (form.earn.caps = { perOrder: "10", perDay: "9", perMember: "" }),
  ],
  [
    "earn.caps.perMember",
    "cap_order",
    (form) => (form.earn.caps = { perOrder: "10", perDay: "", perMember: "9" }),
  ],
  [
    "earn.sources",
    "no_source",
    (form) => (form.earn.sources = { online: false, pos: false, draft: false, subscription: false }),
  ],
  [
    "expiry.day",
    "day_not_in_month",
    (form) => (form.expiry = { kind: "calendar", months: "", month: "2", day: "30" }),
  ],
  [
    "expiry.month",
    "too_big",
    (form) => (form.expiry = { kind: "calendar", months: "", month: "13", day: "1" }),
  ],
  [
    "expiry.months",
    "required",
    (form) => (form.expiry = { kind: "after_earning", months: "", month: "", day: "" }),
  ],
  ["reminderDays", "too_many", (form) => (form.reminderDays = "1, 2, 3, 4, 5, 6")],
  ["reminderDays", "too_big", (form) => (form.reminderDays = "30 181")],
  ["reminderDays", "not_a_number", (form) => (form.reminderDays = "30, soon")],
  [
    "tiers",
    "too_many",
    (form) =>
      (form.tiers = Array.from({ length: LIMITS.tiersMax + 1 }, (_, i) => ({
        ...form.tiers[0]!,
        id: `t-${i}`,
        threshold: String(i),
      }))),
  ],
  ["tiers.1.thresholdMinor", "threshold_order", (form) => (form.tiers[1]!.threshold = "0")],
  ["tiers.0.thresholdMinor", "first_tier_starts_at_zero", (form) => (form.tiers[0]!.threshold = "5")],
  ["tiers.1.retainMinor", "retain_above_entry", (form) => (form.tiers[1]!.retain = "1001")],
  ["tiers.2.retainMinor", "retain_order", (form) => (form.tiers[2]!.retain = "100")],
  ["tiers.0.entryPoints", "first_tier_is_everyones", (form) => (form.tiers[0]!.entryPoints = "5")],
  ["tiers.0.invitationOnly", "first_tier_is_everyones", (form) => (form.tiers[0]!.invitationOnly = true)],
  ["tiers.0.retainMinor", "retain_above_entry", (form) => (form.tiers[0]!.retain = "5")],
  ["tiers.1.name.en", "repeated_id", (form) => (form.tiers[1]!.id = form.tiers[0]!.id)],
  ["tiers.1.name.ko", "required", (form) => (form.tiers[1]!.name = { en: "Silver", ko: "　" })],
  ["tiers.1.color", "bad_color", (form) => (form.tiers[1]!.color = "gold")],
  ["tiers.1.multiplier", "bad_multiplier", (form) => (form.tiers[1]!.multiplier = "0.00")],
  [
    "rewards",
    "too_many",
    (form) =>
      (form.rewards = Array.from({ length: LIMITS.rewardsMax + 1 }, (_, i) => ({
        ...form.rewards[2]!,
        id: `w-${i}`,
      }))),
  ],
  ["rewards.1.title.en", "too_long", (form) => (form.rewards[1]!.title = { en: long(81), ko: "혜택" })],
  ["rewards.1.title.en", "repeated_id", (form) => (form.rewards[1]!.id = form.rewards[0]!.id)],
  ["rewards.1.title.en", "bad_id", (form) => (form.rewards[1]!.id = "Not An Id")],
  ["rewards.3.minimumPoints", "minimum_in_steps", (form) => (form.rewards[3]!.stepPoints = "300")],
  ["rewards.3.maximumPoints", "maximum_below_minimum", (form) => (form.rewards[3]!.maximumPoints = "100")],
  // Of what is switched off or not there too: it would stop the saving all the same.
  [
    "referral.advocatePoints",
    "not_a_number",
    (form) => Object.assign(form.referral, { enabled: false, advocatePoints: "five" }),
  ],
  [
    "tierRules.graceDays",
    "not_a_number",
    (form) => Object.assign(form, { tiers: [], tierRules: { ...form.tierRules, graceDays: "soon" } }),
  ],
  ["pointsName.en", "required", (form) => (form.pointsName = { en: "", ko: "포인트" })],
  ["pointsShort.ko", "too_long", (form) => (form.pointsShort = { en: "P", ko: long(11) })],
];

const SECTIONS = {
  earn: EarnSection,
  expiry: ExpirySection,
  names: NamesSection,
  referral: ReferralSection,
  rewards: RewardsSection,
  tiers: TiersSection,
};

/** The editor as it looks after an attempt to save. */
function shown(form: ProgramForm, path: string): string {
  const read = settingsFromForm(form, 2);
  const issues = read.ok ? [] : read.issues;
  const text = (at: string) => {
    const issue = issues.find((one) => one.path === at);
    return issue && issueText(issue, WORDS.en);
  };
  const editor = {
    form,
    change() {},
    touch() {},
    errorAt: text,
    wrongUnder: (at: string) => issues.some((issue) => issue.path.startsWith(`${at}.`)),
    settings: defaultSettings({ currency: "USD", currencyExponent: 2 }),
    exponent: 2,
    currency: "USD",
    now: "2026-11-20T17:00:00Z",
  };
  const Section = SECTIONS[sectionOfPath(path)];
  return renderToStaticMarkup(
    <AppProvider i18n={polarisEn}>
      <AdminProvider shop={{ ...FALLBACK_SHOP, currency: "USD", currencyExponent: 2 }}>
        <ProgramEditorContext.Provider value={editor}>
          <FieldsContext.Provider value={editor}>
            <Section />
          </FieldsContext.Provider>
        </ProgramEditorContext.Provider>
      </AdminProvider>
    </AppProvider>,
  );
}

const unescaped = (html: string) => html.replaceAll("&#x27;", "'").replaceAll("&amp;", "&");

function expectBesideItsField(form: ProgramForm, path: string, code?: string): void {
  const read = settingsFromForm(form, 2);
  const issue = read.ok ? undefined : read.issues.find((one) => one.path === path);
  expect([path, issue?.code]).toEqual([path, code ?? issue?.code ?? "refused"]);
  expect(issueText(issue!, WORDS.ko), path).toMatch(/[가-힣]/u);
  const html = unescaped(shown(form, path));
  expect([path, html.includes(`id="field-${path}"`)]).toEqual([path, true]);
  expect([path, html.includes(issueText(issue!, WORDS.en))]).toEqual([path, true]);
}

describe("every refusal is said beside its field, in both languages", () => {
  test("the form these start from is right", () => {
    expect(settingsFromForm(fullForm("USD"), 2).ok).toBe(true);
    expect(settingsFromForm(fullForm("KRW"), 0).ok).toBe(true);
    expect(EARN_LIMITS.rulesMax).toBe(50);
  });

  test.each(WRONG)("%s: %s", (path, code, edit) => {
    expectBesideItsField(fullForm("USD", edit), path, code);
  });

  test.each(Object.entries({ ...WHOLE_FIELDS, ...MONEY_FIELDS }))("nonsense in %s", (path, type) => {
    for (const text of NONSENSE) {
      const form = fullForm("USD", (one) => type(one, text));
      const read = settingsFromForm(form, 2);
      // Reminders are a list, and "1,25" is one.
      if (path === "reminderDays" && text === "1,25") continue;
      expect([text, read.ok]).toEqual([text, false]);
      expect([text, read.ok ? [] : read.issues.map((issue) => issue.path)]).toEqual([text, [path]]);
    }
    expectBesideItsField(
      fullForm("USD", (one) => type(one, "NaN")),
      path,
    );
  });

  test("wide digits and thousands are read in every field", () => {
    for (const [path, type] of Object.entries(WHOLE_FIELDS)) {
      const plain = candidateFromForm(
        fullForm("USD", (form) => type(form, "12")),
        2,
      );
      expect([
        path,
        candidateFromForm(
          fullForm("USD", (form) => type(form, " １２ ")),
          2,
        ),
      ]).toEqual([path, plain]);
    }
    for (const [path, type] of Object.entries(MONEY_FIELDS)) {
      const plain = candidateFromForm(
        fullForm("USD", (form) => type(form, "12345.5")),
        2,
      );
      expect([
        path,
        candidateFromForm(
          fullForm("USD", (form) => type(form, "１２，３４５．５０")),
          2,
        ),
      ]).toEqual([path, plain]);
    }
  });

  test("thresholds of points and orders are counted, not paid", () => {
    const form = fullForm("USD", (one) => {
      one.tierRules.basis = "orders";
      one.tiers[1]!.threshold = "1.5";
      one.tiers[2]!.threshold = "9".repeat(15);
    });
    const read = settingsFromForm(form, 2);
    const texts = read.ok ? [] : read.issues.map((issue) => issueText(issue, WORDS.en));
    expect(texts).toEqual(["Use a whole number, like 1000 or 1,000.", "Use at most 1,000,000,000,000."]);
  });
});
