import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import {
  createTranslator,
  formatDate,
  formatDayOfYear,
  formatMoney,
  formatNumber,
  pickLocale,
  pointsText,
} from "#app/platform/i18n/translate.ts";

const FOLDER = "app/platform/i18n/messages";
const pairs = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".en.ts"))
  .map((file) => file.replace(/\.en\.ts$/u, ""));

async function messagesOf(name: string, locale: string): Promise<Record<string, string>> {
  const file = pathToFileURL(resolve(FOLDER, `${name}.${locale}.ts`)).href;
  const module = (await import(/* @vite-ignore */ file)) as Record<string, Record<string, string>>;
  return Object.assign({}, ...Object.values(module).filter((value) => typeof value === "object")) as Record<
    string,
    string
  >;
}

// "One point" need not say its number.
const variablesOf = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1]))]
    .filter((name) => name !== "count")
    .toSorted();
const baseOf = (key: string) => key.replace(/_(one|other)$/u, "");

describe.each(pairs)("the messages of %s", (name) => {
  test("have every key in both languages, each with words", async () => {
    const [english, korean] = await Promise.all([messagesOf(name, "en"), messagesOf(name, "ko")]);
    const keys = (messages: Record<string, string>) =>
      [...new Set(Object.keys(messages).map(baseOf))].toSorted();
    expect(keys(korean)).toEqual(keys(english));
    for (const text of [...Object.values(english), ...Object.values(korean)])
      expect(text.trim()).not.toBe("");
  });

  test("use the same variables in both languages", async () => {
    const [english, korean] = await Promise.all([messagesOf(name, "en"), messagesOf(name, "ko")]);
    for (const [key, text] of Object.entries(korean)) {
      const original = english[key] ?? english[`${baseOf(key)}_other`] ?? "";
      expect({ key, variables: variablesOf(text) }).toEqual({ key, variables: variablesOf(original) });
    }
  });
});

const words = {
  hello: "Hello {name}",
  points_one: "{count} point",
  points_other: "{count} points",
  plain_other: "{count}점",
};

test("interpolates, groups numbers, and leaves a variable it was not given to be seen", () => {
  const t = createTranslator("en", words);
  expect(t("hello", { name: "{count}" })).toBe("Hello {count}");
  expect(t("points", { count: 1 })).toBe("1 point");
  expect(t("points", { count: 12_500 })).toBe("12,500 points");
  expect(t("hello")).toBe("Hello {name}");
  expect(createTranslator("ko", words)("points", { count: 1 })).toBe("1 points");
});

test("picks the first language we speak", () => {
  expect(pickLocale("ko-KR", "en")).toBe("ko");
  expect(pickLocale(null, "fr-FR", "en_GB")).toBe("en");
  expect(pickLocale("de", undefined, "")).toBe("en");
});

test("money is exact in every exponent", () => {
  expect(formatMoney(1_250, "USD", 2, "en")).toBe("$12.50");
  expect(formatMoney(12_500, "KRW", 0, "ko")).toBe("12,500원");
  expect(formatMoney(-12_500, "KRW", 0, "ko")).toBe("-12,500원");
  expect(formatMoney(12_500, "KRW", 0, "en")).toBe("₩12,500");
  expect(formatMoney(-5, "USD", 2, "en")).toBe("-$0.05");
  expect(formatMoney(1_234, "KWD", 3, "en")).toMatch(/1\.234/u);
  expect(formatMoney(9_007_199_254_740_991, "USD", 2, "en")).toBe("$90,071,992,547,409.91");
});

test("numbers and days read as the language writes them", () => {
  expect(formatNumber(1_234_567, "ko")).toBe("1,234,567");
  const instant = new Date("2026-12-31T20:00:00Z");
  expect(formatDate(instant, "Asia/Seoul", "ko")).toBe("2027년 1월 1일");
  expect(formatDate(instant, "America/New_York", "en")).toBe("Dec 31, 2026");
});

test("a day of every year names its month, so that no reader takes it for another", () => {
  expect(formatDayOfYear({ month: 3, day: 4 }, "en")).toBe("Mar 4");
  expect(formatDayOfYear({ month: 2, day: 29 }, "ko")).toBe("2월 29일");
});

test.each([
  ["P", "en", "1,250P"],
  ["xp", "en", "1,250xp"],
  ["🪙🪙", "en", "1,250🪙🪙"],
  ["coins", "en", "1,250 coins"],
  ["원", "ko", "1,250원"],
  ["포인트", "ko", "1,250포인트"],
] as const)("points in %s, in %s: %s", (unit, locale, text) => {
  expect(pointsText(1_250, { en: unit, ko: unit }, locale)).toBe(text);
  expect(pointsText(-1_250, { en: unit, ko: unit }, locale)).toBe(`−${text}`);
});

// "적립금 500원" and "500P" end differently, so a particle that follows the sound fits only one of them.
test("no Korean text joins a number of points to a particle that depends on its last sound", async () => {
  const texts = (await Promise.all(pairs.map((name) => messagesOf(name, "ko")))).flatMap(Object.entries);
  const joined =
    /\{(?:points|cap|cut|cost|min|max|missing|step|budget|limit|en|ko)\}[”’]?(?:을|를|은|는|이|가|과|와|로|으로|라|예요|였)/u;
  expect(texts.filter(([, text]) => joined.test(String(text)))).toEqual([]);
});
