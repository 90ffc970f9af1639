import type { Database } from "#app/platform/db/database.server.ts";
import { type SweepArgs, type Swept, sweepLots } from "./sweep-lots.server.ts";

/**
 * Ends the hold of every lot of the shop whose time has come: pending → available, one transfer per lot. What
 * a member owes is paid from the released points first, so that much of the lot is gone at once. Running it
 * again, or twice at once, changes nothing more.
 */
export function releaseLots(db: Database, args: SweepArgs): Promise<Swept> {
  return sweepLots(db, args, { due: DUE_SQL, move: MOVE_SQL });
}

const DUE_SQL = `
  select member_id from points_lot
   where shop_id = $1 and state = 'pending' and available_at <= $2
   order by available_at limit $3`;

// The lots are numbered per member in the order their transfers get; "before" is the balance before each of
// them. A lot that was taken back whole during its hold has nothing to transfer and is only closed: by a statement part of
// its own, since one that joins both kinds may be planned for few lots and then compares each with every other. Such a lot may
// change without its member's row (decision 009): no posting loads what is empty and was never held.
const MOVE_SQL = `
with due as (
  select l.member_id, l.lot_seq, l.remaining, l.order_id, m.last_seq, m.available,
         row_number() over w as n, sum(l.remaining) over w as upto
    from points_lot l
    join member m on m.shop_id = $1 and m.member_id = l.member_id
   where l.shop_id = $1 and l.member_id = any($3::uuid[]) and l.state = 'pending' and l.available_at <= $2
     and l.remaining > 0
  window w as (partition by l.member_id order by l.expires_at nulls last, l.lot_seq)
), planned as (
  select due.*, (last_seq + n)::int as seq, (available + upto)::bigint as after,
         least(remaining, greatest(0, -(available + upto - remaining)))::bigint as debt_paid
    from due
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
  select $1, p.member_id, p.seq, 'pending', 'available', p.remaining, 'release', g.source, g.source_id,
      'release:' || p.member_id || ':' || p.lot_seq, $2, $2, 'system',
      jsonb_build_object('lotSeq', p.lot_seq, 'debtPaid', p.debt_paid)
        || case when g.detail ? 'orderName' then jsonb_build_object('orderName', g.detail -> 'orderName') else '{}' end,
      p.after
    from planned p
    join points_transfer g on g.shop_id = $1 and g.member_id = p.member_id and g.seq = p.lot_seq
), moves as (
  insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
  select $1, member_id, seq, lot_seq, -debt_paid from planned where debt_paid > 0
), lots as (
  update points_lot l set state = 'available', remaining = l.remaining - p.debt_paid
    from planned p
   where l.shop_id = $1 and l.member_id = p.member_id and l.lot_seq = p.lot_seq
), emptied as (
  update points_lot l set state = 'available'
   where l.shop_id = $1 and l.member_id = any($3::uuid[]) and l.state = 'pending' and l.available_at <= $2
     and l.remaining = 0
), balances as (
  update member m
     set available = m.available + t.points, pending = m.pending - t.points, last_seq = m.last_seq + t.transfers::int,
         revision = m.revision + 1
    from (select member_id, sum(remaining)::bigint as points, count(*) as transfers from planned group by member_id) t
   where m.shop_id = $1 and m.member_id = t.member_id
)
select count(*) as lots, coalesce(sum(remaining), 0)::bigint as points from planned`;
