/**
 * Proves the books from the rows alone. Each check is one set-based query over one shop; it says what it looked at and
 * every row that breaks the law it stands for. `npm run ledger:audit` prints it; the property tests run it after each history.
 */
import type { Queryable } from "#app/platform/db/database.server.ts";

export interface Discrepancy {
  check: string;
  shopId: string;
  /** What it is about: a member, a lot, an order … as kind:id. */
  subject: string;
  expected: string;
  actual: string;
}

export interface AuditReport {
  checks: { check: string; promise: string; rows: number; discrepancies: number }[];
  discrepancies: Discrepancy[];
}

interface Check {
  name: string;
  promise: string;
  /** Selects subject, expected, actual of what is wrong ($1 is the shop; at most 1,000 rows). */
  wrong: string;
  /** Counts what is looked at. */
  count: string;
}

const MEMBERS = "select count(*)::int as n from member where shop_id = $1";
const TRANSFERS = "select count(*)::int as n from points_transfer where shop_id = $1";
const LOTS = "select count(*)::int as n from points_lot where shop_id = $1";

const CHECKS: readonly Check[] = [
  {
    name: "balances_are_their_transfers",
    promise:
      "A member's available, pending and held points are the sums of their transfers; lifetime, with those of who was merged into them.",
    count: MEMBERS,
    wrong: `
      with own as (
        select member_id,
               sum(case when to_account = 'available' then points when from_account = 'available' then -points else 0 end) as available,
               sum(case when to_account = 'pending' then points when from_account = 'pending' then -points else 0 end) as pending,
               sum(case when to_account = 'held' then points when from_account = 'held' then -points else 0 end) as held,
               sum(case when from_account = 'issued' then points when to_account = 'reversed' then -points else 0 end) as lifetime
          from points_transfer where shop_id = $1 group by member_id),
      kept as (
        select m.merged_into as member_id, sum(own.lifetime) as lifetime
          from member m join own on own.member_id = m.member_id
         where m.shop_id = $1 and m.merged_into is not null group by m.merged_into),
      sums as (
        select m.member_id, own.available, own.pending, own.held,
               case when m.merged_into is null then coalesce(own.lifetime, 0) + coalesce(kept.lifetime, 0) else 0 end as lifetime
          from member m
          left join own on own.member_id = m.member_id
          left join kept on kept.member_id = m.member_id
         where m.shop_id = $1)
      select 'member:' || m.member_id as subject,
             format('%s/%s/%s/%s', coalesce(s.available, 0), coalesce(s.pending, 0), coalesce(s.held, 0), coalesce(s.lifetime, 0)) as expected,
             format('%s/%s/%s/%s', m.available, m.pending, m.held, m.lifetime) as actual
        from member m left join sums s on s.member_id = m.member_id
       where m.shop_id = $1
         and (m.available, m.pending, m.held, m.lifetime)
             is distinct from (coalesce(s.available, 0), coalesce(s.pending, 0), coalesce(s.held, 0), coalesce(s.lifetime, 0))`,
  },
  {
    name: "balances_are_their_lots",
    promise:
      "Available lots add up to the available balance (to nothing while points are owed), pending lots to pending.",
    count: MEMBERS,
    wrong: `
      with sums as (
        select member_id, sum(remaining) filter (where state = 'available') as available,
               sum(remaining) filter (where state = 'pending') as pending
          from points_lot where shop_id = $1 group by member_id)
      select 'member:' || m.member_id as subject, format('%s/%s', greatest(m.available, 0), m.pending) as expected,
             format('%s/%s', coalesce(s.available, 0), coalesce(s.pending, 0)) as actual
        from member m left join sums s on s.member_id = m.member_id
       where m.shop_id = $1
         and (greatest(m.available, 0), m.pending) is distinct from (coalesce(s.available, 0), coalesce(s.pending, 0))`,
  },
  {
    name: "lots_are_their_moves",
    promise: "What is left of a lot is what it was granted and every move since.",
    count: LOTS,
    wrong: `
      with sums as (
        select member_id, lot_seq, sum(points) as moved from lot_move where shop_id = $1 group by member_id, lot_seq)
      select format('lot:%s/%s', l.member_id, l.lot_seq) as subject,
             (l.granted + coalesce(s.moved, 0))::text as expected, l.remaining::text as actual
        from points_lot l left join sums s on s.member_id = l.member_id and s.lot_seq = l.lot_seq
       where l.shop_id = $1 and l.remaining <> l.granted + coalesce(s.moved, 0)`,
  },
  {
    name: "grants_have_lots",
    promise:
      "Every grant has one lot of its points; forgiving what is owed has none, nor has what no balance holds.",
    count: TRANSFERS,
    wrong: `
      select format('transfer:%s/%s', t.member_id, t.seq) as subject, t.points::text as expected,
             coalesce(l.granted::text, 'no lot') as actual
        from points_transfer t
        left join points_lot l on l.shop_id = t.shop_id and l.member_id = t.member_id and l.lot_seq = t.seq
       where t.shop_id = $1 and t.from_account in ('issued', 'adjusted', 'expired')
         and t.to_account in ('available', 'pending')
         and l.granted is distinct from t.points`,
  },
  {
    name: "spending_comes_from_lots",
    promise:
      "What leaves available or pending is taken from lots to the point; only what a refund or an adjustment took, or a merged member owed, may be owed.",
    count: TRANSFERS,
    wrong: `
      with sums as (
        select member_id, transfer_seq, sum(points) as moved from lot_move
         where shop_id = $1 group by member_id, transfer_seq)
      select format('transfer:%s/%s', t.member_id, t.seq) as subject, (-t.points)::text as expected,
             coalesce(s.moved, 0)::text as actual
        from points_transfer t
        left join sums s on s.member_id = t.member_id and s.transfer_seq = t.seq
       where t.shop_id = $1 and t.from_account in ('available', 'pending') and t.to_account <> 'available'
         and case when t.from_account = 'available' and t.to_account in ('reversed', 'merged')
                  then coalesce(s.moved, 0) < -t.points or coalesce(s.moved, 0) > 0
                  when t.from_account = 'available' and t.to_account = 'adjusted'
                  then coalesce(s.moved, 0) <> least(t.points, greatest(0, -t.available_after)) - t.points
                  else coalesce(s.moved, 0) <> -t.points end`,
  },
  {
    name: "statements_have_no_gaps",
    promise: "A member's transfers are numbered 1, 2, 3 … up to the last one.",
    count: MEMBERS,
    wrong: `
      with counts as (
        select member_id, count(*) as n, max(seq) as last from points_transfer where shop_id = $1 group by member_id)
      select 'member:' || m.member_id as subject, m.last_seq::text as expected,
             format('%s transfers up to %s', coalesce(c.n, 0), coalesce(c.last, 0)) as actual
        from member m left join counts c on c.member_id = m.member_id
       where m.shop_id = $1 and (m.last_seq <> coalesce(c.n, 0) or m.last_seq <> coalesce(c.last, 0))`,
  },
  {
    name: "running_balances_run",
    promise: "Each transfer's balance is the one before and what it moved.",
    count: TRANSFERS,
    wrong: `
      select format('transfer:%s/%s', member_id, seq) as subject, should::text as expected, available_after::text as actual
        from (select member_id, seq, available_after,
                     coalesce(lag(available_after) over (partition by member_id order by seq), 0)
                     + case when to_account = 'available' then points when from_account = 'available' then -points else 0 end as should
                from points_transfer where shop_id = $1) runs
       where should <> available_after`,
  },
  {
    name: "held_is_open_redemptions",
    promise: "Held points are the points of redemptions whose code is asked for, ready or being closed.",
    count: MEMBERS,
    wrong: `
      with open as (
        select member_id, sum(points) as points from redemption
         where shop_id = $1 and status in ('requested', 'ready') group by member_id)
      select 'member:' || m.member_id as subject, coalesce(o.points, 0)::text as expected, m.held::text as actual
        from member m left join open o on o.member_id = m.member_id
       where m.shop_id = $1 and m.held <> coalesce(o.points, 0)`,
  },
  {
    name: "orders_hold_their_points",
    promise:
      "Points earned on an order name one that is there, and it holds what was earned less what was taken back.",
    count: "select count(*)::int as n from order_state where shop_id = $1",
    wrong: `
      with sums as (
        select source_id, sum(case when from_account = 'issued' then points when to_account = 'reversed' then -points else 0 end) as net
          from points_transfer where shop_id = $1 and source = 'order' group by source_id)
      select 'order:' || coalesce(o.order_id, s.source_id) as subject, coalesce(s.net, 0)::text as expected,
             coalesce(o.points_held::text, 'no order') as actual
        from (select order_id, points_held from order_state where shop_id = $1) o
        full join sums s on s.source_id = o.order_id
       where o.order_id is null or o.points_held <> coalesce(s.net, 0)`,
  },
  {
    name: "nothing_is_undone_twice",
    promise:
      "Of what lapsed no more is given back, or taken back with an order, than had lapsed; of what was forgiven no more is set against what is earned again.",
    count: TRANSFERS,
    wrong: `
      with undone as (
        select coalesce(detail ->> 'lapse', member_id || '/' || reverses_seq) as lapse,
               sum(case when from_account = 'expired' then points else -points end) as points
          from points_transfer
         where shop_id = $1 and (from_account = 'expired' or from_account = 'issued' and to_account = 'expired') group by 1),
      lapsed as (
        select member_id || '/' || seq as lapse, points from points_transfer
         where shop_id = $1 and from_account = 'available' and to_account = 'expired'),
      forgiven as (
        select source, source_id, sum(case when from_account = 'forgiven' then points else -points end) as points
          from points_transfer
         where shop_id = $1 and (from_account = 'forgiven' or to_account = 'forgiven') group by 1, 2)
      select 'lapse:' || coalesce(u.lapse, '') as subject, format('0 to %s', coalesce(l.points, 0)) as expected,
             u.points::text as actual
        from undone u left join lapsed l on l.lapse = u.lapse
       where u.points < 0 or u.points > coalesce(l.points, 0)
       union all
      select format('%s:%s', source, source_id), 'at least 0', points::text from forgiven where points < 0`,
  },
  {
    name: "campaign_cost",
    promise:
      "What a campaign has cost is what orders hold by it, within its budget; an order holds no less than its campaigns' parts.",
    count: "select count(*)::int as n from campaign_award where shop_id = $1",
    wrong: `
      with sums as (
        select campaign_id, sum(points) as points from campaign_award where shop_id = $1 group by campaign_id),
      parts as (
        select order_id, sum(points) as points from campaign_award where shop_id = $1 group by order_id)
      select 'campaign:' || c.campaign_id as subject,
             format('%s of %s', coalesce(s.points, 0), coalesce(c.budget::text, 'any')) as expected, c.spent_points::text as actual
        from campaign c left join sums s on s.campaign_id = c.campaign_id
       where c.shop_id = $1 and (c.spent_points <> coalesce(s.points, 0) or c.spent_points > c.budget)
       union all
      select 'order:' || p.order_id, format('at least %s', p.points), coalesce(o.points_held::text, 'no order')
        from parts p left join order_state o on o.shop_id = $1 and o.order_id = p.order_id
       where coalesce(o.points_held, 0) < p.points`,
  },
  {
    name: "merges_hand_on_everything",
    promise:
      "What leaves a merged member arrives at the one who was kept, and a merged member has nothing left; nobody is merged into a merged one.",
    count: "select count(*)::int as n from member where shop_id = $1 and merged_into is not null",
    wrong: `
      with handed as (
        select source_id,
               sum(case when to_account = 'merged' then points else 0 end) as gone,
               sum(case when from_account = 'merged' then points else 0 end) as come
          from points_transfer
         where shop_id = $1 and (to_account = 'merged' or from_account = 'merged') group by source_id)
      select 'merge:' || source_id as subject, gone::text as expected, come::text as actual from handed where gone <> come
       union all
      select 'member:' || m.member_id, 'nothing, merged into a member who is there',
             format('%s/%s/%s/%s into %s', m.available, m.pending, m.held, m.lifetime, coalesce(kept.state, 'nobody'))
        from member m left join member kept on kept.shop_id = m.shop_id and kept.member_id = m.merged_into
       where m.shop_id = $1 and m.state = 'merged'
         and ((m.available, m.pending, m.held, m.lifetime) is distinct from (0::bigint, 0::bigint, 0::bigint, 0::bigint)
              or kept.state is null or kept.state = 'merged')`,
  },
  {
    name: "books_balance",
    promise:
      "All that members have is what was issued, adjusted and forgiven, less what was redeemed, expired, reversed and donated.",
    count: TRANSFERS,
    wrong: `
      with program as (
        select coalesce(sum(case when from_account not in ('pending', 'available', 'held') then points else 0 end), 0)
             - coalesce(sum(case when to_account not in ('pending', 'available', 'held') then points else 0 end), 0) as net
          from points_transfer where shop_id = $1),
      members as (
        select coalesce(sum(available + pending + held), 0) as net from member where shop_id = $1)
      select 'shop' as subject, program.net::text as expected, members.net::text as actual
        from program, members where program.net <> members.net`,
  },
];

const MOST_LISTED = 1000;

/**
 * Runs every check over the shops given (all of them by default), in one snapshot a shop when `q` is a transaction of
 * REPEATABLE READ; on a live database without one, work in progress may show as a passing discrepancy.
 */
export async function auditLedger(
  q: Queryable,
  options: { shopIds?: readonly string[]; onCheck?: (shopId: string, check: string) => void } = {},
): Promise<AuditReport> {
  const shopIds =
    options.shopIds ??
    (await q.query<{ shopId: string }>(`select shop_id as "shopId" from shop order by shop_id`)).map(
      (row) => row.shopId,
    );
  const report: AuditReport = {
    checks: CHECKS.map(({ name, promise }) => ({ check: name, promise, rows: 0, discrepancies: 0 })),
    discrepancies: [],
  };
  for (const shopId of shopIds) {
    for (const [index, check] of CHECKS.entries()) {
      options.onCheck?.(shopId, check.name);
      const [counted] = await q.query<{ n: number }>(check.count, [shopId]);
      const wrong = await q.query<{ subject: string; expected: string; actual: string }>(
        `${check.wrong} limit ${MOST_LISTED}`,
        [shopId],
      );
      const line = report.checks[index];
      if (line) {
        line.rows += counted?.n ?? 0;
        line.discrepancies += wrong.length;
      }
      report.discrepancies.push(...wrong.map((row) => ({ check: check.name, shopId, ...row })));
    }
  }
  return report;
}
