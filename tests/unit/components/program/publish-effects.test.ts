import { expect, test } from "vitest";
import { nightLines } from "#app/components/activity/nights-card.tsx";
import { expiryLines, tierLines } from "#app/components/program/publish-effects.tsx";
import { createWords } from "#app/components/shared/words.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";

const { tiers, pointsName, pointsShort } = defaultSettings({ currency: "USD", currencyExponent: 2 });
const names = Object.fromEntries(tiers.map((tier) => [tier.id, tier.name]));
const shop = { currency: "USD", currencyExponent: 2, timeZone: "America/New_York", pointsName, pointsShort };
const en = createWords({ ...shop, locale: "en" });
const ko = createWords({ ...shop, locale: "ko" });

test("publishing tells how many points of how many members get a later date, and what lapses first", () => {
  const preview = {
    later: { members: 1, points: 1200, until: "2028-06-11T04:00:00.000Z" },
    kept: { members: 2, points: 30 },
    undated: { members: 0, points: 0 },
    soonest: [{ at: "2027-06-11T04:00:00.000Z", points: 30 }],
  };
  expect(expiryLines(preview, en)).toEqual([
    "1 member: 1,200P get a later date",
    "2 members: 30P keep their date",
    "30P expire at the end of Jun 10, 2027, unless used.",
  ]);
  expect(expiryLines(preview, ko)[0]).toBe("회원 1명 · 1,200P의 소멸일이 늦춰져요");
  const none = { members: 0, points: 0 };
  const empty = { later: { ...none, until: null }, kept: none, undated: none, soonest: [] };
  expect(expiryLines(empty, en)).toEqual(["There are no points yet."]);
});

test("publishing tells who changes tier and when, also from one that goes", () => {
  const moves = [
    { from: "silver", to: "gold", up: true, gone: false, members: 1 },
    { from: "gold", to: "silver", up: false, gone: false, members: 1200 },
    { from: "removed", to: "bronze", up: true, gone: true, members: 2 },
  ];
  expect(tierLines(moves, { ...names, removed: { en: "Old guard", ko: "옛 등급" } }, en)).toEqual([
    "1 member: Silver → Gold, right after publishing",
    "1,200 members: Gold → Silver, when their tier ends",
    "2 members: Old guard → Bronze, tonight",
  ]);
  expect(tierLines([], names, ko)).toEqual(["등급이 바뀌는 회원이 없어요."]);
});

test("a night tells what it did, and nothing that it did not", () => {
  expect(nightLines({ expired: { lots: 2, points: 300 }, reminded: { reminders: 1 } }, en)).toEqual([
    "Expiry noted: 1",
    "2 lots expired: 300P",
  ]);
  expect(nightLines({ expired: { lots: 0, points: 0 } }, ko)).toEqual(["처리할 것이 없었어요."]);
});
