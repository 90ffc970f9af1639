import type { Posting } from "../ledger/plan-transfers.ts";
import { isDisputed } from "./dispute.ts";
import type { OrderDocument, Refunds } from "./order.ts";
import type { Grounds, Priced } from "./settlement.ts";

/** What there is to take an order's points from, and what was taken of them before. */
export interface Takeable {
  /** Of this order's own lots, in their hold. */
  pending: number;
  /** Of this order's own lots, usable. */
  own: number;
  /** The member's balance; below zero when points are owed already. */
  available: number;
  /** What its own lots lost to expiry, oldest first. */
  lapses: readonly Lapse[];
  /** Taken from the member's other points, or owed, and not earned again since. */
  others: number;
  /** Borne by the shop, and not set against what was earned again since. */
  forgiven: number;
}

/** One transfer that lapsed points of the order. */
export interface Lapse {
  /** Another than the order's when that member has been merged since. */
  memberId: string;
  seq: number;
  /** Lapsed still: neither given back to the member nor taken back with the order. */
  left: number;
  /** Taken back with the order. */
  reversed: number;
}

export const NOTHING_TAKEN: Takeable = {
  pending: 0,
  own: 0,
  available: 0,
  lapses: [],
  others: 0,
  forgiven: 0,
};

/**
 * This order's pending points first, then what is left of its own lots, then what of them had lapsed (which touches no
 * balance), then the member's other points; what is missing is owed or absorbed.
 */
export function clawback(grounds: Grounds, priced: Priced, points: number, takeable: Takeable): Posting[] {
  const { target } = priced;
  const { orderId, row, order, memberId } = priced.settlement;
  const fromPending = Math.min(points, takeable.pending);
  const fromOwn = Math.min(points - fromPending, takeable.own);
  const lapsed = spread(takeable.lapses, ({ left }) => left, points - fromPending - fromOwn);
  const fromAvailable = points - fromPending - lapsed.reduce((sum, part) => sum + part.points, 0);
  const missing = fromAvailable - Math.min(fromAvailable, Math.max(0, takeable.available));
  const forgiven = grounds.program.settings.shortfall === "absorb" ? missing : 0;
  const others = fromAvailable - fromOwn - forgiven;
  const key = `order:${orderId}:${row.changes + 1}`;
  const base = {
    memberId,
    to: "reversed",
    reason: "clawback",
    source: "order",
    sourceId: orderId,
    occurredAt: new Date(order.cancelledAt ?? order.updatedAt),
    detail: {
      orderName: order.name,
      currency: order.currency,
      cause: causeOf(order, row.refunds),
      awarded: target.awarded,
      heldBefore: row.pointsHeld,
      heldAfter: row.pointsHeld - points,
      keptMinor: target.keptMinor,
    },
  } as const;
  const takeFrom = { orderId };
  const postings: Posting[] = [];
  if (fromPending > 0) {
    postings.push({
      ...base,
      from: "pending",
      points: fromPending,
      idempotencyKey: `${key}:pending`,
      takeFrom,
    });
  }
  for (const part of lapsed) {
    postings.push({ ...base, ...ofLapse(base, part), from: "expired", idempotencyKey: keyOf(key, part) });
  }
  if (fromAvailable > 0) {
    const detail = others > 0 ? { ...base.detail, others } : base.detail;
    postings.push({
      ...base,
      detail,
      from: "available",
      points: fromAvailable,
      idempotencyKey: key,
      takeFrom,
    });
  }
  if (forgiven > 0) {
    postings.push({
      ...base,
      from: "forgiven",
      to: "available",
      points: forgiven,
      reason: "forgive",
      idempotencyKey: `${key}:forgiven`,
    });
  }
  return postings;
}

/**
 * An order earns again what was taken back: what was taken last comes back first, each part to where it was. What the shop
 * had borne is set against it, what had lapsed lapses again, neither of which moves a balance; the rest is given.
 *
 * @param given what gives points to the member, by `earning`
 */
export function earnAgain(given: Posting, takeable: Takeable): Posting[] {
  const { memberId, reason, source, sourceId, occurredAt, idempotencyKey: key } = given;
  const { orderName, currency, awarded, heldBefore } = given.detail ?? {};
  const forgiven = Math.min(given.points, takeable.forgiven);
  const others = Math.min(given.points - forgiven, takeable.others);
  const rest = given.points - forgiven - others;
  const lapsed = spread(takeable.lapses.toReversed(), ({ reversed }) => reversed, rest);
  const points = given.points - forgiven - lapsed.reduce((sum, part) => sum + part.points, 0);
  const detail = { orderName, currency, awarded, heldBefore };
  const base = { memberId, from: "issued", reason, source, sourceId, occurredAt, detail } as const;
  const postings: Posting[] = [];
  if (forgiven > 0)
    postings.push({ ...base, to: "forgiven", points: forgiven, idempotencyKey: `${key}:forgiven` });
  for (const part of lapsed) {
    postings.push({ ...base, ...ofLapse(base, part), to: "expired", idempotencyKey: keyOf(key, part) });
  }
  if (points > 0) {
    const again = others > 0 ? { ...given.detail, othersBack: others } : given.detail;
    postings.push({ ...given, points, ...(again && { detail: again }) });
  }
  return postings;
}

interface Part {
  lapse: Lapse;
  points: number;
}

/** How much of each is needed for that many points, as far as they go. */
function spread(lapses: readonly Lapse[], has: (lapse: Lapse) => number, points: number): Part[] {
  const parts: Part[] = [];
  let missing = points;
  for (const lapse of lapses) {
    const some = Math.min(missing, has(lapse));
    if (some <= 0) continue;
    parts.push({ lapse, points: some });
    missing -= some;
  }
  return parts;
}

function ofLapse(
  base: { memberId: string; detail: Record<string, unknown> },
  { lapse, points }: Part,
): Pick<Posting, "points" | "detail" | "reversesSeq"> {
  return {
    points,
    detail: { ...base.detail, lapse: nameOf(lapse) },
    ...(lapse.memberId === base.memberId && { reversesSeq: lapse.seq }),
  };
}

function keyOf(key: string, { lapse }: Part): string {
  return `${key}:expired:${nameOf(lapse)}`;
}

/** The same in the queries that look for it: read-takeable.server.ts, the audit and reinstatement. */
function nameOf({ memberId, seq }: Lapse): string {
  return `${memberId}/${seq}`;
}

/** Why an order holds less than before. A chargeback takes everything that refunds have left, so it goes before them. */
function causeOf(order: OrderDocument, refunds: Refunds): "cancelled" | "disputed" | "refunded" | "edited" {
  if (order.cancelledAt) return "cancelled";
  if (isDisputed(refunds)) return "disputed";
  return Object.keys(refunds).length > 0 ? "refunded" : "edited";
}
