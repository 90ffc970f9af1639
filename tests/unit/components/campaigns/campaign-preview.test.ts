import { describe, expect, test } from "vitest";
import { exampleAmountMinor, previewCampaignOrder } from "#app/components/campaigns/campaign-preview.ts";
import { budgetShare } from "#app/components/campaigns/campaign-views.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { christmas } from "./campaigns-for-tests.ts";

const dollars = defaultSettings({ currency: "USD", currencyExponent: 2 });
// 1 point per 100 won; two tiers, ×1 and ×1.5.
const wons: ProgramSettings = {
  ...defaultSettings({ currency: "KRW", currencyExponent: 0 }),
  earn: { ...dollars.earn, points: 1, perMinor: 100 },
  tiers: [
    { ...dollars.tiers[0]!, id: "one", multiplier: "1" },
    { ...dollars.tiers[1]!, id: "two", multiplier: "1.5" },
  ],
};
const bonus = (points: number, minimumMinor = 0): CampaignSettings["award"] => ({
  kind: "bonus",
  points,
  minimumMinor,
});

function figures(settings: CampaignSettings, program = wons, exponent = 0, spentPoints = 0) {
  const { rows, cut } = previewCampaignOrder(settings, program, { exponent, spentPoints });
  return { rows: rows.map(({ usual, withCampaign }) => [usual, withCampaign]), cut };
}

describe("an order of 100,000 won at 1 per 100", () => {
  test("doubled: 1,000 → 2,000, and with the tier's ×1.5: 1,500 → 3,000", () => {
    expect(figures(christmas())).toEqual({
      rows: [
        [1_000, 2_000],
        [1_500, 3_000],
      ],
      cut: false,
    });
  });

  test("the best multiplier alone: ×2 for both", () => {
    const best = { ...wons, earn: { ...wons.earn, stacking: "best_only" as const } };
    expect(figures(christmas(), best).rows).toEqual([
      [1_000, 2_000],
      [1_500, 2_000],
    ]);
  });

  test("a bonus of 500 is on top, for the tiers it is for", () => {
    expect(figures(christmas({ award: bonus(500), tierIds: ["two"] })).rows).toEqual([
      [1_000, null],
      [1_500, 2_000],
    ]);
  });

  test("what is left of the budget, and the cap per member, cut it", () => {
    const settings = christmas({ budget: 10_000, perMember: 700 });
    expect(figures(settings)).toEqual({
      rows: [
        [1_000, 1_700],
        [1_500, 2_200],
      ],
      cut: true,
    });
    expect(figures(settings, wons, 0, 9_900).rows).toEqual([
      [1_000, 1_100],
      [1_500, 1_600],
    ]);
    expect(figures(settings, wons, 0, 10_000).rows).toEqual([
      [1_000, 1_000],
      [1_500, 1_500],
    ]);
  });

  test("a cut for a tier that it is not for is not told", () => {
    expect(figures(christmas({ award: bonus(500), budget: 500, tierIds: [] })).cut).toBe(false);
    const none = { ...wons, tiers: [] };
    expect(figures(christmas({ tierIds: ["two"] }), none).rows).toEqual([[1_000, 2_000]]);
  });
});

test("the example is 100 of a currency with decimals, and as much as the bonus asks for", () => {
  expect(exampleAmountMinor(christmas(), 0)).toBe(100_000);
  expect(exampleAmountMinor(christmas(), 2)).toBe(10_000);
  expect(exampleAmountMinor(christmas(), 3)).toBe(100_000);
  expect(exampleAmountMinor(christmas({ award: bonus(1, 15_000) }), 2)).toBe(15_000);
  expect(figures(christmas(), dollars, 2).rows[0]).toEqual([500, 1_000]); // $100.00 × 5
});

test("what of the budget is used", () => {
  expect(budgetShare({ settings: christmas(), spentPoints: 5 })).toBeNull();
  expect(budgetShare({ settings: christmas({ budget: 200 }), spentPoints: 50 })).toBe(0.25);
});
