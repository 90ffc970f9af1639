/** Everything a page needs to say things: messages, numbers, money and dates in the reader's language. */
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import type { adminEn } from "#app/platform/i18n/messages/admin.en.ts";
import {
  formatDate,
  formatDateTime,
  formatMoney,
  formatNumber,
  pointsText,
} from "#app/platform/i18n/translate.ts";
import type { Locale, MessageKey, MessageVars } from "#app/platform/i18n/translate.ts";

export type AdminKey = MessageKey<typeof adminEn>;
export type AdminTranslate = (key: AdminKey, vars?: MessageVars) => string;

/** What of the shop and its program decides how things are written. */
export interface WordsContext {
  locale: Locale;
  currency: string;
  currencyExponent: number;
  timeZone: string;
  pointsShort: { en: string; ko: string };
  pointsName: { en: string; ko: string };
}

export interface Words {
  locale: Locale;
  t: AdminTranslate;
  number(value: number): string;
  /** A number of points with its unit, e.g. 1,250P. Named where the unit alone would read as money: 적립금 1,250원. */
  points(value: number): string;
  /** The same without the name, where a heading beside it says what it is. */
  plainPoints(value: number): string;
  /** The same with a plus or a minus sign, as in a statement. */
  signed(value: number): string;
  money(minor: number): string;
  percent(ratio: number): string;
  date(at: string): string;
  dateTime(at: string): string;
  /** "3 minutes ago", "in 2 days". */
  relative(at: string, now: string): string;
}

/** Built once a page, on the server and in the browser alike. */
export function createWords(context: WordsContext): Words {
  const { locale, currency, currencyExponent, timeZone } = context;
  const tag = locale === "ko" ? "ko-KR" : "en-US";
  const unit = context.pointsShort[locale];
  const t = adminTranslator(locale);
  const plainPoints = (value: number): string => pointsText(value, context.pointsShort, locale);
  const points = (value: number): string =>
    unit === "원" ? `${context.pointsName[locale]} ${plainPoints(value)}` : plainPoints(value);
  const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  return {
    locale,
    t,
    number: (value) => formatNumber(value, locale),
    points,
    plainPoints,
    signed: (value) => `${value > 0 ? "+" : ""}${plainPoints(value)}`,
    money: (minor) => formatMoney(minor, currency, currencyExponent, locale),
    percent: (ratio) => percent.format(ratio),
    date: (at) => formatDate(new Date(at), timeZone, locale),
    dateTime: (at) => formatDateTime(new Date(at), timeZone, locale),
    relative: (at, now) =>
      sinceText(relative, (Date.parse(at) - Date.parse(now)) / 1000) ?? t("common.justNow"),
  };
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function sinceText(format: Intl.RelativeTimeFormat, seconds: number): string | null {
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return null;
}
