import { describe, expect, test } from "vitest";
import type { StatementEntry } from "#app/loyalty/ledger/statement.server.ts";
import { describeEntry, type EntryContext } from "#app/loyalty/rewards/storefront/describe-entry.ts";
import { storefrontTranslator } from "#app/loyalty/rewards/storefront/storefront-translator.ts";
import type { Locale } from "#app/platform/i18n/translate.ts";

function context(locale: Locale, over: Partial<EntryContext> = {}): EntryContext {
  return {
    locale,
    t: storefrontTranslator(locale),
    unit: { en: "P", ko: "P" },
    currency: "USD",
    currencyExponent: 2,
    timeZone: "America/New_York",
    ...over,
  };
}

function entry(over: Partial<StatementEntry>): StatementEntry {
  const at = new Date("2026-11-20T15:00:00Z");
  return {
    seq: 7,
    from: "issued",
    to: "available",
    points: 100,
    signedPoints: 100,
    availableAfter: 600,
    reason: "earn",
    source: "order",
    sourceId: "1",
    occurredAt: at,
    recordedAt: at,
    actor: "system",
    note: null,
    detail: {},
    reversesSeq: null,
    ...over,
  };
}

const orderDetail = {
  orderName: "#1042",
  currency: "USD",
  eligibleMinor: 16_490,
  points: 5,
  perMinor: 100,
  multiplier: "1.5",
  tierName: { en: "Gold", ko: "골드" },
  rounding: "down",
};

describe("the why of a line", () => {
  test("campaigns by their names, in the reader's language, and whether a limit cut them", () => {
    const names = [
      { en: "Double points weekend", ko: "더블 적립 주말" },
      { en: "Welcome", ko: "첫 구매 혜택" },
    ];
    const detail = {
      ...orderDetail,
      eligibleMinor: 10_000,
      multiplier: "1",
      campaigns: [
        { id: "a", name: names[0], points: 500 },
        { id: "b", name: names[1], points: 30, cut: 70 },
        { id: "c", name: "older", points: "many" },
      ],
    };
    const line = entry({ points: 1030, signedPoints: 1030, detail });
    expect(describeEntry(line, context("en")).detail).toBe(
      "$100.00 × 5P per $1.00 · Double points weekend: +500P · Welcome: +30P (its limit was reached)",
    );
    expect(describeEntry(line, context("ko")).detail).toContain(
      "더블 적립 주말: +500P · 첫 구매 혜택: +30P (한도까지 적립)",
    );
  });

  test("an order's points: eligible × rate, tier, rounding", () => {
    const line = entry({ points: 1236, signedPoints: 1236, detail: orderDetail });
    expect(describeEntry(line, context("en"))).toEqual({
      id: "7",
      at: "2026-11-20T15:00:00.000Z",
      points: 1236,
      pending: 0,
      balance: 600,
      kind: "earn",
      title: "Earned on order #1042",
      detail: "$164.90 × 5P per $1.00 · Gold ×1.5 · rounded down",
    });
    expect(describeEntry(line, context("ko")).detail).toBe("$164.90 × $1.00당 5P · 골드 ×1.5 · 소수점 버림");
  });

  test("says nothing of a tier or a rounding that changed nothing", () => {
    const line = entry({ points: 500, detail: { ...orderDetail, eligibleMinor: 10_000, multiplier: "1" } });
    expect(describeEntry(line, context("en")).detail).toBe("$100.00 × 5P per $1.00");
  });

  test("won: 적립금 in the merchant's unit", () => {
    const line = entry({
      points: 390,
      detail: { ...orderDetail, currency: "KRW", eligibleMinor: 39_000, points: 1, multiplier: "1" },
    });
    const seoul = context("ko", { unit: { en: "P", ko: "원" }, currency: "KRW", currencyExponent: 0 });
    expect(describeEntry(line, seoul)).toMatchObject({
      title: "주문 #1042 적립",
      detail: "39,000원 × 100원당 1원",
    });
  });

  test.each([
    ["cancelled", "Taken back: order #1042 was cancelled", "주문 #1042 취소로 차감"],
    ["refunded", "Taken back: refund on order #1042", "주문 #1042 환불로 차감"],
    ["edited", "Taken back: order #1042 changed", "주문 #1042 변경으로 차감"],
  ])("what a %s order took back says so, and what is left of its points", (cause, en, ko) => {
    const detail = { orderName: "#1042", cause, heldBefore: 1236, heldAfter: 36 };
    const line = entry({ reason: "clawback", points: 1200, signedPoints: -1200, detail });
    expect(describeEntry(line, context("en"))).toMatchObject({
      title: en,
      detail: "This order's points: 1,236P → 36P",
    });
    expect(describeEntry(line, context("ko"))).toMatchObject({
      title: ko,
      detail: "이 주문의 적립: 1,236P → 36P",
    });
  });

  test("points in their hold are pending and change no balance", () => {
    const line = entry({ to: "pending", signedPoints: 0, detail: {} });
    expect(describeEntry(line, context("en"))).toMatchObject({
      points: 0,
      pending: 100,
      title: "Earned on an order",
      detail: "100P pending",
    });
  });

  test("a redemption's lines name the reward and where its points are", () => {
    const detail = { title: { en: "$5 off", ko: "5달러 할인" } };
    const base = { source: "redemption" as const, points: 500, detail };
    const held = entry({ ...base, from: "available", to: "held", signedPoints: -500, reason: "redeem_hold" });
    expect(describeEntry(held, context("ko"))).toMatchObject({
      points: -500,
      title: "쿠폰 교환: 5달러 할인",
      detail: "쿠폰을 사용하지 않으면 다시 돌아와요",
    });
    const spent = entry({ ...base, from: "held", to: "redeemed", signedPoints: 0, reason: "redeem_use" });
    expect(describeEntry(spent, context("en"))).toMatchObject({
      points: 0,
      title: "Code used: $5 off",
      detail: "500P spent with this code",
    });
    const back = entry({
      ...base,
      from: "held",
      signedPoints: 500,
      reason: "redeem_return",
      detail: { ...detail, why: "lapse" },
    });
    expect(describeEntry(back, context("en"))).toMatchObject({
      title: "Code not used in time: $5 off",
      detail: "500P returned to your balance",
    });
  });

  test("a merchant's private note is not shown to the shopper", () => {
    const line = entry({ from: "adjusted", reason: "adjust", source: "admin", note: "rude on the phone" });
    expect(JSON.stringify(describeEntry(line, context("en")))).not.toContain("rude");
  });

  test("details that are missing or of another shape are left out, never guessed", () => {
    const odd = entry({ detail: { orderName: 7, eligibleMinor: "many", multiplier: { a: 1 }, tierName: 3 } });
    expect(describeEntry(odd, context("en"))).toMatchObject({ title: "Earned on an order", detail: "" });
  });
});

test("points that a chargeback took say so in both languages", () => {
  const detail = { orderName: "#1042", cause: "disputed", heldBefore: 500, heldAfter: 0 };
  const line = entry({ reason: "clawback", points: 500, signedPoints: -500, detail });
  expect(describeEntry(line, context("en"))).toMatchObject({
    title: "Taken back: the payment of order #1042 is disputed",
    detail: "This order's points: 500P → 0P",
  });
  expect(describeEntry(line, context("ko")).title).toBe("주문 #1042 결제 분쟁으로 차감");
});

test("points that had expired say so when their order takes them back, and that no balance moved", () => {
  const detail = { orderName: "#1042", cause: "refunded", heldBefore: 500, heldAfter: 0, lapse: "a/2" };
  const moved = { points: 500, signedPoints: 0, detail } as const;
  const taken = entry({ ...moved, from: "expired", to: "reversed", reason: "clawback" });
  expect(describeEntry(taken, context("en"))).toMatchObject({
    points: 0,
    title: "Taken back: refund on order #1042",
    detail: "500P had already expired, so your balance stays as it is · This order's points: 500P → 0P",
  });
  expect(describeEntry(taken, context("ko")).detail).toBe(
    "이미 소멸된 포인트(500P)라 잔액은 그대로예요 · 이 주문의 적립: 500P → 0P",
  );
  const again = entry({ ...moved, from: "issued", to: "expired", reason: "earn" });
  expect(describeEntry(again, context("en")).detail).toBe(
    "500P had already expired, so your balance stays as it is",
  );
  const borne = entry({ ...moved, from: "issued", to: "forgiven", reason: "earn" });
  expect(describeEntry(borne, context("en")).detail).toBe(
    "500P are set against what the shop covered before, so your balance stays as it is",
  );
});
