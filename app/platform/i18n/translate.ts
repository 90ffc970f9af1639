export type Locale = "en" | "ko";

/** Messages by key. A key ending in `_one` / `_other` is picked by the variable `count`. */
export type Messages = Record<string, string>;

type PluralBase<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;

export type MessageKey<M extends Messages> = PluralBase<Extract<keyof M, string>>;
export type MessageVars = Record<string, string | number>;
export type Translate<M extends Messages> = (key: MessageKey<M>, vars?: MessageVars) => string;

/** The first candidate that names a language we speak ("ko-KR", "en_GB"); English when none does. */
export function pickLocale(...candidates: (string | null | undefined)[]): Locale {
  for (const candidate of candidates) {
    const language = candidate?.toLowerCase().split(/[-_]/u, 1)[0];
    if (language === "en" || language === "ko") return language;
  }
  return "en";
}

/** A translator with typed keys. Interpolates `{name}`; an unknown variable stays visible, so that tests and eyes find it. */
export function createTranslator<M extends Messages>(locale: Locale, messages: M): Translate<M> {
  return (key, vars = {}) => {
    const template =
      messages[key] ?? messages[pluralKey(locale, key, vars)] ?? messages[`${key}_other`] ?? key;
    return template.replace(/\{(\w+)\}/gu, (whole, name: string) => {
      const value = vars[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? formatNumber(value, locale) : value;
    });
  };
}

function pluralKey(locale: Locale, key: string, vars: MessageVars): string {
  return locale === "en" && vars["count"] === 1 ? `${key}_one` : `${key}_other`;
}

/**
 * Minor units as money of the shop's currency in the reader's language, e.g. $12.50, or ₩12,500 in English and 12,500원 in
 * Korean: the sign is what Intl writes, the word is what Korean shops do.
 */
export function formatMoney(minor: number, currency: string, exponent: number, locale: Locale): string {
  if (currency === "KRW" && locale === "ko") return `${formatNumber(minor, locale)}원`;
  const amount = formatterOf(`${locale} ${currency} ${exponent}`, () => [
    tagOf(locale),
    {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: exponent,
      maximumFractionDigits: exponent,
    },
  ]);
  return amount.format(decimalString(minor, exponent));
}

// Making one takes far longer than using it. There are as many as languages and currencies.
const formatters = new Map<string, Intl.NumberFormat>();

function formatterOf(
  key: string,
  how: () => [tag: string, options?: Intl.NumberFormatOptions],
): Intl.NumberFormat {
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(...how());
  formatters.set(key, made);
  return made;
}

/**
 * A number of points as the merchant writes them: 1,250P, 1,250 coins, 1,250원. A longer unit stands apart, save in Korean.
 * Theme blocks write the same (`dangol-points.liquid`, `dangol-strings.liquid`).
 */
export function pointsText(points: number, unit: Record<Locale, string>, locale: Locale): string {
  return `${formatNumber(points, locale).replace("-", "−")}${unitText(unit[locale], locale)}`;
}

function unitText(unit: string, locale: Locale): string {
  return locale !== "ko" && [...unit].length > LONGEST_UNIT_THAT_TOUCHES ? ` ${unit}` : unit;
}

const LONGEST_UNIT_THAT_TOUCHES = 2;

/** A number with the language's grouping. */
export function formatNumber(value: number, locale: Locale): string {
  return formatterOf(locale, () => [tagOf(locale)]).format(value);
}

/** A calendar day in the shop's time zone, e.g. Nov 21, 2026 or 2026년 11월 21일. */
export function formatDate(date: Date, timeZone: string, locale: Locale): string {
  return new Intl.DateTimeFormat(tagOf(locale), {
    dateStyle: locale === "ko" ? "long" : "medium",
    timeZone,
  }).format(date);
}

/** A day of every year, e.g. Mar 4 or 3월 4일. */
export function formatDayOfYear({ month, day }: { month: number; day: number }, locale: Locale): string {
  // A leap year has every day there is.
  const date = new Date(Date.UTC(2024, month - 1, day));
  const options = { month: locale === "ko" ? "long" : "short", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(tagOf(locale), options).format(date);
}

/** Day and time in the shop's time zone. */
export function formatDateTime(date: Date, timeZone: string, locale: Locale): string {
  const dateStyle = locale === "ko" ? "long" : "medium";
  return new Intl.DateTimeFormat(tagOf(locale), { dateStyle, timeStyle: "short", timeZone }).format(date);
}

function tagOf(locale: Locale): string {
  return locale === "ko" ? "ko-KR" : "en-US";
}

// Intl formats decimal strings exactly, so no float stands between minor units and what is read.
function decimalString(minor: number, exponent: number): Intl.StringNumericLiteral {
  const digits = Math.abs(minor)
    .toString()
    .padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
  return (minor < 0 ? `-${text}` : text) as Intl.StringNumericLiteral;
}
