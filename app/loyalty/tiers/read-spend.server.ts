import type { Queryable } from "#app/platform/db/database.server.ts";
import type { TierYears } from "./year-period.ts";

export interface Spend {
  thisPeriodMinor: number;
  lastPeriodMinor: number;
}

/**
 * What a member's orders of this and last calendar year come to after refunds, in minor units of the shop's
 * currency.
 */
export async function readSpend(
  q: Queryable,
  args: { shopId: string; memberId: string; years: TierYears },
): Promise<Spend> {
  const { shopId, memberId, years } = args;
  const [row] = await q.query<Spend>(
    `select coalesce(sum(spent_minor) filter (where processed_at >= $4), 0)::bigint as "thisPeriodMinor",
            coalesce(sum(spent_minor) filter (where processed_at < $4), 0)::bigint as "lastPeriodMinor"
       from order_state
      where shop_id = $1 and member_id = $2 and processed_at >= $3 and processed_at < $5`,
    [shopId, memberId, years.lastYearFrom, years.thisYearFrom, years.thisYearTo],
  );
  return row ?? { thisPeriodMinor: 0, lastPeriodMinor: 0 };
}
