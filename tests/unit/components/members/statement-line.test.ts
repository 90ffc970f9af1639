import { expect, test } from "vitest";
import { statementLine } from "#app/components/members/statement-line.ts";
import type { StatementItem } from "#app/components/members/statement-line.ts";
import { codeFate } from "#app/components/members/code-fate.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const EARNED: StatementItem = {
  seq: 7,
  from: "issued",
  to: "available",
  points: 1236,
  signedPoints: 1236,
  availableAfter: 2486,
  reason: "earn",
  source: "order",
  sourceId: "6200407294252",
  occurredAt: "2026-11-20T17:00:00Z",
  actor: "system",
  note: null,
  detail: {
    orderName: "#1042",
    currency: "USD",
    eligibleMinor: 16_490,
    points: 5,
    perMinor: 100,
    multiplier: "1.5",
    tierName: { en: "Gold", ko: "골드" },
    rounding: "down",
    awarded: 1236,
    heldBefore: 0,
    programVersion: 3,
  },
};

test("an earned line has its order, its sign, the balance after it and the arithmetic", () => {
  expect(statementLine(EARNED, dollarWords())).toEqual({
    seq: 7,
    at: "Nov 20, 2026",
    title: "Earned: #1042",
    amount: "+1,236P",
    balance: "2,486P",
    why: [
      "$164.90 × 5P per $1.00, Gold ×1.5, rounded down. That makes 1,236P.",
      "By Dangol, Nov 20, 2026, 12:00 PM.",
    ],
  });
});

test("a line earned in a campaign says which, and passes over what it cannot read", () => {
  const campaigns = [
    { id: "a", name: { en: "Double points weekend", ko: "더블 적립 주말" }, points: 1236 },
    { id: "b", name: "odd", points: 5 },
  ];
  const line = { ...EARNED, detail: { ...EARNED.detail, awarded: 2472, campaigns } };
  expect(statementLine(line, dollarWords()).why[0]).toBe(
    "$164.90 × 5P per $1.00, Gold ×1.5, rounded down. Double points weekend: +1,236P. That makes 2,472P.",
  );
});

test("points into the hold move another pot than the balance", () => {
  const pending = { ...EARNED, to: "pending" as const, signedPoints: 0, availableAfter: 0 };
  expect(statementLine(pending, dollarWords()).amount).toBe("+1,236P pending");
  const spent = {
    ...EARNED,
    from: "held" as const,
    to: "redeemed" as const,
    reason: "redeem_use",
    points: 500,
    signedPoints: 0,
    detail: {},
  };
  expect(statementLine(spent, dollarWords())).toMatchObject({ amount: "−500P held", title: "Code used" });
});

test("an order settled again says what was there before", () => {
  const again = { ...EARNED, points: 236, signedPoints: 236, detail: { ...EARNED.detail, heldBefore: 1000 } };
  expect(statementLine(again, dollarWords()).why[0]).toContain(
    "The order had 1,000P before and has 1,236P now",
  );
});

test("a refund says what the order held and holds, and a debt that it is owed", () => {
  const back: StatementItem = {
    ...EARNED,
    from: "available",
    to: "reversed",
    reason: "clawback",
    points: 500,
    signedPoints: -500,
    availableAfter: -250,
    detail: { orderName: "#1042", cause: "refunded", heldBefore: 1236, heldAfter: 736 },
  };
  expect(statementLine(back, dollarWords())).toMatchObject({
    title: "Taken back: #1042",
    amount: "−500P",
    balance: "−250P",
    why: [
      "The order was refunded in whole or in part. It held 1,236P and holds 736P now.",
      "250P are owed after this. The next points pay it off.",
      "By Dangol, Nov 20, 2026, 12:00 PM.",
    ],
  });
});

test("points that had expired are told apart: taken back without a balance moving, and expired again", () => {
  const books: StatementItem = {
    ...EARNED,
    from: "expired",
    to: "reversed",
    reason: "clawback",
    points: 500,
    signedPoints: 0,
    availableAfter: 0,
    detail: { orderName: "#1042", cause: "refunded", heldBefore: 500, heldAfter: 0, lapse: "a/2" },
  };
  expect(statementLine(books, dollarWords())).toMatchObject({
    title: "Taken back, already expired: #1042",
    amount: "−500P expired",
    balance: "0P",
    why: [
      "The order was refunded in whole or in part. It held 500P and holds 0P now.",
      "500P had expired unused, so the balance stays as it is.",
      "By Dangol, Nov 20, 2026, 12:00 PM.",
    ],
  });
  const again = { ...books, from: "issued", to: "expired", reason: "earn" } as const;
  expect(statementLine(again, dollarWords())).toMatchObject({
    title: "Earned again, already expired: #1042",
    amount: "+500P expired",
  });
  const borne = { ...books, from: "issued", to: "forgiven", reason: "earn" } as const;
  expect(statementLine(borne, dollarWords())).toMatchObject({
    title: "Earned again, borne by the shop before: #1042",
    amount: "−500P borne by the shop",
  });
});

test("a change by hand says who and why", () => {
  const adjusted = { ...EARNED, reason: "adjust", actor: "548380009", note: "A broken cup", detail: {} };
  expect(statementLine(adjusted, dollarWords()).why).toEqual([
    "Reason: A broken cup",
    "By staff member 548380009, Nov 20, 2026, 12:00 PM.",
  ]);
  expect(statementLine(adjusted, wonWords()).why[0]).toBe("사유: A broken cup");
});

test("a returned code says whether it was cancelled, lapsed or refused", () => {
  const line = (why: string) =>
    statementLine(
      { ...EARNED, reason: "redeem_return", detail: { title: { en: "$5 off", ko: "5달러 할인" }, why } },
      dollarWords(),
    );
  expect(line("lapse").title).toBe("Returned: $5 off");
  expect(line("lapse").why[0]).toBe("The code lapsed unused.");
  expect(line("cancel").why[0]).toBe("The code was cancelled unused.");
  expect(line("failed").why[0]).toBe("Shopify refused to make the code.");
});

test("a reason nobody has put into words yet is shown as it is", () => {
  expect(statementLine({ ...EARNED, reason: "raffle", detail: { title: 7 } }, dollarWords()).title).toBe(
    "raffle",
  );
});

test("details of another shape change no figure and break nothing", () => {
  const odd = {
    ...EARNED,
    detail: { eligibleMinor: "1e99", points: null, tierName: [], orderName: {}, cause: "x" },
  };
  expect(statementLine(odd, dollarWords())).toMatchObject({ title: "Earned", amount: "+1,236P" });
});

test("a code says until when it works, or what became of it", () => {
  const code = {
    redemptionId: "r",
    rewardId: "amount-5",
    kind: "amount_off",
    title: null,
    points: 500,
    status: "ready" as const,
    closing: null,
    failure: null,
    code: "ABCD",
    requestedAt: "2026-11-20T17:00:00Z",
    expiresAt: "2026-12-21T04:59:59Z",
    closedAt: null,
    usedOrderId: null,
    usedOrderName: null,
    restoredAt: null,
  };
  const words = dollarWords();
  expect(codeFate(code, words)).toBe("Works until Dec 20, 2026. Unused, the points go back.");
  expect(codeFate({ ...code, closing: "cancel" }, words)).toContain("as soon as Shopify confirms");
  expect(
    codeFate({ ...code, status: "used", closedAt: code.requestedAt, usedOrderName: "#1050" }, words),
  ).toBe("Used on Nov 20, 2026 in #1050.");
  expect(codeFate({ ...code, status: "used", restoredAt: code.requestedAt }, words)).toContain(
    "the points went back",
  );
});

test("points that a chargeback took say so in both languages", () => {
  const taken = {
    ...EARNED,
    from: "available" as const,
    to: "reversed" as const,
    reason: "clawback",
    detail: { orderName: "#1042", cause: "disputed", heldBefore: 500, heldAfter: 0 },
  };
  expect(statementLine(taken, dollarWords()).why[0]).toContain(
    "The customer's bank has taken the payment back for now (chargeback).",
  );
  expect(statementLine(taken, wonWords()).why[0]).toContain("차지백");
});
