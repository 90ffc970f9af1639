import type { StatementEntry } from "#app/loyalty/ledger/statement.server.ts";
import { formatMoney, type Locale, pointsText } from "#app/platform/i18n/translate.ts";
import type { StorefrontTranslate } from "./storefront-translator.ts";

/** How a statement is told: the reader's language, the merchant's unit, the shop's money and days. */
export interface EntryContext {
  locale: Locale;
  t: StorefrontTranslate;
  unit: { en: string; ko: string };
  currency: string;
  currencyExponent: number;
  timeZone: string;
}

export interface DescribedEntry {
  id: string;
  at: string;
  /** What it did to the spendable balance. */
  points: number;
  /** What it did to the points that are not usable yet. */
  pending: number;
  /** The spendable balance after it. */
  balance: number;
  kind: StatementEntry["reason"];
  title: string;
  /** Why it is what it is; empty when the title says it all. */
  detail: string;
}

/** One line of the statement in the shopper's words. What the entry's detail lacks is left out, never guessed. */
export function describeEntry(entry: StatementEntry, context: EntryContext): DescribedEntry {
  return {
    id: String(entry.seq),
    at: entry.occurredAt.toISOString(),
    points: entry.signedPoints,
    pending: pendingChange(entry),
    balance: entry.availableAfter,
    kind: entry.reason,
    title: titleOf(entry, context),
    detail: whyOf(entry, context).join(" · "),
  };
}

function pendingChange({ from, to, points }: StatementEntry): number {
  if (to === "pending") return points;
  return from === "pending" ? -points : 0;
}

function titleOf(entry: StatementEntry, context: EntryContext): string {
  const { t } = context;
  const { detail } = entry;
  const order = text(detail["orderName"]);
  const reward = localised(detail["title"], context.locale) ?? t("entry.reward_unknown");
  switch (entry.reason) {
    case "earn":
      return order === null ? t("entry.earn_plain") : t("entry.earn", { order });
    case "clawback":
      return order === null
        ? t("entry.clawback_plain")
        : t(`entry.clawback.${orderCause(detail["cause"])}`, { order });
    case "redeem_hold":
      return t(detail["lateUse"] === true ? "entry.redeem_hold_again" : "entry.redeem_hold", { reward });
    case "redeem_use":
      return t("entry.redeem_use", { reward });
    case "redeem_return":
      return t(`entry.redeem_return.${returnCause(detail["why"])}`, { reward });
    case "redeem_restore":
      return t("entry.redeem_restore", { reward });
    case "adjust":
      return t(entry.to === "available" ? "entry.adjust_up" : "entry.adjust_down");
    case "merge":
      return t(entry.from === "merged" ? "entry.merge_in" : "entry.merge_out");
    case "import":
    case "release":
    case "forgive":
    case "expire":
    case "reinstate":
    case "referral":
    case "referral_clawback":
    case "bonus":
      return t(`entry.${entry.reason}`);
  }
}

function returnCause(why: unknown): "cancel" | "lapse" | "failed" {
  return why === "lapse" || why === "failed" ? why : "cancel";
}

function orderCause(cause: unknown): "cancelled" | "refunded" | "disputed" | "edited" {
  return cause === "cancelled" || cause === "refunded" || cause === "disputed" ? cause : "edited";
}

function whyOf(entry: StatementEntry, context: EntryContext): string[] {
  const { t, locale } = context;
  const points = pointsText(entry.points, context.unit, locale);
  if (entry.to === "forgiven") return [t("why.forgiven_before", { points })];
  if (entry.to === "expired" && entry.from === "issued") return [t("why.expired_before", { points })];
  switch (entry.reason) {
    case "earn":
      return [...priceOf(entry, context), ...(entry.to === "pending" ? [t("why.pending", { points })] : [])];
    case "clawback":
    case "referral_clawback":
      return [
        ...(entry.from === "expired" ? [t("why.expired_before", { points })] : []),
        ...keptOf(entry, context),
      ];
    case "redeem_hold":
      return [t(entry.detail["lateUse"] === true ? "why.late_use" : "why.held")];
    case "redeem_use":
      return [t("why.spent", { points })];
    case "redeem_return":
    case "redeem_restore":
      return [t("why.returned", { points })];
    default:
      // The note of a hand-made change is the merchant's own record, not a message to the shopper.
      return [];
  }
}

/** `$164.90 × 5P per $1.00 · Gold ×1.5 · rounded down`: how the points of an order came to be. */
function priceOf({ detail }: StatementEntry, context: EntryContext): string[] {
  const { t, locale, currencyExponent } = context;
  const currency = text(detail["currency"]) ?? context.currency;
  const eligible = count(detail["eligibleMinor"]);
  const perMinor = count(detail["perMinor"]);
  const rate = count(detail["points"]);
  if (eligible === null || perMinor === null || rate === null) return [];
  const money = (minor: number): string => formatMoney(minor, currency, currencyExponent, locale);
  const rates = ratesOf(detail) ?? [{ eligible, rate, perMinor }];
  const why = rates.map((part) =>
    t("why.eligible", {
      amount: money(part.eligible),
      points: pointsText(part.rate, context.unit, locale),
      per: money(part.perMinor),
    }),
  );
  const multiplier = text(detail["multiplier"]);
  const tier = localised(detail["tierName"], locale);
  if (multiplier !== null && Number(multiplier) !== 1) {
    why.push(tier === null ? t("why.multiplier", { multiplier }) : t("why.tier", { tier, multiplier }));
  }
  const credit = count(detail["creditMinor"]) ?? 0;
  if (credit > 0) why.push(t("why.credit", { amount: money(credit) }));
  why.push(...campaignsOf(detail, context));
  const uncapped = count(record(detail["capped"])["uncapped"]);
  if (uncapped !== null) {
    return [...why, t("why.capped", { points: pointsText(uncapped, context.unit, locale) })];
  }
  // Rounding is worth a word only where something was rounded.
  const whole = rates.every((part) => isWhole(part.eligible, part.rate, part.perMinor, multiplier ?? "1"));
  if (!whole || credit > 0) {
    const rounding = text(detail["rounding"]);
    if (rounding === "down" || rounding === "nearest" || rounding === "up")
      why.push(t(`why.rounding.${rounding}`));
  }
  return why;
}

/** `Double points weekend: +500P`: what campaigns added, each by its name. */
function campaignsOf(detail: Record<string, unknown>, { t, unit, locale }: EntryContext): string[] {
  const list = Array.isArray(detail["campaigns"]) ? detail["campaigns"].map(record) : [];
  return list.flatMap((campaign) => {
    const [name, given] = [localised(campaign["name"], locale), count(campaign["points"])];
    if (name === null || given === null) return [];
    const cut = (count(campaign["cut"]) ?? 0) > 0;
    return [t(cut ? "why.campaign_cut" : "why.campaign", { name, points: pointsText(given, unit, locale) })];
  });
}

/** `This order's points: 500P → 300P`: what a change of the order left of them. */
function keptOf({ detail }: StatementEntry, { t, unit, locale }: EntryContext): string[] {
  const [before, after] = [count(detail["heldBefore"]), count(detail["heldAfter"])];
  if (before === null || after === null) return [];
  return [
    t("why.kept", { before: pointsText(before, unit, locale), after: pointsText(after, unit, locale) }),
  ];
}

/** The money by rate, where an order was priced by more than one. */
function ratesOf(
  detail: Record<string, unknown>,
): { eligible: number; rate: number; perMinor: number }[] | null {
  const list = Array.isArray(detail["rates"]) ? detail["rates"].map(record) : [];
  const rates = list.flatMap((entry) => {
    const [eligible, rate, perMinor] = [
      count(entry["eligibleMinor"]),
      count(entry["points"]),
      count(entry["perMinor"]),
    ];
    return eligible === null || rate === null || perMinor === null ? [] : [{ eligible, rate, perMinor }];
  });
  return rates.length > 0 ? rates : null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function isWhole(eligibleMinor: number, points: number, perMinor: number, multiplier: string): boolean {
  const hundredths = Math.round(Number(multiplier) * 100);
  return (BigInt(eligibleMinor) * BigInt(points) * BigInt(hundredths)) % (BigInt(perMinor) * 100n) === 0n;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

/** A name in both languages, or a plain one. */
function localised(value: unknown, locale: Locale): string | null {
  if (typeof value === "object" && value !== null) return text((value as Record<string, unknown>)[locale]);
  return text(value);
}
