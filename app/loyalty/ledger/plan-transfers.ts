/**
 * Plans postings against what members hold: which transfers are written, what each takes from or puts into which lot,
 * and the balances afterwards. Pure; post-transfers.server.ts loads the state under lock and writes the plan.
 *
 * The laws it keeps, which `npm run ledger:audit` checks from the rows alone:
 * a lot's remaining = granted + the sum of its moves; available lots add up to max(available, 0) and pending lots to
 * pending; what available is below zero is owed, and the next points pay it before they fill a lot.
 */
import { InvariantViolation } from "#app/platform/errors.ts";
import type { Account, TransferReason, TransferSource } from "./accounts.ts";
import { ALLOWED_PAIRS, POINTS_MAX } from "./accounts.ts";

/** One movement of points, asked for by a use case. */
export interface Posting {
  memberId: string;
  from: Account;
  to: Account;
  points: number;
  reason: TransferReason;
  source: TransferSource;
  sourceId: string;
  /** Unique per shop. Posting it again alike changes nothing; posting something else under it is an InvariantViolation. */
  idempotencyKey: string;
  occurredAt: Date;
  /** Who did it: `system`, or a staff member's Shopify user id. */
  actor?: string;
  note?: string;
  detail?: Record<string, unknown>;
  reversesSeq?: number;
  /** For grants: when the points were earned (occurredAt unless said), become usable and lapse, and the order they came from. */
  lot?: { earnedAt?: Date; availableAt?: Date; expiresAt?: Date | null; orderId?: string };
  /** Whose lots are taken first: one order's, or exactly one lot. */
  takeFrom?: { orderId?: string; lotSeq?: number };
  /** For held→available and redeemed→available: the transfer whose lots are filled again, and the least life they get. */
  returnOf?: { transferSeq: number; minExpiresAt?: Date };
}

export interface LotState {
  lotSeq: number;
  granted: number;
  remaining: number;
  state: "pending" | "available";
  earnedAt: Date;
  availableAt: Date;
  expiresAt: Date | null;
  orderId: string | null;
}

export interface MemberState {
  memberId: string;
  available: number;
  pending: number;
  held: number;
  lifetime: number;
  lastSeq: number;
  /** Every lot with points left, and every lot that a `returnOf` names. */
  lots: LotState[];
  /** What the transfers named by `returnOf` took: seq → moves (negative points). */
  movesOf: ReadonlyMap<number, readonly { lotSeq: number; points: number }[]>;
}

export interface PlannedTransfer {
  posting: Posting;
  seq: number;
  availableAfter: number;
}
export interface PlannedMove {
  memberId: string;
  transferSeq: number;
  lotSeq: number;
  points: number;
}
export interface Plan {
  transfers: PlannedTransfer[];
  moves: PlannedMove[];
  newLots: { memberId: string; lot: LotState }[];
  changedLots: { memberId: string; lot: LotState }[];
  members: MemberState[];
}
export type PlanResult =
  | { outcome: "planned"; plan: Plan }
  | { outcome: "insufficient_points"; memberId: string; available: number };

class Shortfall extends Error {
  readonly memberId: string;
  readonly available: number;
  constructor(memberId: string, available: number) {
    super("insufficient_points");
    this.memberId = memberId;
    this.available = available;
  }
}

/** From one account of the program to another: it has a line in the member's statement and leaves every balance and lot. */
function isOfTheBooksAlone({ from, to }: Posting): boolean {
  return !MEMBER_SIDE.has(from) && !MEMBER_SIDE.has(to);
}

function checkHasNoLot(posting: Posting): void {
  if (posting.lot || posting.takeFrom || posting.returnOf)
    throw violation("ledger_books_have_no_lots", posting);
}

const MEMBER_SIDE: ReadonlySet<Account> = new Set(["pending", "available", "held"]);

/** What whole shops go through at night, in sets (app/loyalty/nightly): a lot leaves its hold, a lot lapses. */
const OF_THE_NIGHT: ReadonlySet<string> = new Set(["pending>available", "available>expired"]);

/** Where points may go that are not there. */
const OWED_BY: ReadonlySet<Posting["to"]> = new Set(["reversed", "adjusted", "merged"]);

/**
 * Plans the postings in the order given. All or nothing: when one of them needs more spendable points than there are
 * (and `allowDebt` is off), nothing is planned. Debt only ever arises on available→reversed, on available→adjusted where
 * the merchant wants it so, or comes with a merged member (available→merged).
 *
 * @throws InvariantViolation when a posting asks for what must never be (unknown pair, no points, a pending or held
 *   balance below zero, a lot that is not there).
 */
export function planTransfers(
  states: readonly MemberState[],
  postings: readonly Posting[],
  options: { allowDebt: boolean },
): PlanResult {
  const members = new Map(states.map((state) => [state.memberId, new MemberPlan(state)]));
  const transfers: PlannedTransfer[] = [];
  try {
    for (const posting of postings) {
      const member = members.get(posting.memberId);
      if (!member) throw violation("ledger_unknown_member", posting);
      checkPosting(posting);
      transfers.push(member.post(posting, options.allowDebt));
    }
  } catch (error) {
    if (error instanceof Shortfall) {
      return {
        outcome: "insufficient_points",
        memberId: error.memberId,
        available: error.available,
      };
    }
    throw error;
  }
  const plans = [...members.values()];
  return {
    outcome: "planned",
    plan: {
      transfers,
      moves: plans.flatMap((member) => member.moves),
      newLots: plans.flatMap((member) => member.lotsWhere("new")),
      changedLots: plans.flatMap((member) => member.lotsWhere("changed")),
      members: plans.filter((member) => member.touched).map((member) => member.state),
    },
  };
}

function checkPosting(posting: Posting): void {
  const { points } = posting;
  if (!Number.isSafeInteger(points) || points <= 0 || points > POINTS_MAX) {
    throw violation("ledger_points_out_of_range", posting);
  }
  const pair = `${posting.from}>${posting.to}`;
  if (!ALLOWED_PAIRS.has(pair) || OF_THE_NIGHT.has(pair)) throw violation("ledger_unknown_pair", posting);
}

function violation(code: string, posting: Posting): InvariantViolation {
  const { memberId, from, to, points, idempotencyKey } = posting;
  return new InvariantViolation(code, {
    data: { memberId, from, to, points, idempotencyKey },
  });
}

/** One member's working copy: every posting moves it on, so that later postings see earlier ones. */
class MemberPlan {
  readonly state: MemberState;
  readonly moves: PlannedMove[] = [];
  touched = false;
  readonly #fate = new Map<number, "new" | "changed">();

  constructor(state: MemberState) {
    this.state = { ...state, lots: state.lots.map((lot) => ({ ...lot })) };
  }

  lotsWhere(fate: "new" | "changed"): { memberId: string; lot: LotState }[] {
    return this.state.lots
      .filter((lot) => this.#fate.get(lot.lotSeq) === fate)
      .map((lot) => ({ memberId: this.state.memberId, lot }));
  }

  post(posting: Posting, allowDebt: boolean): PlannedTransfer {
    const { state } = this;
    const seq = state.lastSeq + 1;
    if (posting.from === "pending") this.#take(posting, seq, "pending", false);
    else if (posting.from === "available") this.#takeAvailable(posting, seq, allowDebt);
    else if (isOfTheBooksAlone(posting)) checkHasNoLot(posting);
    else if (posting.to === "redeemed" || posting.to === "merged") this.#spendHeld(posting);
    else if (posting.returnOf) this.#giveBack(posting, posting.returnOf, seq);
    // What a merged member held for a code arrives as held: its lots are over there.
    else if (posting.to !== "held") this.#grant(posting, seq);

    if (posting.from === "issued") state.lifetime += posting.points;
    if (posting.to === "reversed") state.lifetime -= posting.points;
    if (posting.to === "held") state.held += posting.points;
    if (Math.abs(state.available) > POINTS_MAX) throw violation("ledger_balance_out_of_range", posting);
    state.lastSeq = seq;
    this.touched = true;
    return { posting, seq, availableAfter: state.available };
  }

  /** Adds to available; returns how much of it an open debt swallows. */
  #creditAvailable(points: number): number {
    const paid = Math.min(points, Math.max(0, -this.state.available));
    this.state.available += points;
    return paid;
  }

  #grant(posting: Posting, seq: number): void {
    const pending = posting.to === "pending";
    // A hold that came with a merged member has no lots here to go back to.
    if (posting.from === "held") this.#spendHeld(posting);
    const debtPaid = pending ? 0 : this.#creditAvailable(posting.points);
    if (pending) this.state.pending += posting.points;
    if (posting.from === "forgiven" || (posting.from === "merged" && !posting.lot)) {
      // Forgiving, or handing on, only ever lifts a debt: it leaves nothing to spend, and so no lot.
      if (debtPaid !== posting.points) throw violation("ledger_forgives_more_than_owed", posting);
      return;
    }
    this.#addLot(seq, {
      lotSeq: seq,
      granted: posting.points,
      remaining: posting.points,
      state: pending ? "pending" : "available",
      earnedAt: posting.lot?.earnedAt ?? posting.occurredAt,
      availableAt: posting.lot?.availableAt ?? posting.occurredAt,
      expiresAt: posting.lot?.expiresAt ?? null,
      orderId: posting.lot?.orderId ?? null,
    });
    if (debtPaid > 0) this.#move(seq, seq, -debtPaid);
  }

  #takeAvailable(posting: Posting, seq: number, allowDebt: boolean): void {
    const { state } = this;
    const mayOwe = allowDebt && OWED_BY.has(posting.to);
    if (!mayOwe && state.available < posting.points) throw new Shortfall(state.memberId, state.available);
    state.available -= posting.points;
    this.#take(posting, seq, "available", mayOwe);
  }

  /** Takes from lots: the preferred order's first, then the soonest to expire, then the oldest. */
  #take(posting: Posting, seq: number, kind: "pending" | "available", mayFallShort: boolean): void {
    if (kind === "pending") {
      this.state.pending -= posting.points;
      if (this.state.pending < 0) throw violation("ledger_pending_below_zero", posting);
    }
    let left = posting.points;
    for (const lot of lotsInOrder(this.state.lots, kind, posting.takeFrom)) {
      if (left === 0) break;
      const taken = Math.min(left, lot.remaining);
      this.#move(seq, lot.lotSeq, -taken);
      left -= taken;
    }
    if (left > 0 && !mayFallShort) throw violation("ledger_lots_fall_short_of_the_balance", posting);
  }

  #spendHeld(posting: Posting): void {
    this.state.held -= posting.points;
    if (this.state.held < 0) throw violation("ledger_held_below_zero", posting);
  }

  /** Fills the lots again that a hold took from; what would lapse too soon goes into one new lot instead. */
  #giveBack(posting: Posting, returnOf: NonNullable<Posting["returnOf"]>, seq: number): void {
    const { state } = this;
    const taken =
      state.movesOf.get(returnOf.transferSeq) ??
      this.moves.filter((move) => move.transferSeq === returnOf.transferSeq);
    const total = taken.reduce((sum, move) => sum - move.points, 0);
    if (total !== posting.points) throw violation("ledger_return_differs_from_what_was_taken", posting);
    if (posting.from === "held") this.#spendHeld(posting);
    let keep = posting.points - this.#creditAvailable(posting.points);
    let renewed = 0;
    const renewedOrders = new Set<string | null>();
    // The longest-lived points come back first, so that a debt eats those closest to lapsing.
    for (const move of [...taken].sort(
      (a, b) => expiryOf(state, b) - expiryOf(state, a) || b.lotSeq - a.lotSeq,
    )) {
      const back = Math.min(keep, -move.points);
      if (back === 0) continue;
      keep -= back;
      const lot = state.lots.find((entry) => entry.lotSeq === move.lotSeq);
      if (!lot) throw violation("ledger_lot_is_gone", posting);
      if (lot.expiresAt && returnOf.minExpiresAt && lot.expiresAt < returnOf.minExpiresAt) {
        renewed += back;
        renewedOrders.add(lot.orderId);
      } else this.#move(seq, lot.lotSeq, back);
    }
    if (renewed > 0) {
      this.#addLot(seq, {
        lotSeq: seq,
        granted: renewed,
        remaining: renewed,
        state: "available",
        earnedAt: posting.occurredAt,
        availableAt: posting.occurredAt,
        expiresAt: returnOf.minExpiresAt ?? null,
        orderId: renewedOrders.size === 1 ? ([...renewedOrders][0] ?? null) : null,
      });
    }
  }

  #addLot(seq: number, lot: LotState): void {
    this.state.lots.push(lot);
    this.#fate.set(seq, "new");
  }

  #markChanged(lot: LotState): void {
    if (!this.#fate.has(lot.lotSeq)) this.#fate.set(lot.lotSeq, "changed");
  }

  #move(transferSeq: number, lotSeq: number, points: number): void {
    const lot = this.state.lots.find((entry) => entry.lotSeq === lotSeq);
    if (!lot) throw new InvariantViolation("ledger_lot_is_gone", { data: { lotSeq, transferSeq } });
    lot.remaining += points;
    this.#markChanged(lot);
    this.moves.push({ memberId: this.state.memberId, transferSeq, lotSeq, points });
  }
}

const FOREVER = Number.MAX_SAFE_INTEGER;

function expiryOf(state: MemberState, move: { lotSeq: number }): number {
  return state.lots.find((lot) => lot.lotSeq === move.lotSeq)?.expiresAt?.getTime() ?? FOREVER;
}

function lotsInOrder(
  lots: readonly LotState[],
  kind: LotState["state"],
  takeFrom: Posting["takeFrom"],
): LotState[] {
  const open = lots.filter((lot) => lot.state === kind && lot.remaining > 0);
  if (takeFrom?.lotSeq !== undefined) return open.filter((lot) => lot.lotSeq === takeFrom.lotSeq);
  const preferred = (lot: LotState): number =>
    takeFrom?.orderId !== undefined && lot.orderId === takeFrom.orderId ? 0 : 1;
  return open.sort(
    (a, b) =>
      preferred(a) - preferred(b) ||
      (a.expiresAt?.getTime() ?? FOREVER) - (b.expiresAt?.getTime() ?? FOREVER) ||
      a.lotSeq - b.lotSeq,
  );
}
