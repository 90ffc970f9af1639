import type { Queryable } from "#app/platform/db/database.server.ts";

/** Counts of one period. Points are what happened in it: imported or late orders count where they were placed. */
export interface PeriodFigures {
  /** Members who joined. */
  joined: number;
  /** Granted to members, less what refunds took back. */
  issued: number;
  /** Used by an order, less what cancelled orders gave back. */
  redeemed: number;
  expired: number;
  /** Paid orders of anyone, and those of members. */
  orders: number;
  memberOrders: number;
}

export interface Figures {
  members: number;
  /** What members hold altogether; debts are not subtracted from other people's points. */
  available: number;
  pending: number;
  held: number;
  owed: number;
  period: PeriodFigures;
  previous: PeriodFigures;
}

export const PERIOD_DAYS = 30;
const DAY_MS = 86_400_000;

/** The figures of the admin's home: the last 30 days beside the 30 before them. Only reads. */
export async function readFigures(q: Queryable, args: { shopId: string; now: Date }): Promise<Figures> {
  const { shopId, now } = args;
  const from = new Date(now.getTime() - PERIOD_DAYS * DAY_MS);
  const before = new Date(from.getTime() - PERIOD_DAYS * DAY_MS);
  const [balances, transfers, joined, orders] = await Promise.all([
    q.query<Pick<Figures, "members" | "available" | "pending" | "held" | "owed">>(
      `select count(*) filter (where state in ('active', 'blocked')) as members,
              coalesce(sum(available) filter (where available > 0), 0)::bigint as available,
              coalesce(sum(-available) filter (where available < 0), 0)::bigint as owed,
              coalesce(sum(pending), 0)::bigint as pending, coalesce(sum(held), 0)::bigint as held
         from member where shop_id = $1`,
      [shopId],
    ),
    q.query<{ recent: boolean; issued: number; redeemed: number; expired: number }>(
      `select occurred_at >= $2 as recent,
              (coalesce(sum(points) filter (where from_account = 'issued'), 0)
                - coalesce(sum(points) filter (where to_account = 'reversed'), 0))::bigint as issued,
              (coalesce(sum(points) filter (where to_account = 'redeemed'), 0)
                - coalesce(sum(points) filter (where from_account = 'redeemed'), 0))::bigint as redeemed,
              (coalesce(sum(points) filter (where to_account = 'expired'), 0)
                - coalesce(sum(points) filter (where from_account = 'expired'), 0))::bigint as expired
         from points_transfer
        where shop_id = $1 and occurred_at >= $3 and occurred_at < $4
        group by 1`,
      [shopId, from, before, now],
    ),
    q.query<{ recent: boolean; joined: number }>(
      `select joined_at >= $2 as recent, count(*) as joined
         from member where shop_id = $1 and joined_at >= $3 and joined_at < $4 and state <> 'merged' group by 1`,
      [shopId, from, before, now],
    ),
    q.query<{ recent: boolean; orders: number; memberOrders: number }>(
      `select processed_at >= $2 as recent, count(*) as orders, count(member_id) as "memberOrders"
         from order_state
        where shop_id = $1 and processed_at >= $3 and processed_at < $4 and outcome in ('settled', 'guest', 'cancelled')
        group by 1`,
      [shopId, from, before, now],
    ),
  ]);
  const side = (recent: boolean): PeriodFigures => {
    const moved = transfers.find((row) => row.recent === recent);
    const sold = orders.find((row) => row.recent === recent);
    return {
      joined: joined.find((row) => row.recent === recent)?.joined ?? 0,
      issued: moved?.issued ?? 0,
      redeemed: moved?.redeemed ?? 0,
      expired: moved?.expired ?? 0,
      orders: sold?.orders ?? 0,
      memberOrders: sold?.memberOrders ?? 0,
    };
  };
  const totals = balances[0] ?? { members: 0, available: 0, pending: 0, held: 0, owed: 0 };
  return { ...totals, period: side(true), previous: side(false) };
}
