type Parts = Record<string, string>;

const NAMED_FORMATS: Record<string, Intl.DateTimeFormatOptions> = {
  abbreviated_date: { year: "numeric", month: "short", day: "numeric" },
  basic: { year: "numeric", month: "numeric", day: "numeric" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_at_time: { year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit" },
  default: {
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
  },
  on_date: { year: "numeric", month: "short", day: "numeric" },
};

/** Reads what Liquid's `date` accepts: "now", "today", seconds since 1970, a date or text holding one. */
export function readDate(input: unknown, now: Date): Date | undefined {
  if (input === "now" || input === "today") return now;
  if (input instanceof Date) return input;
  if (typeof input === "number") return new Date(input * 1000);
  if (typeof input !== "string" || input.trim() === "") return undefined;
  if (/^\d{6,}$/.test(input)) return new Date(Number(input) * 1000);
  const parsed = new Date(input);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}

/** A calendar day without a time stays that day in every time zone. */
export function isCalendarDay(input: unknown): boolean {
  return typeof input === "string" && /^\d{4}-\d{2}-\d{2}$/.test(input.trim());
}

function partsOf(date: Date, locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): Parts {
  const parts: Parts = {};
  for (const part of new Intl.DateTimeFormat(locale, { ...options, timeZone }).formatToParts(date)) {
    parts[part.type] = part.value;
  }
  return parts;
}

function directives(date: Date, locale: string, timeZone: string): Record<string, () => string> {
  const numeric = partsOf(date, "en-GB", timeZone, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const named = (options: Intl.DateTimeFormatOptions, type: string) =>
    partsOf(date, locale, timeZone, options)[type] ?? "";
  const year = numeric["year"] ?? "";
  const hour = Number(numeric["hour"]);
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const pad = (value: number) => String(value).padStart(2, "0");
  return {
    Y: () => year,
    y: () => year.slice(-2),
    m: () => numeric["month"] ?? "",
    d: () => numeric["day"] ?? "",
    e: () => String(Number(numeric["day"])).padStart(2, " "),
    H: () => pad(hour),
    I: () => pad(twelve),
    l: () => String(twelve).padStart(2, " "),
    k: () => String(hour).padStart(2, " "),
    M: () => numeric["minute"] ?? "",
    S: () => numeric["second"] ?? "",
    p: () => (hour < 12 ? "AM" : "PM"),
    P: () => (hour < 12 ? "am" : "pm"),
    A: () => named({ weekday: "long" }, "weekday"),
    a: () => named({ weekday: "short" }, "weekday"),
    B: () => named({ month: "long", day: "numeric" }, "month"),
    b: () => named({ month: "short", day: "numeric" }, "month"),
    F: () => `${year}-${numeric["month"]}-${numeric["day"]}`,
    s: () => String(Math.floor(date.getTime() / 1000)),
    Z: () => named({ timeZoneName: "short" }, "timeZoneName"),
    z: () =>
      named({ timeZoneName: "longOffset" }, "timeZoneName").replace(/^GMT$/, "+0000").replace(/GMT|:/g, ""),
    "%": () => "%",
  };
}

/** Formats by strftime directives, in the language and time zone of the page. */
export function strftime(date: Date, format: string, locale: string, timeZone: string): string {
  const byDirective = directives(date, locale, timeZone);
  return format.replace(/%([-_0^]?)([a-zA-Z%])/g, (match, flag: string, directive: string) => {
    const text = byDirective[directive]?.();
    if (text === undefined) return match;
    if (flag === "-") return text.replace(/^[0 ](?=\d)/, "");
    return flag === "^" ? text.toUpperCase() : text;
  });
}

/** Formats by one of Shopify's locale-aware names (`abbreviated_date`, `date`, …). */
export function formatByName(date: Date, name: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, {
    ...(NAMED_FORMATS[name] ?? NAMED_FORMATS["date"]),
    timeZone,
  }).format(date);
}
