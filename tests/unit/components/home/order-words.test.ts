import { expect, test } from "vitest";
import { awardArithmetic, orderWhy } from "#app/components/home/order-words.ts";
import type { Award, OrderStory } from "#app/loyalty/insights/explain-order.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const AWARD: Award = {
  eligibleMinor: 16_490,
  points: 5,
  perMinor: 100,
  multiplier: "1.5",
  tierName: { en: "Gold", ko: "골드" },
  rounding: "down",
  awarded: 1236,
  takenBack: 0,
  programVersion: 3,
};
const ORDER: OrderStory = {
  orderId: "6200407294252",
  name: "#1042",
  memberId: "m",
  customerId: "1",
  processedAt: "2026-11-20T12:00:00Z",
  settledAt: "2026-11-20T12:00:01Z",
  pointsHeld: 1236,
  outcome: "settled",
  award: AWARD,
};

test("an order's points are one line of arithmetic", () => {
  expect(awardArithmetic(AWARD, dollarWords())).toBe("$164.90 × 5P per $1.00, Gold ×1.5, rounded down.");
  expect(awardArithmetic({ ...AWARD, multiplier: "1" }, dollarWords())).toBe(
    "$164.90 × 5P per $1.00, rounded down.",
  );
  expect(awardArithmetic({ ...AWARD, eligibleMinor: 50_000, points: 1 }, wonWords())).toBe(
    "50,000원 × 100원당 적립금 1원, 골드 ×1.5, 소수점 버림.",
  );
});

test("campaigns are said by name, with what they added and what their limits left out", () => {
  const name = { en: "Double points weekend", ko: "더블 적립 주말" };
  const award = { ...AWARD, campaigns: [{ name, points: 1_000, cut: 236 }] };
  expect(awardArithmetic(award, dollarWords())).toBe(
    "$164.90 × 5P per $1.00, Gold ×1.5, rounded down. Double points weekend: +1,000P; its limits left out 236P.",
  );
  expect(awardArithmetic({ ...AWARD, campaigns: [{ name, points: 1_000 }] }, wonWords())).toContain(
    "소수점 버림. 더블 적립 주말: 적립금 1,000원 추가.",
  );
});

test("what a refund took back is said", () => {
  expect(
    orderWhy({ ...ORDER, pointsHeld: 1000, award: { ...AWARD, takenBack: 236 } }, dollarWords()),
  ).toContain("236P taken back since.");
});

test.each([
  ["guest", "A guest's order. It earns if they make an account with the same verified e-mail."],
  ["test", "A test order. Test orders do not earn."],
  ["not_paid", "Not paid yet. It earns when it is."],
  ["blocked", "The member is blocked, so it does not earn."],
  ["something_new", "It holds no points."],
  ["settled", "Nothing in it earns points: gift cards, or all of it refunded."],
])("an order without points says why: %s", (outcome, text) => {
  expect(orderWhy({ ...ORDER, outcome, pointsHeld: 0, award: null }, dollarWords())).toBe(text);
});

test("what cut an award, and what credit paid for, reads well where points are named", () => {
  const capped = (by: string) =>
    awardArithmetic({ ...AWARD, creditMinor: 3_000, capped: { by, uncapped: 500 } }, wonWords());
  expect(capped("perOrder")).toContain(
    "이 중 기프트 카드·스토어 크레딧 결제분(3,000원)은 적립되지 않았어요. 주문당 한도 적용 전: 적립금 500원.",
  );
  expect(capped("perDay")).toContain(" 하루 한도 적용 전: 적립금 500원.");
  expect(capped("perMember")).toContain(" 회원당 한도 적용 전: 적립금 500원.");
  const campaigns = [{ name: { en: "x", ko: "더블 적립" }, points: 20, cut: 5 }];
  expect(awardArithmetic({ ...AWARD, campaigns }, wonWords())).toContain(
    "더블 적립: 적립금 20원 추가, 이벤트 한도로 적립금 5원 제외.",
  );
});
