import { describe, expect, test } from "vitest";
import { formFromSettings, programForm } from "#app/components/program/program-form.ts";
import type { ProgramForm } from "#app/components/program/program-form.ts";
import { sectionOfPath, settingsFromForm } from "#app/components/program/program-issues.ts";
import { issueText } from "#app/components/shared/field-issues.ts";
import { programSettings } from "#app/loyalty/program/settings.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const dollars = defaultSettings({ currency: "USD", currencyExponent: 2 });
const wons = defaultSettings({ currency: "KRW", currencyExponent: 0 });

function dollarForm(edit: (form: ProgramForm) => void): ProgramForm {
  const form = formFromSettings(dollars, 2);
  edit(form);
  return form;
}

function issuesOf(edit: (form: ProgramForm) => void) {
  const read = settingsFromForm(dollarForm(edit), 2);
  return read.ok ? [] : read.issues;
}

test.each([
  ["USD", 2, dollars],
  ["KRW", 0, wons],
])("a stored program in %s goes through the editor unchanged", (_currency, exponent, settings) => {
  const form = formFromSettings(settings, exponent);
  expect(programForm.parse(JSON.parse(JSON.stringify(form)))).toEqual(form);
  expect(settingsFromForm(form, exponent)).toEqual({ ok: true, settings });
});

describe("each mistake is one issue at its own field", () => {
  test.each<[string, (form: ProgramForm) => void, object]>([
    ["an empty number", (form) => (form.earn.points = " "), { path: "earn.points", code: "required" }],
    ["letters", (form) => (form.earn.points = "five"), { path: "earn.points", code: "not_a_number" }],
    ["an exponent", (form) => (form.earn.points = "1e3"), { path: "earn.points", code: "not_a_number" }],
    ["zero points", (form) => (form.earn.points = "0"), { path: "earn.points", code: "too_small", limit: 1 }],
    ["minus", (form) => (form.earn.holdDays = "-1"), { path: "earn.holdDays", code: "too_small", limit: 0 }],
    [
      "a long hold",
      (form) => (form.earn.holdDays = "91"),
      { path: "earn.holdDays", code: "too_big", limit: 90 },
    ],
    ["three decimals", (form) => (form.earn.per = "1.005"), { path: "earn.perMinor", code: "not_money" }],
    ["no name", (form) => (form.pointsName.ko = "  "), { path: "pointsName.ko", code: "required" }],
    [
      "a long unit",
      (form) => (form.pointsShort.en = "x".repeat(11)),
      { path: "pointsShort.en", code: "too_long", limit: 10 },
    ],
    [
      "a multiplier of 0",
      (form) => (form.tiers[1]!.multiplier = "0"),
      { path: "tiers.1.multiplier", code: "bad_multiplier" },
    ],
    [
      "a multiplier of 1.255",
      (form) => (form.tiers[1]!.multiplier = "1.255"),
      { path: "tiers.1.multiplier", code: "bad_multiplier" },
    ],
    ["no colour", (form) => (form.tiers[1]!.color = "gold"), { path: "tiers.1.color", code: "bad_color" }],
    [
      "a paid first tier",
      (form) => (form.tiers[0]!.threshold = "1"),
      { path: "tiers.0.thresholdMinor", code: "first_tier_starts_at_zero" },
    ],
    [
      "tiers out of order",
      (form) => (form.tiers[2]!.threshold = "300"),
      { path: "tiers.2.thresholdMinor", code: "threshold_order" },
    ],
    [
      "110 percent",
      (form) => (form.rewards[1]!.percent = "110"),
      { path: "rewards.1.percent", code: "too_big", limit: 100 },
    ],
    [
      "two ids alike",
      (form) => (form.rewards[1]!.id = form.rewards[0]!.id),
      { path: "rewards.1.title.en", code: "repeated_id" },
    ],
  ])("%s", (_name, edit, issue) => {
    expect(issuesOf(edit)).toEqual([issue]);
  });

  test("points as cash start at a multiple of their step, and end above it", () => {
    const form = formFromSettings(wons, 0);
    const cash = form.rewards[0]!;
    cash.minimumPoints = "1050";
    cash.maximumPoints = "500";
    const read = settingsFromForm(form, 0);
    expect(read).toEqual({
      ok: false,
      issues: [
        { path: "rewards.0.minimumPoints", code: "minimum_in_steps" },
        { path: "rewards.0.maximumPoints", code: "maximum_below_minimum" },
      ],
    });
  });
});

describe("an invitation that offers the friend nothing", () => {
  const nothing = { path: "referral.friendAmountMinor", code: "too_small", limit: 1 } as const;

  test.each(["0", "0.00", "０"])("is refused beside its field: %s", (typed) => {
    expect(issuesOf((form) => (form.referral.friendAmount = typed))).toEqual([nothing]);
  });

  test("is refused together with other mistakes", () => {
    expect(
      issuesOf((form) => {
        form.referral.friendAmount = "0";
        form.earn.points = "";
      }),
    ).toEqual([{ path: "earn.points", code: "required" }, nothing]);
  });

  test("is said in both languages", () => {
    expect(issueText(nothing, dollarWords())).toBe("Use at least $0.01.");
    expect(issueText(nothing, wonWords())).toBe("1원 이상으로 입력해 주세요.");
  });

  test("does no harm while invitations are off, and a program stored so still parses", () => {
    expect(issuesOf((form) => Object.assign(form.referral, { enabled: false, friendAmount: "0" }))).toEqual(
      [],
    );
    const settings = { ...dollars, referral: { ...dollars.referral, friendAmountMinor: 0 } };
    expect(programSettings.parse(settings).referral.friendAmountMinor).toBe(0);
  });
});

test("an issue is said in the reader's language, its limit in the shop's currency", () => {
  expect(issueText({ path: "earn.holdDays", code: "too_big", limit: 90 }, dollarWords())).toBe(
    "Use at most 90.",
  );
  expect(
    issueText({ path: "referral.friendAmountMinor", code: "too_small", limit: 100 }, dollarWords()),
  ).toBe("Use at least $1.00.");
  expect(issueText({ path: "earn.points", code: "required" }, wonWords())).toBe("입력해 주세요.");
});

test("a path leads to the section that shows its field", () => {
  expect(sectionOfPath("rewards.2.cost")).toBe("rewards");
  expect(sectionOfPath("earn.holdDays")).toBe("expiry");
  expect(sectionOfPath("earn.points")).toBe("earn");
  expect(sectionOfPath("guestClaimDays")).toBe("earn");
  expect(sectionOfPath("pointsShort.ko")).toBe("names");
});

test("a posted form of another shape is refused as a whole", () => {
  const form = formFromSettings(dollars, 2);
  expect(programForm.safeParse({ ...form, admin: true }).success).toBe(false);
  expect(programForm.safeParse({ ...form, earn: { ...form.earn, points: 5 } }).success).toBe(false);
  expect(programForm.safeParse(null).success).toBe(false);
});
