/** A line of the statement as it is read: what happened, what it did to the balance, and why. */
import type { Account } from "#app/loyalty/ledger/accounts.ts";
import type { Award } from "#app/loyalty/insights/explain-order.ts";
import { awardArithmetic } from "#app/components/home/order-words.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";

/** A transfer as the page gets it. */
export interface StatementItem {
  seq: number;
  from: Account;
  to: Account;
  points: number;
  signedPoints: number;
  availableAfter: number;
  reason: string;
  source: string;
  sourceId: string;
  occurredAt: string;
  actor: string;
  note: string | null;
  detail: Record<string, unknown>;
}

export interface StatementLine {
  seq: number;
  at: string;
  title: string;
  /** Signed points of the spendable balance; of the other pot, named, when the balance did not move. */
  amount: string;
  balance: string;
  why: string[];
}

/** Puts a transfer into words. Unknown reasons and details are shown plainly, never hidden. */
export function statementLine(item: StatementItem, words: Words): StatementLine {
  return {
    seq: item.seq,
    at: words.date(item.occurredAt),
    title: title(item, words),
    amount: amount(item, words),
    balance: words.plainPoints(item.availableAfter),
    why: reasons(item, words),
  };
}

const TITLES: Record<string, AdminKey> = {
  earn: "statement.earn",
  release: "statement.release",
  clawback: "statement.clawback",
  forgive: "statement.forgive",
  redeem_hold: "statement.redeem_hold",
  redeem_use: "statement.redeem_use",
  redeem_return: "statement.redeem_return",
  redeem_restore: "statement.redeem_restore",
  expire: "statement.expire",
  reinstate: "statement.reinstate",
  adjust: "statement.adjust",
  referral: "statement.referral",
  referral_clawback: "statement.referral_clawback",
  bonus: "statement.bonus",
  import: "statement.import",
  merge: "statement.merge",
};

/** What left every balance as it was is told apart from what did not. */
const BOOKS_TITLES: Record<string, AdminKey> = {
  "clawback expired>reversed": "statement.clawback_expired",
  "earn issued>expired": "statement.earn_expired",
  "earn issued>forgiven": "statement.earn_forgiven",
};

function title(item: StatementItem, words: Words): string {
  const key = BOOKS_TITLES[`${item.reason} ${item.from}>${item.to}`] ?? TITLES[item.reason];
  const about = text(item.detail["orderName"]) ?? localized(item.detail["title"], words) ?? "";
  return key
    ? words
        .t(key, { about })
        .replace(/\s*[:·]\s*$/u, "")
        .trim()
    : item.reason;
}

function amount(item: StatementItem, words: Words): string {
  if (item.signedPoints !== 0) return words.signed(item.signedPoints);
  const [pot, moved] = potOf(item);
  return words.t(pot, { points: words.signed(moved) });
}

/** Which other pot it moved, and by how much. What the shop has borne becomes less when points are set against it. */
function potOf({ from, to, points }: StatementItem): [AdminKey, number] {
  if (to === "pending" || from === "pending")
    return ["statement.pot.pending", to === "pending" ? points : -points];
  if (to === "forgiven") return ["statement.pot.forgiven", -points];
  if (to === "expired" || from === "expired")
    return ["statement.pot.expired", to === "expired" ? points : -points];
  return ["statement.pot.held", -points];
}

function reasons(item: StatementItem, words: Words): string[] {
  const { detail } = item;
  const lines = [
    earnReason(item, words),
    clawbackReason(item, words),
    booksReason(item, words),
    returnReason(detail, words),
    item.availableAfter < 0
      ? words.t("statement.why.owed", { points: words.points(-item.availableAfter) })
      : null,
    item.note ? words.t("statement.why.note", { note: item.note }) : null,
    words.t("statement.why.by", { actor: actorName(item.actor, words), at: words.dateTime(item.occurredAt) }),
  ];
  return lines.filter((line): line is string => line !== null);
}

function earnReason({ reason, detail, points }: StatementItem, words: Words): string | null {
  const eligibleMinor = whole(detail["eligibleMinor"]);
  const rate = whole(detail["points"]);
  const perMinor = whole(detail["perMinor"]);
  if (reason !== "earn" || eligibleMinor === null || rate === null || perMinor === null) return null;
  const rounding = detail["rounding"];
  const awarded = whole(detail["awarded"]) ?? points;
  const arithmetic = awardArithmetic(
    {
      eligibleMinor,
      points: rate,
      perMinor,
      multiplier: text(detail["multiplier"]) ?? "1",
      tierName: localizedPair(detail["tierName"]),
      rounding: rounding === "nearest" || rounding === "up" ? rounding : "down",
      awarded,
      takenBack: 0,
      programVersion: whole(detail["programVersion"]) ?? 0,
      ...furtherDetail(detail),
    },
    words,
  );
  const before = whole(detail["heldBefore"]) ?? 0;
  const difference =
    before > 0
      ? ` ${words.t("statement.why.difference", { awarded: words.points(awarded), before: words.points(before) })}`
      : "";
  return `${words.t("statement.why.earn", { arithmetic, points: words.points(awarded) })}${difference}`;
}

type Further = Pick<Award, "rates" | "creditMinor" | "capped" | "campaigns">;

/** Rates, credit, campaigns and caps of an award, where its entry says so in the shape we write. */
function furtherDetail(detail: Record<string, unknown>): Further {
  const creditMinor = whole(detail["creditMinor"]);
  const capped = record(detail["capped"]);
  const uncapped = whole(capped["uncapped"]);
  const rates = (Array.isArray(detail["rates"]) ? detail["rates"] : []).map(record).flatMap((rate) => {
    const [eligibleMinor, points, perMinor] = [
      whole(rate["eligibleMinor"]),
      whole(rate["points"]),
      whole(rate["perMinor"]),
    ];
    if (eligibleMinor === null || points === null || perMinor === null) return [];
    return [{ eligibleMinor, points, perMinor, why: text(rate["why"]) ?? "all" }];
  });
  const campaigns = (Array.isArray(detail["campaigns"]) ? detail["campaigns"] : [])
    .map(record)
    .flatMap((campaign) => {
      const [name, points] = [localizedPair(campaign["name"]), whole(campaign["points"])];
      return name === null || points === null
        ? []
        : [{ name, points, cut: whole(campaign["cut"]) ?? undefined }];
    });
  return {
    ...(campaigns.length > 0 ? { campaigns } : {}),
    ...(rates.length > 0 ? { rates } : {}),
    ...(creditMinor ? { creditMinor } : {}),
    ...(uncapped === null ? {} : { capped: { by: text(capped["by"]) ?? "", uncapped } }),
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

const CAUSES: Record<string, AdminKey> = {
  cancelled: "statement.why.cancelled",
  refunded: "statement.why.refunded",
  disputed: "statement.why.disputed",
  edited: "statement.why.edited",
  merged: "statement.why.merged",
};

function clawbackReason({ reason, detail }: StatementItem, words: Words): string | null {
  const cause = CAUSES[text(detail["cause"]) ?? ""];
  if ((reason !== "clawback" && reason !== "forgive") || !cause) return null;
  const before = whole(detail["heldBefore"]);
  const after = whole(detail["heldAfter"]);
  const held =
    before !== null && after !== null
      ? ` ${words.t("statement.why.held", { before: words.points(before), after: words.points(after) })}`
      : "";
  const forgiven = reason === "forgive" ? ` ${words.t("statement.why.forgiven")}` : "";
  return `${words.t(cause)}${held}${forgiven}`;
}

/** Why an entry left the balance as it was. */
function booksReason({ from, to, points }: StatementItem, words: Words): string | null {
  const key = BOOKS_REASONS[`${from}>${to}`];
  return key ? words.t(key, { points: words.points(points) }) : null;
}

const BOOKS_REASONS: Record<string, AdminKey> = {
  "expired>reversed": "statement.why.expired_before",
  "issued>expired": "statement.why.expired_again",
  "issued>forgiven": "statement.why.forgiven_before",
};

const RETURNS: Record<string, AdminKey> = {
  cancel: "statement.why.cancel",
  lapse: "statement.why.lapse",
  failed: "statement.why.failed",
};

function returnReason(detail: Record<string, unknown>, words: Words): string | null {
  const key = RETURNS[text(detail["why"]) ?? ""];
  return key ? words.t(key) : null;
}

/** Staff by number: the app keeps no names. */
export function actorName(actor: string, words: Words): string {
  return actor === "system" ? words.t("actor.system") : words.t("actor.staff", { id: actor });
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function whole(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

function localizedPair(value: unknown): { en: string; ko: string } | null {
  if (typeof value !== "object" || value === null) return null;
  const { en, ko } = value as { en?: unknown; ko?: unknown };
  return typeof en === "string" && typeof ko === "string" ? { en, ko } : null;
}

function localized(value: unknown, words: Words): string | null {
  return localizedPair(value)?.[words.locale] ?? text(value);
}
