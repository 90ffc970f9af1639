import type { Queryable } from "#app/platform/db/database.server.ts";
import { addDays, localDate, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { entitlementSql, entitlementValues } from "./entitlement-sql.server.ts";
import { tierPeriodAt } from "./tier-period.ts";

/**
 * Notes, once for each end of a tier, who would lose theirs if it were reviewed then with the orders there are now.
 * The notes are what a message is sent by. Running it again, or twice at once, adds nothing.
 */
export async function noteDowngrades(
  q: Queryable,
  args: {
    shopId: string;
    now: Date;
    settings: Pick<ProgramSettings, "tiers" | "tierRules">;
    timeZone: string;
  },
): Promise<{ noted: number }> {
  const { shopId, now, settings, timeZone } = args;
  const { basis, window, noticeDays } = settings.tierRules;
  if (noticeDays === 0 || settings.tiers.length < 2) return { noted: 0 };
  // The first instant after the last day that is announced tonight; what ends before it is judged as it will be then.
  const horizon = startOfLocalDay(addDays(localDate(now, timeZone), noticeDays + 1), timeZone);
  const noted = await q.query(
    `with ${entitlementSql(basis, `m.state = 'active' and m.tier_until > $6 and m.tier_until <= $7`)}
     insert into tier_notice (shop_id, member_id, ends_at, tier_id, next_tier_id, noted_at)
     select $1, member_id, tier_until, tier_id, id, $6 from entitled where held >= 0 and rank < held
     on conflict do nothing returning member_id`,
    [shopId, ...entitlementValues(settings, tierPeriodAt(window, horizon, timeZone)), now, horizon],
  );
  return { noted: noted.length };
}
