import { expect, test } from "vitest";
import { describeChanges } from "#app/components/program/describe-changes.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const before = defaultSettings({ currency: "USD", currencyExponent: 2 });

function changed(edit: (settings: ProgramSettings) => void): string[] {
  const after = structuredClone(before);
  edit(after);
  return describeChanges(before, after, dollarWords()).map((change) => change.text);
}

test("nothing changed is nothing to tell", () => {
  expect(changed(() => {})).toEqual([]);
});

test.each<[string, (settings: ProgramSettings) => void, string]>([
  ["the rate", (s) => (s.earn.points = 10), "Earn rate: 5P per $1.00 → 10P per $1.00"],
  ["the rounding", (s) => (s.earn.rounding = "up"), "Rounding: rounded down → rounded up"],
  ["the trigger", (s) => (s.earn.on = "fulfilled"), "Earned when paid → fulfilled"],
  [
    "the tax",
    (s) => (s.earn.includedTax = "excluded"),
    "Tax inside prices: earns points too → is taken out first",
  ],
  ["test orders", (s) => (s.earn.testOrders = true), "Test orders earn: off → on"],
  ["guest orders", (s) => (s.guestClaimDays = 0), "Guest orders count back: 90 days → 0 days"],
  ["the hold", (s) => (s.earn.holdDays = 1), "Hold: 0 days → 1 day"],
  ["the expiry", (s) => (s.expiry = { kind: "none" }), "Points expire: after 12 months → never"],
  [
    "the shortfall",
    (s) => (s.shortfall = "absorb"),
    "When a refund takes more than is left: The member owes the rest → The shop bears the rest",
  ],
  [
    "a reward's cost",
    (s) => void (s.rewards[0] = { ...s.rewards[0]!, kind: "amount_off", cost: 600, amountMinor: 500 }),
    "“$5 off” costs: 500P → 600P",
  ],
  ["a reward's end", (s) => s.rewards.splice(2, 1), "Reward “Free shipping” removed"],
  ["a reward switched off", (s) => (s.rewards[2]!.enabled = false), "“Free shipping” offered: on → off"],
  [
    "a code's life",
    (s) => (s.rewards[2]!.codeLifeDays = 1),
    "“Free shipping” code works for: 30 days → 1 day",
  ],
  ["cancelling", (s) => (s.cancelAllowed = false), "Shoppers may cancel unused codes: on → off"],
  ["a tier's threshold", (s) => (s.tiers[2]!.thresholdMinor = 50_000), "“Gold” from: $1,000.00 → $500.00"],
  ["a tier's multiplier", (s) => (s.tiers[2]!.multiplier = "2"), "“Gold” earns: ×1.5 → ×2"],
  ["a tier's seal", (s) => (s.tiers[2]!.shape = "shield"), "“Gold” seal: Star #a87616 → Shield #a87616"],
  ["a tier's end", (s) => s.tiers.splice(1, 1), "Tier “Silver” removed"],
  ["the referral", (s) => (s.referral.enabled = false), "Inviting friends: on → off"],
  ["the advocate", (s) => (s.referral.advocatePoints = 700), "Member gets for a friend: 500P → 700P"],
  [
    "the name",
    (s) => (s.pointsName = { en: "beans", ko: "콩" }),
    "Points are called: points / 포인트 → beans / 콩",
  ],
  ["the unit", (s) => (s.pointsShort.en = "b"), "Unit: P → b / P"],
])("%s is told once, with before and after", (_name, edit, text) => {
  expect(changed(edit)).toEqual([text]);
});

test("a new reward and a new tier are told as new", () => {
  const texts = changed((settings) => {
    settings.rewards.push({ ...settings.rewards[2]!, id: "more", title: { en: "More", ko: "더" } });
    settings.tiers.push({
      ...settings.tiers[2]!,
      id: "top",
      name: { en: "Top", ko: "톱" },
      thresholdMinor: 999_999,
    });
  });
  expect(texts).toEqual(["New reward “More”", "New tier “Top”"]);
});

test("every difference the schema allows is seen: a program never differs silently", () => {
  const after = defaultSettings({ currency: "KRW", currencyExponent: 0 });
  const sections = new Set(describeChanges(before, after, wonWords()).map((change) => change.section));
  expect(sections).toEqual(new Set(["earn", "rewards", "tiers", "referral", "names"]));
});

test("each change says for whom it counts", () => {
  const after = structuredClone(before);
  after.earn.points = 6;
  expect(describeChanges(before, after, wonWords({ currency: "USD", currencyExponent: 2 }))).toEqual([
    {
      section: "earn",
      text: "적립 비율: $1.00당 적립금 5원 → $1.00당 적립금 6원",
      effect: "앞으로 적립되는 주문부터 적용돼요. 이미 적립된 포인트는 그대로예요.",
    },
  ]);
});

test("tiers go by their names in the reader's language, also one that comes or goes", () => {
  const after = structuredClone(before);
  after.tiers.splice(1, 1, { ...after.tiers[1]!, id: "vip", name: { en: "Regulars", ko: "단골" } });
  const told = (words: typeof dollarWords) =>
    describeChanges(before, after, words()).map((change) => change.text);
  expect(told(dollarWords)).toEqual(["New tier “Regulars”", "Tier “Silver” removed"]);
  expect(told(wonWords).join(" ")).toMatch(/단골.*실버/u);
  expect(told(wonWords).join(" ")).not.toMatch(/silver|vip/u);
});

test("goods of a rate are told in the order of the language", () => {
  const after = structuredClone(before);
  after.earn.rules = [{ id: "sale", match: "tag", values: ["sale"], points: 3, perMinor: 100 }];
  const told = (words: typeof dollarWords) => describeChanges(before, after, words())[0]?.text;
  expect(told(dollarWords)).toBe("Other rates: nothing → Products tagged sale: 3P per $1.00");
  expect(told(() => wonWords({ currency: "USD", currencyExponent: 2 }))).toBe(
    "다른 적립률: 없음 → sale 태그가 있는 상품: $1.00당 적립금 3원",
  );
});

test("what a tier asks for is not called money where it is points or orders", () => {
  const after = structuredClone(before);
  after.tiers[2]!.thresholdMinor = 50_000;
  after.tierRules.basis = "orders";
  const texts = describeChanges(before, after, wonWords()).map((change) => change.text);
  expect(texts.join(" ")).toContain("달성 기준");
  expect(texts.join(" ")).not.toContain("기준 금액");
});
