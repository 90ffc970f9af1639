import type { Tx } from "#app/platform/db/database.server.ts";
import type { LotState, MemberState, Posting } from "./plan-transfers.ts";

/** A transfer that an idempotency key already stands for. */
export interface ExistingTransfer {
  idempotencyKey: string;
  memberId: string;
  from: string;
  to: string;
  points: number;
  seq: number;
  availableAfter: number;
}

export interface LoadedStates {
  existing: ReadonlyMap<string, ExistingTransfer>;
  states: MemberState[];
}

/**
 * Locks the members of the postings, in id order, and reads what planning needs: balances, earlier postings under the same
 * keys, and, unless points are only granted, lots and the moves that returns refer to.
 *
 * One round trip, unless another transaction changed one of the members while this one waited for its lock: the
 * statement's snapshot is then older than the lock, so it is read again, now that nobody else can change anything.
 * Whoever writes transfers or lots of a member writes the member's row too, which is how the change shows.
 */
export async function lockAndLoad(
  tx: Tx,
  shopId: string,
  postings: readonly Posting[],
): Promise<LoadedStates> {
  const returns = postings.flatMap((posting) =>
    posting.returnOf ? [{ m: posting.memberId, s: posting.returnOf.transferSeq }] : [],
  );
  const values: unknown[] = [
    shopId,
    [...new Set(postings.map((posting) => posting.memberId))],
    postings.map((posting) => posting.idempotencyKey),
  ];
  const lotsMatter = postings.some(readsLots);
  if (lotsMatter) values.push(JSON.stringify(returns));
  const sql = lotsMatter ? LOAD_SQL : LOAD_BALANCES_SQL;
  const [first] = await tx.query<LoadedRow>(sql, values);
  if (first?.current) return toStates(first);
  const [second] = await tx.query<LoadedRow>(sql, values);
  return toStates(second);
}

/** What is granted fills a lot of its own, whatever others there are. */
function readsLots(posting: Posting): boolean {
  const granted = posting.from === "issued" || posting.from === "adjusted";
  return !granted || posting.returnOf !== undefined;
}

type LotRow = Omit<LotState, "earnedAt" | "availableAt" | "expiresAt"> & {
  memberId: string;
  earnedAt: string;
  availableAt: string;
  expiresAt: string | null;
};

interface LoadedRow {
  /** No member was changed between the statement's snapshot and its locks. */
  current: boolean;
  members: Omit<MemberState, "lots" | "movesOf">[] | null;
  lots: LotRow[] | null;
  existing: ExistingTransfer[] | null;
  moves: { memberId: string; transferSeq: number; lotSeq: number; points: number }[] | null;
}

const LOCKED = `
locked as materialized (
  select member_id, available, pending, held, lifetime, last_seq, ctid as version
    from member
   where shop_id = $1 and member_id = any($2::uuid[])
   order by member_id
     for no key update
)`;

const BALANCES = `
  not exists (select 1 from locked
                left join member seen on seen.shop_id = $1 and seen.member_id = locked.member_id
               where seen.ctid is distinct from locked.version) as current,
  (select json_agg(json_build_object(
     'memberId', member_id, 'available', available, 'pending', pending, 'held', held, 'lifetime', lifetime,
     'lastSeq', last_seq)) from locked) as members,
  (select json_agg(json_build_object(
     'idempotencyKey', idempotency_key, 'memberId', member_id, 'from', from_account, 'to', to_account,
     'points', points, 'seq', seq, 'availableAfter', available_after))
     from points_transfer where shop_id = $1 and idempotency_key = any($3)) as existing`;

const LOAD_BALANCES_SQL = `with ${LOCKED} select ${BALANCES}, null as lots, null as moves`;

const LOAD_SQL = `
with ${LOCKED}, given_back as (
  select m.member_id, m.transfer_seq, m.lot_seq, m.points
    from json_to_recordset($4::json) as r(m uuid, s int)
    join lot_move m on m.shop_id = $1 and m.member_id = r.m and m.transfer_seq = r.s
), wanted_lots as (
  select l.* from points_lot l
   where l.shop_id = $1 and l.member_id = any($2::uuid[]) and l.remaining > 0
   union
  select l.* from given_back g
    join points_lot l on l.shop_id = $1 and l.member_id = g.member_id and l.lot_seq = g.lot_seq
)
select ${BALANCES},
  (select json_agg(json_build_object(
     'memberId', member_id, 'lotSeq', lot_seq, 'granted', granted, 'remaining', remaining, 'state', state,
     'earnedAt', earned_at, 'availableAt', available_at, 'expiresAt', expires_at, 'orderId', order_id))
     from wanted_lots) as lots,
  (select json_agg(json_build_object(
     'memberId', member_id, 'transferSeq', transfer_seq, 'lotSeq', lot_seq, 'points', points))
     from given_back) as moves`;

function toStates(row: LoadedRow | undefined): LoadedStates {
  const lots = groupBy(row?.lots ?? [], (lot) => lot.memberId);
  const moves = groupBy(row?.moves ?? [], (move) => move.memberId);
  return {
    existing: new Map((row?.existing ?? []).map((entry) => [entry.idempotencyKey, entry])),
    states: (row?.members ?? []).map((member) => ({
      ...member,
      lots: (lots.get(member.memberId) ?? []).map(toLot),
      movesOf: groupBy(moves.get(member.memberId) ?? [], (move) => move.transferSeq),
    })),
  };
}

function toLot(row: LotRow): LotState {
  const { memberId: _, ...lot } = row;
  return {
    ...lot,
    earnedAt: new Date(row.earnedAt),
    availableAt: new Date(row.availableAt),
    expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt),
  };
}

function groupBy<Entry, Key>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): Map<Key, Entry[]> {
  const groups = new Map<Key, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group) group.push(entry);
    else groups.set(keyOf(entry), [entry]);
  }
  return groups;
}
