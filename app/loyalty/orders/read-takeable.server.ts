import type { Queryable } from "#app/platform/db/database.server.ts";
import type { Takeable } from "./plan-clawback.ts";
import type { Priced } from "./settlement.ts";

/**
 * What there is to take the points of these orders from, and what was taken before, by order; in one statement for all, none
 * for none. The members are locked by the caller.
 */
export async function readTakeable(
  q: Queryable,
  shopId: string,
  wave: readonly Pick<Priced, "settlement">[],
): Promise<ReadonlyMap<string, Takeable>> {
  if (wave.length === 0) return new Map();
  const asked = wave.map(({ settlement: { orderId, memberId } }) => ({ orderId, memberId }));
  const rows = await q.query<Takeable & { orderId: string }>(TAKEABLE_SQL, [shopId, JSON.stringify(asked)]);
  return new Map(rows.map(({ orderId, ...takeable }) => [orderId, takeable]));
}

// Lots keep their order when members are merged and when lapsed points are given back, so an order's lots are all of them,
// whoever had them when they lapsed. A lot nothing was taken from has lost nothing.
const TAKEABLE_SQL = `
select asked."orderId", m.available, lots.pending, lots.own, before.others, before.forgiven,
       coalesce(lapsed.list, '[]'::json) as lapses
  from json_to_recordset($2::json) as asked("orderId" text, "memberId" uuid)
  join member m on m.shop_id = $1 and m.member_id = asked."memberId"
 cross join lateral (
   select coalesce(sum(l.remaining) filter (where l.state = 'pending'), 0)::bigint as pending,
          coalesce(sum(l.remaining) filter (where l.state = 'available'), 0)::bigint as own
     from points_lot l
    where l.shop_id = $1 and l.order_id = asked."orderId" and l.member_id = m.member_id) as lots
 cross join lateral (
   select greatest(0, coalesce(sum((t.detail ->> 'others')::bigint), 0)
                        - coalesce(sum((t.detail ->> 'othersBack')::bigint), 0))::bigint as others,
          greatest(0, coalesce(sum(t.points) filter (where t.from_account = 'forgiven'), 0)
                        - coalesce(sum(t.points) filter (where t.to_account = 'forgiven'), 0))::bigint as forgiven
     from points_transfer t
    where t.shop_id = $1 and t.source = 'order' and t.source_id = asked."orderId") as before
 cross join lateral (
   select json_agg(json_build_object('memberId', lapse.member_id, 'seq', lapse.seq, 'reversed', back.reversed,
            'left', lapse.points - back.reversed - coalesce(given.points, 0))
            order by lapse.occurred_at, lapse.member_id, lapse.seq) as list
     from points_lot l
     join lot_move moved on moved.shop_id = $1 and moved.member_id = l.member_id and moved.transfer_seq > l.lot_seq
      and moved.lot_seq = l.lot_seq
     join points_transfer lapse on lapse.shop_id = $1 and lapse.member_id = moved.member_id
      and lapse.seq = moved.transfer_seq and lapse.from_account = 'available' and lapse.to_account = 'expired'
     left join points_transfer given on given.shop_id = $1
      and given.idempotency_key = 'reinstate:' || lapse.member_id || ':' || lapse.seq
    cross join lateral (
      select coalesce(sum(case when t.from_account = 'expired' then t.points else -t.points end), 0)::bigint as reversed
        from points_transfer t
       where t.shop_id = $1 and t.source = 'order' and t.source_id = asked."orderId"
         and t.detail ->> 'lapse' = lapse.member_id || '/' || lapse.seq) as back
    where l.shop_id = $1 and l.order_id = asked."orderId" and l.remaining < l.granted) as lapsed`;
