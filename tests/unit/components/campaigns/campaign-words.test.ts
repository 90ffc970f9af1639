import { describe, expect, test } from "vitest";
import { campaignStories } from "#app/components/campaigns/campaign-history.ts";
import { campaignWarnings, wallReading } from "#app/components/campaigns/campaign-warnings.ts";
import { campaignChanges, campaignSentence, givesText } from "#app/components/campaigns/campaign-words.ts";
import { reachAddress, readReachQuery } from "#app/components/campaigns/reach-query.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";
import { christmas } from "./campaigns-for-tests.ts";

const { tiers } = defaultSettings({ currency: "USD", currencyExponent: 2 });
const gold = tiers.at(-1)!;
const en = dollarWords();
const ko = wonWords();
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/gu, " ");

describe("a campaign in a sentence", () => {
  test("the shortest", () => {
    expect(plain(campaignSentence(christmas(), tiers, en))).toBe(
      "All members earn ×2 points on all goods, from Dec 24, 2026, 12:00 AM to Dec 27, 2026, 12:00 AM.",
    );
    expect(campaignSentence(christmas(), tiers, ko)).toBe(
      "2026년 12월 24일 오전 12:00부터 2026년 12월 27일 오전 12:00까지 모든 회원은 모든 상품 주문 시 2배 적립돼요.",
    );
  });

  test("the longest", () => {
    const settings = christmas({
      ends: null,
      segment: { kind: "lapsed", days: 90 },
      tierIds: [gold.id, "gone"],
      products: { variantIds: [], productIds: ["1", "2"], collectionIds: [], tags: ["sale"], vendors: [] },
      award: { kind: "bonus", points: 500, minimumMinor: 50_000 },
      budget: 100_000,
      perMember: 1_000,
    });
    expect(plain(campaignSentence(settings, tiers, en))).toBe(
      `Members who have not ordered for 90 days (${gold.name.en}, gone (no longer in the program)) get 500P on top ` +
        "for every order of $500.00 or more, with chosen goods (2 products, tagged sale), from Dec 24, 2026, 12:00 AM " +
        "until you end it. It gives at most 100,000P in all. A member gets at most 1,000P from it.",
    );
    expect(campaignSentence(settings, tiers, ko)).toBe(
      `2026년 12월 24일 오전 12:00부터 직접 종료할 때까지 ${gold.name.ko}, gone (프로그램에 없는 등급) 등급의 90일 동안 주문이 없던 회원은 ` +
        "선택한 상품(상품 2개, 태그 sale) 50,000원 이상 주문마다 적립금 500원 추가 적립돼요. " +
        "모두 합해 최대 적립금 100,000원 지급해요. 회원당 최대 적립금 1,000원까지예요.",
    );
  });

  test("a bonus on everything does not ask for everything", () => {
    const bonus = christmas({ award: { kind: "bonus", points: 500, minimumMinor: 0 } });
    expect(campaignSentence(bonus, tiers, en)).toContain("500P on top for every order with any goods, from");
    expect(campaignSentence(bonus, tiers, ko)).toMatch(
      /까지 모든 회원은 모든 상품 주문마다 적립금 500원 추가 적립돼요\.$/u,
    );
  });

  test("a window is what the shop's clocks show, wherever the reader is", () => {
    const there = dollarWords({ timeZone: "Pacific/Kiritimati" });
    expect(campaignSentence(christmas(), tiers, there)).toBe(campaignSentence(christmas(), tiers, en));
  });

  test("what it gives, short", () => {
    expect(givesText(christmas(), en)).toBe("×2 points");
    const bonus = christmas({ award: { kind: "bonus", points: 300, minimumMinor: 0 } });
    expect([givesText(bonus, en), givesText(bonus, ko)]).toEqual([
      "+300P per order",
      "주문당 적립금 300원 추가",
    ]);
  });
});

describe("warnings", () => {
  const ask = (
    settings: CampaignSettings,
    others: CampaignSettings[] = [],
    part: Partial<Parameters<typeof campaignWarnings>[1]> = {},
  ) =>
    campaignWarnings(settings, {
      stacking: "multiplied",
      tiers,
      others: others.map((other, index) => ({ campaignId: String(index), settings: other })),
      nowReading: "2026-11-21T12:00",
      published: false,
      words: en,
      ...part,
    }).map(plain);
  const calm = christmas({ budget: 1_000 });
  const bonus = (points: number): CampaignSettings["award"] => ({ kind: "bonus", points, minimumMinor: 0 });

  test("none where there is nothing to say", () => {
    expect(ask(calm)).toEqual([]);
  });

  test.each<[string, CampaignSettings, "multiplied" | "best_only", string]>([
    ["two multipliers", calm, "multiplied", "×3."],
    ["two multipliers, the best alone", calm, "best_only", "bigger multiplier alone"],
    [
      "a bonus and a multiplier",
      christmas({ budget: 1_000, award: bonus(5) }),
      "multiplied",
      "the multiplier and the bonus",
    ],
  ])("%s that overlap: how the program treats them", (_name, settings, stacking, said) => {
    const other = christmas({
      name: { en: "Winter", ko: "겨울" },
      starts: "2026-12-26T23:59",
      ends: null,
      award: { kind: "multiplier", multiplier: "1.5" },
    });
    const [warning, ...rest] = ask(settings, [other], { stacking });
    expect(rest).toEqual([]);
    expect(warning).toContain("“Winter” (from Dec 26, 2026, 11:59 PM)");
    expect(warning).toContain(said);
  });

  test.each([
    ["multiplied", "both bonuses"],
    ["best_only", "bigger bonus alone"],
  ] as const)("two bonuses that overlap, %s", (stacking, said) => {
    const settings = christmas({ budget: 1_000, award: bonus(5) });
    expect(ask(settings, [settings], { stacking })[0]).toContain(said);
  });

  test("multipliers are put together exactly", () => {
    const times = (multiplier: string) => christmas({ budget: 1, award: { kind: "multiplier", multiplier } });
    expect(ask(times("1.1"), [times("1.1")])[0]).toContain("×1.21.");
    expect(ask(times("1.15"), [times("1.15")])[0]).toContain("×1.3225.");
  });

  test("windows that touch, and tiers apart, do not overlap", () => {
    expect(ask(calm, [christmas({ starts: "2026-12-27T00:00", ends: null })])).toEqual([]);
    expect(ask(calm, [christmas({ starts: "2026-12-01T00:00", ends: "2026-12-24T00:00" })])).toEqual([]);
    const one = christmas({ budget: 1, tierIds: [gold.id] });
    expect(ask(one, [christmas({ tierIds: [tiers[0]!.id] })])).toEqual([]);
    expect(ask(one, [christmas()])).toHaveLength(1);
  });

  test("a time that is over or has begun, and a cost without a limit", () => {
    expect(ask(christmas({ budget: 1, starts: "2026-01-01T00:00", ends: "2026-11-21T12:00" }))[0]).toContain(
      "already over",
    );
    const begun = christmas({ budget: 1, starts: "2026-11-21T11:59" });
    expect(ask(begun)[0]).toContain("starts in the past");
    expect(ask(begun, [], { published: true })).toEqual([]);
    expect(ask(christmas())[0]).toContain("no budget");
  });

  test("a bonus that its own limits cut", () => {
    expect(ask(christmas({ award: bonus(500), budget: 400 }))[0]).toContain("whole budget of 400P");
    const above = christmas({ award: bonus(500), budget: 5_000, perMember: 300 });
    expect(ask(above)[0]).toContain("300P");
    expect(ask(above, [], { words: ko })[0]).toBe(
      "보너스 한 번(적립금 500원)이 회원당 최대(적립금 300원)보다 커서, 넘는 만큼은 지급되지 않아요.",
    );
  });

  test("tiers that gain nothing where the best multiplier alone counts", () => {
    const weak = christmas({ budget: 1, award: { kind: "multiplier", multiplier: gold.multiplier } });
    expect(ask(weak)).toEqual([]);
    expect(ask(weak, [], { stacking: "best_only" })[0]).toContain(gold.name.en);
  });

  test("the shop's clocks", () => {
    const now = new Date("2026-11-21T15:04:00Z");
    expect(wallReading(now, "Asia/Seoul")).toBe("2026-11-22T00:04");
    expect(wallReading(now, "America/New_York")).toBe("2026-11-21T10:04");
  });
});

describe("what changed", () => {
  test("each difference once, with both sides", () => {
    const after = christmas({
      name: { en: "Xmas", ko: "크리스마스" },
      award: { kind: "multiplier", multiplier: "3" },
      budget: 500,
      products: { ...christmas().products, productIds: ["7"] },
    });
    expect(campaignChanges(christmas(), after, tiers, en)).toEqual([
      "Name: Christmas / 크리스마스 → Xmas / 크리스마스",
      "Goods: Everything that earns → Products 7",
      "What it gives: ×2 points → ×3 points",
      "Budget: no limit → 500P",
    ]);
    expect(campaignChanges(after, after, tiers, en)).toEqual([]);
  });

  test("the log in words, in both languages", () => {
    const line = (action: string, before: unknown = null, after: unknown = null) => ({
      eventId: action,
      at: "2026-11-21T12:00:00.000Z",
      actor: "system",
      action,
      before,
      after,
    });
    const actions = ["create", "save", "publish", "end", "delete"].map((verb) => line(`campaign.${verb}`));
    expect(campaignStories(actions, tiers, en).map(({ text }) => text)).toEqual([
      "Campaign created",
      "Campaign changed",
      "Campaign published",
      "Campaign ended",
      "Draft deleted",
    ]);
    const told = campaignStories(
      [line("campaign.save", { settings: christmas() }, { settings: christmas({ perMember: 9 }) })],
      tiers,
      ko,
    );
    expect(told[0]).toMatchObject({
      by: "Dangol",
      changes: ["회원당 최대: 한도 없음 → 적립금 9원"],
    });
    expect(campaignStories([line("campaign.save", { settings: 1 }, "x")], tiers, en)[0]?.changes).toEqual([]);
  });
});

describe("how many it fits is asked by an address", () => {
  test.each<Pick<CampaignSettings, "segment" | "tierIds">>([
    { segment: { kind: "all" }, tierIds: [] },
    { segment: { kind: "lapsed", days: 90 }, tierIds: ["gold", "a b"] },
    { segment: { kind: "birthday_month" }, tierIds: ["gold"] },
  ])("%j there and back", (reach) => {
    expect(readReachQuery(new URL(reachAddress(reach), "http://x").searchParams)).toEqual(reach);
  });

  test.each(["", "segment=nobody", "segment=lapsed&days=0", "segment=lapsed&days=x", "segment=all&tier="])(
    "%j is none",
    (search) => {
      expect(readReachQuery(new URLSearchParams(search))).toBeNull();
    },
  );
});
