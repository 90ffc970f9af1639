import type { Database, Tx } from "#app/platform/db/database.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { type TierYears, tierYearsAt } from "./year-period.ts";

const BATCH_SIZE = 5_000;

/**
 * Looks again at every tier whose time is up: it becomes what the member's spend of last year and this year
 * entitles to, which is the same tier for another year, a lower one, or the lowest. A tier that the program
 * no longer has is looked at as well. Nothing else is ever lowered, and locked tiers are left alone. Running
 * it again changes nothing more.
 */
export async function reviewTiers(
  db: Database,
  args: {
    shopId: string;
    now: Date;
    settings: Pick<ProgramSettings, "tiers">;
    timeZone: string;
    batchSize?: number;
  },
): Promise<{ reviewed: number; changed: number }> {
  const total = { reviewed: 0, changed: 0 };
  if (args.settings.tiers.length === 0) return total;
  const years = tierYearsAt(args.now, args.timeZone);
  for (;;) {
    const batch = await db.transaction((tx) => reviewBatch(tx, args, years));
    if (batch.reviewed === 0) return total;
    total.reviewed += batch.reviewed;
    total.changed += batch.changed;
  }
}

async function reviewBatch(
  tx: Tx,
  args: { shopId: string; now: Date; settings: Pick<ProgramSettings, "tiers">; batchSize?: number },
  years: TierYears,
): Promise<{ reviewed: number; changed: number }> {
  const { shopId, now, settings } = args;
  const members = await tx.query<{ memberId: string }>(
    `select member_id as "memberId" from member
      where shop_id = $1 and member_id in (
        select member_id from member
         where shop_id = $1 and state in ('active', 'blocked') and not tier_locked
           and (tier_until <= $2 or tier_id is null or tier_id <> all($3::text[]))
         order by member_id limit $4)
      order by member_id for no key update`,
    [shopId, now, settings.tiers.map((tier) => tier.id), args.batchSize ?? BATCH_SIZE],
  );
  if (members.length === 0) return { reviewed: 0, changed: 0 };
  const [done] = await tx.query<{ reviewed: number; changed: number }>(REVIEW_SQL, [
    shopId,
    now,
    members.map((member) => member.memberId),
    JSON.stringify(settings.tiers.map((tier) => ({ id: tier.id, threshold: tier.thresholdMinor }))),
    years.lastYearFrom,
    years.thisYearFrom,
    years.thisYearTo,
    years.nextYearTo,
  ]);
  return done ?? { reviewed: 0, changed: 0 };
}

// A member whom another sweep has reviewed meanwhile is not due any more and drops out of "spent".
const REVIEW_SQL = `
with tiers as (
  select id, threshold from json_to_recordset($4::json) as t(id text, threshold bigint)
), spent as (
  select m.member_id, m.tier_id,
         coalesce(sum(o.spent_minor) filter (where o.processed_at >= $6), 0) as this_year,
         coalesce(sum(o.spent_minor) filter (where o.processed_at < $6), 0) as last_year
    from member m
    left join order_state o on o.shop_id = $1 and o.member_id = m.member_id
      and o.processed_at >= $5 and o.processed_at < $7
   where m.shop_id = $1 and m.member_id = any($3::uuid[]) and not m.tier_locked
     and (m.tier_until <= $2 or m.tier_id is null or m.tier_id <> all(select id from tiers))
   group by m.member_id, m.tier_id
), entitled as (
  select spent.*, best.id, best.threshold
    from spent
   cross join lateral (
     select id, threshold from tiers
      where threshold <= greatest(this_year, last_year) or threshold = 0
      order by threshold desc limit 1) as best
), changed as (
  update member m
     set tier_id = e.id,
         tier_since = case when m.tier_id is distinct from e.id then $2 else m.tier_since end,
         tier_until = case when e.threshold = 0 then null when e.this_year >= e.threshold then $8 else $7 end,
         revision = m.revision + 1
    from entitled e
   where m.shop_id = $1 and m.member_id = e.member_id
)
select count(*) as reviewed, count(*) filter (where tier_id is distinct from id) as changed from entitled`;
