import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { TierRules } from "#app/loyalty/program/tier-settings.ts";
import { AMOUNT_SQL } from "./read-progress.server.ts";
import { tierNeeds } from "./tier-at.ts";
import type { TierPeriod } from "./tier-period.ts";

/**
 * What members' orders entitle them to, for whole sets of members: the same sums as reviewTier, in one statement.
 * Gives the common table expressions `tiers` and `entitled(member_id, tier_id, tier_until, tier_locked, held, id, rank, reached)`,
 * where a rank of -1 is no tier of this program. Whoever is locked in a tier that the program has is in none of them.
 *
 * @param who a condition on `m`, the member; may use `$6` and what follows. `$1` is the shop, and `$2` to `$5` are
 *   entitlementValues.
 */
export function entitlementSql(basis: TierRules["basis"], who: string): string {
  return `
tiers as (
  select rank, id, entry, keep, below
    from json_to_recordset($2::json) as t(rank int, id text, entry bigint, keep bigint, below bigint)
), measured as (
  select m.member_id, m.tier_id, m.tier_until, m.tier_locked, coalesce(h.rank, -1) as held,
         coalesce(sum(${AMOUNT_SQL[basis]}) filter (where o.processed_at >= $4), 0) as current,
         coalesce(sum(${AMOUNT_SQL[basis]}) filter (where o.processed_at < $4), 0) as previous
    from member m
    left join tiers h on h.id = m.tier_id
    left join order_state o on o.shop_id = $1 and o.member_id = m.member_id
      and o.processed_at >= $3 and o.processed_at < $5
   where m.shop_id = $1 and not (m.tier_locked and h.rank is not null) and ${who}
   group by m.member_id, m.tier_id, m.tier_until, m.tier_locked, h.rank
), entitled as (
  select measured.*, best.id, best.rank, best.need <= measured.current as reached
    from measured
   cross join lateral (
     select * from (
       select id, rank, case when rank > held then entry when rank = held then keep else below end as need
         from tiers) as asked
      where need <= greatest(current, previous)
      order by rank desc limit 1) as best
)`;
}

/** `$2` to `$5` of entitlementSql. */
export function entitlementValues(settings: Pick<ProgramSettings, "tiers">, period: TierPeriod): unknown[] {
  return [JSON.stringify(tierNeeds(settings)), period.previousFrom, period.currentFrom, period.to];
}
