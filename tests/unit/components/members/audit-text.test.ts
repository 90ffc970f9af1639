import { expect, test } from "vitest";
import { auditText } from "#app/components/members/audit-card.tsx";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const NAMES = { silver: { en: "Silver", ko: "실버" }, gone: { en: "Old guard", ko: "옛 단골" } };
const entry = (from: string | null, to: string, locked = false) => ({
  eventId: "e",
  at: "2026-11-20T17:00:00Z",
  actor: "7",
  action: "tier.set",
  before: { tierId: from, locked: false },
  after: { tierId: to, locked },
  reason: null,
});

test("a tier that was set by hand is told by its name, in the reader's language, also one that is gone", () => {
  expect(auditText(entry("gone", "silver"), dollarWords(), NAMES)).toBe("Tier set: Old guard → Silver");
  expect(auditText(entry("gone", "silver", true), wonWords(), NAMES)).toBe(
    "등급 지정 후 고정: 옛 단골 → 실버",
  );
  expect(auditText(entry(null, "silver"), dollarWords(), NAMES)).toBe("Tier set: – → Silver");
});

test("one that nobody remembers keeps its id rather than showing nothing", () => {
  expect(auditText(entry("lost", "silver"), dollarWords(), NAMES)).toBe("Tier set: lost → Silver");
});
