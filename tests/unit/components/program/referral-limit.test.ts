import { expect, test } from "vitest";
import { describeChanges } from "#app/components/program/describe-changes.ts";
import { formFromSettings } from "#app/components/program/program-form.ts";
import { settingsFromForm } from "#app/components/program/program-issues.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const before = defaultSettings({ currency: "USD", currencyExponent: 2 });

function typed(monthlyLimit: string) {
  const form = formFromSettings(before, 2);
  form.referral.monthlyLimit = monthlyLimit;
  return settingsFromForm(form, 2);
}

test("a new shop rewards ten friends of a member a month; an empty field is no limit", () => {
  expect(formFromSettings(before, 2).referral.monthlyLimit).toBe("10");
  const none = typed(" ");
  expect(none).toMatchObject({ ok: true, settings: { referral: { monthlyLimit: null } } });
  if (none.ok) expect(formFromSettings(none.settings, 2).referral.monthlyLimit).toBe("");
  expect(typed("３")).toMatchObject({ ok: true, settings: { referral: { monthlyLimit: 3 } } });
});

test.each([
  ["0", "too_small"],
  ["10001", "too_big"],
  ["ten", "not_a_number"],
  ["2.5", "not_a_number"],
])("%s is refused beside its field: %s", (text, code) => {
  expect(typed(text)).toMatchObject({ ok: false, issues: [{ path: "referral.monthlyLimit", code }] });
});

test("a change of it is told once, in both languages", () => {
  const after = structuredClone(before);
  after.referral.monthlyLimit = null;
  expect(describeChanges(before, after, dollarWords())).toEqual([
    {
      section: "referral",
      text: "Rewards a month for one member: 10 → no limit",
      effect: "For rewards from now on.",
    },
  ]);
  expect(describeChanges(after, before, wonWords())[0]!.text).toBe("회원 1명당 월 적립 횟수: 한도 없음 → 10");
});
