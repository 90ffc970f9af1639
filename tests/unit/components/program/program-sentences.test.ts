import { expect, test } from "vitest";
import {
  earnSentence,
  examplePoints,
  expirySentence,
  referralSentence,
  rewardSentence,
  tierSentence,
} from "#app/components/program/program-sentences.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const dollars = defaultSettings({ currency: "USD", currencyExponent: 2 });
const wons = defaultSettings({ currency: "KRW", currencyExponent: 0 });

test("what an order earns is one sentence", () => {
  expect(earnSentence(dollars, dollarWords(), 2)).toBe(
    "A $50.00 order earns 250P, worth $2.50, usable at once, for 12 months.",
  );
  expect(earnSentence(wons, wonWords(), 0)).toBe(
    "50,000원 주문 시 적립금 500원 적립 (500원 상당). 바로 쓸 수 있고, 12개월 동안 유효해요.",
  );
});

test("a hold, no expiry and no worth change the sentence", () => {
  const settings = {
    ...dollars,
    earn: { ...dollars.earn, holdDays: 1 },
    expiry: { kind: "none" as const },
    rewards: dollars.rewards.filter((reward) => reward.kind !== "amount_off"),
  };
  expect(earnSentence(settings, dollarWords(), 2)).toBe(
    "A $50.00 order earns 250P, usable 1 day after, with no end.",
  );
});

test.each([
  ["down", 617],
  ["nearest", 618],
  ["up", 618],
] as const)("the example is rounded %s like a real order", (rounding, points) => {
  // 82.45 × 5 × 1.5 = 618.375; 82.35 × 5 × 1.5 = 617.625
  const settings = { ...dollars, earn: { ...dollars.earn, rounding } };
  expect(examplePoints(settings, 8235, "1.5")).toBe(points);
});

test("expiry names the last day of points earned today, in the shop's time zone", () => {
  expect(expirySentence(dollars, dollarWords(), "2026-11-22T03:00:00Z", "America/New_York")).toBe(
    "Points earned today expire at the end of Nov 21, 2027. The soonest to expire are used first.",
  );
});

test("expiry counts from the end of the hold where points would lapse within it", () => {
  const expiry = { kind: "after_earning", months: 1 } as const;
  const settings = { ...dollars, earn: { ...dollars.earn, holdDays: 31 }, expiry };
  // Earned on 21 November in New York, usable from 22 December on.
  expect(expirySentence(settings, dollarWords(), "2026-11-22T03:00:00Z", "America/New_York")).toBe(
    "Points earned today expire at the end of Jan 22, 2027. The soonest to expire are used first.",
  );
});

test("each kind of reward says what it costs and gives", () => {
  const [amount, percent, shipping] = dollars.rewards;
  const words = dollarWords();
  const life = "The code works for 30 days; unused, the points go back.";
  expect(rewardSentence(amount!, words)).toBe(`500P for $5.00 off an order. ${life}`);
  expect(rewardSentence(percent!, words)).toBe(`800P for 10% off an order. ${life}`);
  expect(rewardSentence(shipping!, words)).toBe(`300P for free shipping. ${life}`);
  expect(rewardSentence(wons.rewards[0]!, wonWords({ locale: "en" }))).toBe(
    `1P is worth ₩1. From 1,000P, in steps of 100P. ${life}`,
  );
});

test("a tier says from when and how much it earns", () => {
  const words = dollarWords();
  expect(tierSentence(dollars, 0, words, 2)).toBe("Everyone starts here. A $50.00 order earns 250P.");
  expect(tierSentence(dollars, 2, words, 2)).toBe("From $1,000.00 in a year. A $50.00 order earns 375P.");
  expect(tierSentence(dollars, 9, words, 2)).toBe("");
});

test("a referral says what both get, or that it is off", () => {
  const words = dollarWords();
  expect(referralSentence(dollars, words)).toBe(
    "A friend gets $5.00 off their first order of $20.00 or more. Once it is paid, the member gets 500P.",
  );
  expect(
    referralSentence({ ...dollars, referral: { ...dollars.referral, enabled: false } }, words),
  ).toContain("cannot invite");
});

test("a referral says that the member waits for the hold", () => {
  const held = (settings: typeof dollars) => ({ ...settings, earn: { ...settings.earn, holdDays: 7 } });
  expect(referralSentence(held(dollars), dollarWords())).toBe(
    "A friend gets $5.00 off their first order of $20.00 or more. Once it is paid and its hold is over, the member gets 500P.",
  );
  expect(referralSentence(held(wons), wonWords())).toMatch(
    /할인, 결제되고 적립 대기 기간이 지나면 추천인에게 적립금 [\d,]+원 적립\.$/u,
  );
});

test("a referral says that the member waits until the order is sent, where orders earn then", () => {
  const sent = (settings: typeof dollars, holdDays: number) => ({
    ...settings,
    earn: { ...settings.earn, on: "fulfilled" as const, holdDays },
  });
  expect(referralSentence(sent(dollars, 0), dollarWords())).toContain(". Once it is fulfilled, the member");
  expect(referralSentence(sent(dollars, 7), dollarWords())).toContain("fulfilled and its hold is over, the");
  expect(referralSentence(sent(wons, 0), wonWords())).toContain("할인, 발송되면 추천인에게");
  expect(referralSentence(sent(wons, 7), wonWords())).toContain("할인, 발송되고 적립 대기 기간이 지나면");
});

test("how long points last ends the sentence like one", () => {
  const inactive = { ...wons, expiry: { kind: "inactivity" as const, months: 6 } };
  expect(earnSentence(inactive, wonWords(), 0)).toContain(
    "바로 쓸 수 있고, 6개월간 적립·사용이 없을 때까지 유효해요.",
  );
  const yearly = { ...wons, expiry: { kind: "calendar" as const, month: 3, day: 4 } };
  expect(earnSentence(yearly, wonWords(), 0)).toContain("바로 쓸 수 있고, 다음 3월 4일까지 유효해요.");
  expect(earnSentence(yearly, dollarWords(), 0)).toContain("usable at once, until the next Mar 4.");
});
