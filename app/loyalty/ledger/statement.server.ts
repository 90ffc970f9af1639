import type { Queryable } from "#app/platform/db/database.server.ts";
import type { Account, TransferReason, TransferSource } from "./accounts.ts";

/** One line of a member's statement, newest first. */
export interface StatementEntry {
  seq: number;
  from: Account;
  to: Account;
  points: number;
  /** What it did to the spendable balance: above, below or at zero (a move into the hold changes nothing yet). */
  signedPoints: number;
  availableAfter: number;
  reason: TransferReason;
  source: TransferSource;
  sourceId: string;
  occurredAt: Date;
  recordedAt: Date;
  actor: string;
  note: string | null;
  detail: Record<string, unknown>;
  reversesSeq: number | null;
}

/** Where the lines of the n-th merged member begin; a member's own are below. */
const CHAPTER = 100_000_000;

/**
 * Reads a page of a member's statement by key, so that page 1,000 costs what page 1 costs. Behind a member's own lines
 * follow those of the members who were merged into them, newest merge first; their numbers go on counting from a
 * hundred million each.
 *
 * @param args.before read what comes after this seq
 * @param args.limit lines a page, 1–200
 */
export async function readStatement(
  q: Queryable,
  args: { shopId: string; memberId: string; before?: number; limit: number },
): Promise<{ entries: StatementEntry[]; next: number | null }> {
  const limit = Math.max(1, Math.min(200, args.limit));
  const from = Math.floor((args.before ?? 0) / CHAPTER);
  const before = args.before === undefined ? CHAPTER : args.before % CHAPTER;
  const entries = from === 0 ? await readChapter(q, { ...args, before, limit: limit + 1 }, 0) : [];
  if (entries.length <= limit) {
    const merged = await q.query<{ memberId: string }>(
      `select member_id as "memberId" from member where shop_id = $1 and merged_into = $2
        order by merged_at desc, member_id limit 20`,
      [args.shopId, args.memberId],
    );
    for (const [index, { memberId }] of merged.entries()) {
      const chapter = index + 1;
      if (chapter < from || entries.length > limit) continue;
      const start = chapter === from ? before : CHAPTER;
      const left = limit + 1 - entries.length;
      entries.push(
        ...(await readChapter(q, { shopId: args.shopId, memberId, before: start, limit: left }, chapter)),
      );
    }
  }
  const page = entries.slice(0, limit);
  return { entries: page, next: entries.length > limit ? (page.at(-1)?.seq ?? null) : null };
}

async function readChapter(
  q: Queryable,
  args: { shopId: string; memberId: string; before: number; limit: number },
  chapter: number,
): Promise<StatementEntry[]> {
  const rows = await q.query<Omit<StatementEntry, "signedPoints">>(
    `select seq, from_account as "from", to_account as "to", points, available_after as "availableAfter", reason,
            source, source_id as "sourceId", occurred_at as "occurredAt", recorded_at as "recordedAt", actor, note,
            detail, reverses_seq as "reversesSeq"
       from points_transfer
      where shop_id = $1 and member_id = $2 and seq < $3
      order by seq desc
      limit $4`,
    [args.shopId, args.memberId, args.before, args.limit],
  );
  const at = chapter * CHAPTER;
  return rows.map((row) => ({
    ...row,
    seq: at + row.seq,
    reversesSeq: row.reversesSeq === null ? null : at + row.reversesSeq,
    signedPoints: signedPoints(row),
  }));
}

function signedPoints(row: { from: Account; to: Account; points: number }): number {
  if (row.to === "available") return row.points;
  return row.from === "available" ? -row.points : 0;
}

export interface Balances {
  available: number;
  pending: number;
  held: number;
  lifetime: number;
  /** What lapses next, soonest first, by instant. */
  expiring: { points: number; expiresAt: Date }[];
}

/** A member's balances and what is left to lapse; null when there is no such member in the shop. */
export async function readBalances(q: Queryable, shopId: string, memberId: string): Promise<Balances | null> {
  const [row] = await q.query<
    Omit<Balances, "expiring"> & { expiring: { points: number; expiresAt: string }[] }
  >(
    `select available, pending, held, lifetime,
            coalesce((select json_agg(json_build_object('points', points, 'expiresAt', expires_at) order by expires_at)
               from (select expires_at, sum(remaining) as points
                       from points_lot
                      where shop_id = $1 and member_id = $2 and remaining > 0 and state = 'available'
                        and expires_at is not null
                      group by expires_at order by expires_at limit 12) as lots), '[]') as expiring
       from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  if (!row) return null;
  return {
    ...row,
    expiring: row.expiring.map((lot) => ({ points: lot.points, expiresAt: new Date(lot.expiresAt) })),
  };
}
