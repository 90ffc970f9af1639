import type { Queryable } from "#app/platform/db/database.server.ts";
import type { TierRules } from "#app/loyalty/program/tier-settings.ts";
import type { Progress } from "./tier-at.ts";
import type { TierPeriod } from "./tier-period.ts";

/**
 * What one row of order_state (as `o`) adds to a member's progress, by basis. Refunds are in all three: an order
 * counts with the money and the points it still holds, and as an order while something of it stays paid for.
 */
export const AMOUNT_SQL: Record<TierRules["basis"], string> = {
  spent: "o.spent_minor",
  points: "o.points_held",
  orders: "(o.spent_minor > 0)::int",
};

/** What a member's orders come to in the period and the one before it, after refunds, in the unit of the basis. */
export async function readProgress(
  q: Queryable,
  args: { shopId: string; memberId: string; basis: TierRules["basis"]; period: TierPeriod },
): Promise<Progress> {
  const { shopId, memberId, basis, period } = args;
  const [row] = await q.query<Progress>(
    `select coalesce(sum(${AMOUNT_SQL[basis]}) filter (where o.processed_at >= $4), 0)::bigint as current,
            coalesce(sum(${AMOUNT_SQL[basis]}) filter (where o.processed_at < $4), 0)::bigint as previous
       from order_state o
      where o.shop_id = $1 and o.member_id = $2 and o.processed_at >= $3 and o.processed_at < $5`,
    [shopId, memberId, period.previousFrom, period.currentFrom, period.to],
  );
  return row ?? { current: 0, previous: 0 };
}
