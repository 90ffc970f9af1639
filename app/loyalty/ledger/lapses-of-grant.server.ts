import type { Queryable } from "#app/platform/db/database.server.ts";

/** A transfer that lapsed points of a grant. */
export interface LapseOfGrant {
  memberId: string;
  seq: number;
  /** What of it was not given back to the member. */
  points: number;
}

/**
 * What a grant lost to expiry, oldest first, wherever it went: merges and reinstatements hand its lot on, under keys that name
 * it. Only reads.
 */
export async function lapsesOfGrant(
  q: Queryable,
  args: { shopId: string; memberId: string; seq: number },
): Promise<LapseOfGrant[]> {
  return q.query<LapseOfGrant>(LAPSES_SQL, [args.shopId, args.memberId, args.seq]);
}

const LAPSES_SQL = `
with recursive lots as (
  select $2::uuid as member_id, $3::int as lot_seq
   union all
  select handed.member_id, handed.seq
    from lots
   cross join lateral (
     select 'merge:' || lots.member_id || ':' || lots.lot_seq || ':in' as key
      union all
     select 'reinstate:' || lots.member_id || ':' || moved.transfer_seq from lot_move moved
      where moved.shop_id = $1 and moved.member_id = lots.member_id and moved.transfer_seq > lots.lot_seq
        and moved.lot_seq = lots.lot_seq) as next
    join points_transfer handed on handed.shop_id = $1 and handed.idempotency_key = next.key
)
select lapse.member_id as "memberId", lapse.seq, (lapse.points - coalesce(given.points, 0))::bigint as points
  from lots
  join lot_move moved on moved.shop_id = $1 and moved.member_id = lots.member_id and moved.transfer_seq > lots.lot_seq
   and moved.lot_seq = lots.lot_seq
  join points_transfer lapse on lapse.shop_id = $1 and lapse.member_id = moved.member_id and lapse.seq = moved.transfer_seq
   and lapse.to_account = 'expired'
  left join points_transfer given on given.shop_id = $1
   and given.idempotency_key = 'reinstate:' || lapse.member_id || ':' || lapse.seq
 where lapse.points > coalesce(given.points, 0)
 order by lapse.occurred_at, lapse.member_id, lapse.seq`;
