import { expect, test } from "vitest";
import { previewModel } from "#app/components/program/preview-model.ts";
import { newReward, newTier, putBack, removeAt } from "#app/components/program/list-edits.ts";
import { formFromSettings } from "#app/components/program/program-form.ts";
import { settingsFromForm } from "#app/components/program/program-issues.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const settings = defaultSettings({ currency: "USD", currencyExponent: 2 });

test("the preview shows a member of the chosen tier, affordable rewards first", () => {
  const model = previewModel(settings, dollarWords(), 2, "gold");
  expect(model.productLine).toBe("Earn 375P · Gold earns ×1.5");
  expect(model.tier?.name).toBe("Gold");
  expect(model.nextTier).toBeNull();
  expect(model.rewards.map((reward) => reward.affordable)).toEqual([true, true, false]);
});

test("the preview shows other rates by the same product, multiplied and capped, and what earns nothing", () => {
  const rule = (id: string, match: "tag" | "vendor" | "product", values: string[], points: number) =>
    ({ id, match, values, points, perMinor: 100 }) as const;
  const earn = {
    ...settings.earn,
    rules: [
      rule("a", "tag", ["sale"], 1),
      rule("b", "product", ["1", "2"], 9),
      rule("c", "vendor", ["Acme"], 7),
    ],
    caps: { perOrder: 600, perDay: 1000, perMember: null },
  };
  // The product costs 50.00; gold multiplies by 1.5: 75, 675 cut at 600, 525.
  const model = previewModel({ ...settings, earn }, dollarWords(), 2, "gold");
  expect(model.ruleLines).toEqual([
    "Products tagged sale: 75P",
    "Products (2): 600P",
    "Products by vendor Acme: 525P",
  ]);
  expect(model.capLines).toEqual(["At most 600P per order", "At most 1,000P a day"]);
  expect(model.productLine).toBe("Earn 375P · Gold earns ×1.5");

  const more = {
    ...earn,
    rules: [...earn.rules, rule("d", "tag", ["new"], 2)],
    exclude: { ...earn.exclude, tags: ["gift"] },
    caps: { perOrder: null, perDay: null, perMember: 300 },
  };
  const capped = previewModel({ ...settings, earn: more }, dollarWords(), 2, "gold");
  expect(capped.productLine).toBe("Earn 300P · Gold earns ×1.5");
  expect(capped.ruleLines.slice(1)).toEqual([
    "Products (2): 300P",
    "Products by vendor Acme: 300P",
    "and 1 more rate",
    "Excluded products: no points",
  ]);
  const korean = previewModel({ ...settings, earn: more }, wonWords(), 0, "");
  expect(korean.ruleLines[0]).toContain("태그가 있는 상품");
  expect(korean.capLines).toEqual(["회원당 최대 적립금 300원"]);
});

test("without rules or caps the preview has no lines about them", () => {
  expect(previewModel(settings, dollarWords(), 2, "gold")).toMatchObject({ ruleLines: [], capLines: [] });
});

test("a program with nothing in it still has a preview", () => {
  const model = previewModel({ ...settings, tiers: [], rewards: [] }, dollarWords(), 2, "");
  expect(model).toMatchObject({ tier: null, worth: null, rewards: [], productLine: "Earn 250P" });
});

test.each(["amount_off", "percentage_off", "free_shipping", "cash"] as const)(
  "a new reward of kind %s lacks nothing but its title",
  (kind) => {
    const form = formFromSettings(settings, 2);
    const reward = newReward(kind, 2, "0a1b2c3d");
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

test("a new tier stands above the highest", () => {
  const form = formFromSettings(settings, 2);
  const first = newTier(form, "0a1b2c3d");
  form.tiers.push({ ...first, name: { en: "Top", ko: "톱" } });
  expect(first.threshold).toBe("2000");
  expect(settingsFromForm(form, 2).ok).toBe(true);
});

test("what is added after a removal never takes the id of what was removed: members and codes still name it", () => {
  const form = formFromSettings(settings, 2);
  const first = newTier(form, "0a1b2c3d");
  form.tiers.push({ ...first, name: { en: "VIP", ko: "브이아이피" } });
  const removed = { entry: form.tiers.at(-1)!, index: form.tiers.length - 1 };
  form.tiers = removeAt(form.tiers, removed.index);
  form.tiers.push({ ...newTier(form, "4e5f6a7b"), threshold: "9000", name: { en: "New", ko: "새" } });
  expect(form.tiers.map(({ id }) => id)).not.toContain(first.id);
  form.tiers = putBack(form.tiers, removed);
  expect(settingsFromForm(form, 2).ok).toBe(true);
});

test("taking an entry out and putting it back leaves the list as it was", () => {
  const list = ["a", "b", "c"].map((id) => ({ id }));
  const removed = { entry: list[1]!, index: 1 };
  expect(putBack(removeAt(list, 1), removed)).toEqual(list);
  // Set back meanwhile, it is there already.
  expect(putBack(list, removed)).toEqual(list);
});
