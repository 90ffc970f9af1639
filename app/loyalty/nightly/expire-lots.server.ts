import type { Database } from "#app/platform/db/database.server.ts";
import { type SweepArgs, type Swept, sweepLots } from "./sweep-lots.server.ts";

/**
 * Lapses what is left of every usable lot whose last day is over: available → expired, one transfer per lot.
 * Points still in their hold, or bound to a code, are not touched. Running it again, or twice at once,
 * changes nothing more.
 */
export function expireLots(db: Database, args: SweepArgs): Promise<Swept> {
  return sweepLots(db, args, { due: DUE_SQL, move: MOVE_SQL });
}

const DUE_SQL = `
  select member_id from points_lot
   where shop_id = $1 and state = 'available' and remaining > 0 and expires_at <= $2
   order by expires_at limit $3`;

// It happened in the last moment of the lot's last day, which is the day that statements name. A lot can
// lapse more than once: an unused code may return points to it. The transfer's own number keeps the key
// unique.
const MOVE_SQL = `
with due as (
  select l.member_id, l.lot_seq, l.remaining, l.expires_at, m.last_seq, m.available,
         row_number() over w as n, sum(l.remaining) over w as upto
    from points_lot l
    join member m on m.shop_id = $1 and m.member_id = l.member_id
   where l.shop_id = $1 and l.member_id = any($3::uuid[]) and l.state = 'available' and l.remaining > 0
     and l.expires_at <= $2
  window w as (partition by l.member_id order by l.expires_at, l.lot_seq)
), planned as (
  select due.*, (last_seq + n)::int as seq, (available - upto)::bigint as after from due
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
  select $1, member_id, seq, 'available', 'expired', remaining, 'expire', 'expiry', lot_seq::text,
      'expire:' || member_id || ':' || lot_seq || ':' || seq,
      expires_at - interval '1 millisecond', $2, 'system',
      jsonb_build_object('lotSeq', lot_seq), after
    from planned
), moves as (
  insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
  select $1, member_id, seq, lot_seq, -remaining from planned
), lots as (
  update points_lot l set remaining = 0
    from planned p
   where l.shop_id = $1 and l.member_id = p.member_id and l.lot_seq = p.lot_seq
), balances as (
  update member m
     set available = m.available - t.points, last_seq = m.last_seq + t.transfers::int, revision = m.revision + 1
    from (select member_id, sum(remaining)::bigint as points, count(*) as transfers from planned group by member_id) t
   where m.shop_id = $1 and m.member_id = t.member_id
)
select count(*) as lots, coalesce(sum(remaining), 0)::bigint as points from planned`;
