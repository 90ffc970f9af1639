import { createWords } from "#app/components/shared/words.ts";
import type { Words, WordsContext } from "#app/components/shared/words.ts";

const DOLLARS: WordsContext = {
  locale: "en",
  currency: "USD",
  currencyExponent: 2,
  timeZone: "America/New_York",
  pointsName: { en: "points", ko: "포인트" },
  pointsShort: { en: "P", ko: "P" },
};

/** Words of the demo's American shop. */
export function dollarWords(part: Partial<WordsContext> = {}): Words {
  return createWords({ ...DOLLARS, ...part });
}

/** Words of the demo's Korean shop. */
export function wonWords(part: Partial<WordsContext> = {}): Words {
  return createWords({
    locale: "ko",
    currency: "KRW",
    currencyExponent: 0,
    timeZone: "Asia/Seoul",
    pointsName: { en: "points", ko: "적립금" },
    pointsShort: { en: "P", ko: "원" },
    ...part,
  });
}
