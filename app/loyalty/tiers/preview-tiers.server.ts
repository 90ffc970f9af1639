import type { Queryable } from "#app/platform/db/database.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { entitlementSql, entitlementValues } from "./entitlement-sql.server.ts";
import { tierPeriodAt } from "./tier-period.ts";

/**
 * So many members would go from one tier to another: up right after publishing, down when their tier ends, and tonight
 * where these settings have theirs no more.
 */
export interface TierMove {
  from: string | null;
  to: string;
  up: boolean;
  gone: boolean;
  members: number;
}

/**
 * Who would hold another tier under these settings than they hold now, by their orders up to now. Locked tiers do not
 * move, unless these settings have them no more. Only reads.
 */
export async function previewTiers(
  q: Queryable,
  args: {
    shopId: string;
    now: Date;
    settings: Pick<ProgramSettings, "tiers" | "tierRules">;
    timeZone: string;
  },
): Promise<TierMove[]> {
  const { shopId, now, settings, timeZone } = args;
  if (settings.tiers.length === 0) return [];
  const { basis, window } = settings.tierRules;
  return q.query<TierMove>(
    `with ${entitlementSql(basis, `m.state in ('active', 'blocked')`)}
     select tier_id as "from", id as "to", rank > held as up, held < 0 as gone, count(*) as members
       from entitled where rank <> held
      group by tier_id, id, rank > held, rank, held order by rank desc, held desc`,
    [shopId, ...entitlementValues(settings, tierPeriodAt(window, now, timeZone))],
  );
}
