import { expect, test } from "vitest";
import { previewModel } from "#app/components/program/preview-model.ts";
import { insertAt, newReward, newTier, removeAt } from "#app/components/program/list-edits.ts";
import { formFromSettings } from "#app/components/program/program-form.ts";
import { settingsFromForm } from "#app/components/program/program-issues.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords } from "../words-for-tests.ts";

const settings = defaultSettings({ currency: "USD", currencyExponent: 2 });

test("the preview shows a member of the chosen tier, affordable rewards first", () => {
  const model = previewModel(settings, dollarWords(), 2, "gold");
  expect(model.productLine).toBe("Earn 375P · Gold earns ×1.5");
  expect(model.tier?.name).toBe("Gold");
  expect(model.nextTier).toBeNull();
  expect(model.rewards.map((reward) => reward.affordable)).toEqual([true, true, false]);
});

test("a program with nothing in it still has a preview", () => {
  const model = previewModel({ ...settings, tiers: [], rewards: [] }, dollarWords(), 2, "");
  expect(model).toMatchObject({ tier: null, worth: null, rewards: [], productLine: "Earn 250P" });
});

test.each(["amount_off", "percentage_off", "free_shipping", "cash"] as const)(
  "a new reward of kind %s lacks nothing but its title",
  (kind) => {
    const form = formFromSettings(settings, 2);
    const reward = newReward(kind, form, 2);
    form.rewards.push({ ...reward, title: { en: "New", ko: "새" } });
    expect(settingsFromForm(form, 2).ok).toBe(true);
    form.rewards[3] = reward;
    const read = settingsFromForm(form, 2);
    expect(read.ok ? [] : read.issues.map((issue) => issue.path)).toEqual([
      "rewards.3.title.en",
      "rewards.3.title.ko",
    ]);
  },
);

test("a new tier stands above the highest and takes an id that nobody had", () => {
  const form = formFromSettings(settings, 2);
  const first = newTier(form);
  form.tiers.push({ ...first, name: { en: "Top", ko: "톱" } });
  expect(first.threshold).toBe("2000");
  expect(settingsFromForm(form, 2).ok).toBe(true);
  expect(newTier(form).id).toBe("tier-2");
});

test("taking an entry out and putting it back leaves the list as it was", () => {
  const list = ["a", "b", "c"];
  expect(insertAt(removeAt(list, 1), 1, "b")).toEqual(list);
});
