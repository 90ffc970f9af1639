import type { Database, Tx } from "#app/platform/db/database.server.ts";
import { recordAudits } from "#app/loyalty/program/record-audit.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { entitlementSql, entitlementValues } from "./entitlement-sql.server.ts";
import { rewardEntries } from "./entry-reward.server.ts";
import { graceCutoff, type TierPeriod, tierPeriodAt } from "./tier-period.ts";

const BATCH_SIZE = 5_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface ReviewArgs {
  shopId: string;
  now: Date;
  settings: Pick<ProgramSettings, "tiers" | "tierRules" | "expiry">;
  timeZone: string;
  newId: () => string;
  batchSize?: number;
}

/**
 * Looks again at every tier whose time is up, as reviewTier says, in sets: it is kept, raised, or, when its days of
 * grace are over too, lowered to what the member's orders entitle to. A tier that the program no longer has is looked
 * at as well; where it was locked, the lock ends with it, and an audit entry says so. Nothing else is ever lowered, and
 * other locked tiers are left alone. Running it again, or twice at once, changes nothing more.
 */
export async function reviewTiers(
  db: Database,
  args: ReviewArgs,
): Promise<{ reviewed: number; changed: number }> {
  const total = { reviewed: 0, changed: 0 };
  if (args.settings.tiers.length === 0) return total;
  const period = tierPeriodAt(args.settings.tierRules.window, args.now, args.timeZone);
  for (let after: string | null = NOBODY; after !== null;) {
    const from: string = after;
    const batch = await db.transaction((tx) => reviewBatch(tx, args, period, from));
    total.reviewed += batch.reviewed;
    total.changed += batch.changed;
    after = batch.last;
  }
  return total;
}

interface Reviewed {
  reviewed: number;
  changed: number;
  raised: { memberId: string; tierId: string }[] | null;
  /** Whose lock held a tier that is gone. */
  unlocked: { memberId: string; before: string | null; after: string }[] | null;
}

async function reviewBatch(
  tx: Tx,
  args: ReviewArgs,
  period: TierPeriod,
  after: string,
): Promise<{ reviewed: number; changed: number; last: string | null }> {
  const { shopId, now, settings, timeZone } = args;
  const tierIds = settings.tiers.map((tier) => tier.id);
  const { basis, window, graceDays } = settings.tierRules;
  const dated = window === "lifetime" ? [] : tierIds.slice(1);
  const members = await tx.query<{ memberId: string }>(
    `select member_id as "memberId" from member
      where shop_id = $1 and member_id in (
        select m.member_id from member m
         where m.shop_id = $1 and m.member_id > $6::uuid and m.state in ('active', 'blocked')
           and ${dueSql("$2", "$3", "$4")}
         order by m.member_id limit $5)
      order by member_id for no key update`,
    [shopId, now, tierIds, dated, args.batchSize ?? BATCH_SIZE, after],
  );
  const last = members.at(-1)?.memberId;
  if (last === undefined) return { reviewed: 0, changed: 0, last: null };
  const [done] = await tx.query<Reviewed>(reviewSql(basis), [
    shopId,
    ...entitlementValues(settings, period),
    members.map((member) => member.memberId),
    now,
    tierIds,
    dated,
    graceCutoff(graceDays, now, timeZone),
    period.keptUntil,
    period.unreachedUntil ?? period.keptUntil,
  ]);
  await rewardEntries(tx, { shopId, entries: done?.raised ?? [], now, settings, timeZone });
  await noteUnlocked(tx, args, done?.unlocked ?? []);
  return { reviewed: done?.reviewed ?? 0, changed: done?.changed ?? 0, last };
}

async function noteUnlocked(
  tx: Tx,
  { shopId, now, newId }: ReviewArgs,
  unlocked: NonNullable<Reviewed["unlocked"]>,
): Promise<void> {
  const entries = unlocked.map(({ memberId, before, after }) => ({
    eventId: newId(),
    at: now,
    actor: "system",
    action: "tier.set",
    subject: `member:${memberId}`,
    before: { tierId: before, locked: true },
    after: { tierId: after, locked: false },
  }));
  await recordAudits(tx, shopId, entries);
}

/**
 * Whose time is up, whose tier the program no longer has, locked or not, and who holds one without an end where tiers
 * have one.
 */
function dueSql(now: string, tierIds: string, dated: string): string {
  return `(m.tier_id is null or m.tier_id <> all(${tierIds}::text[]) or (not m.tier_locked
           and (m.tier_until <= ${now} or (m.tier_until is null and m.tier_id = any(${dated}::text[])))))`;
}

// A member whom another sweep has reviewed meanwhile is not due any more and drops out of "measured". Whoever is in
// their days of grace drops out of "decided".
function reviewSql(basis: ProgramSettings["tierRules"]["basis"]): string {
  return `
with ${entitlementSql(basis, `m.member_id = any($6::uuid[]) and ${dueSql("$7", "$8", "$9")}`)}, decided as (
  select member_id, tier_id, tier_locked, held,
         reached and not (tier_until is null and held > rank) as reached,
         case when tier_until is null and held > rank then tier_id else id end as id,
         case when tier_until is null and held > rank then held else rank end as rank
    from entitled
   where held < 0 or rank >= held or tier_until is null or tier_until <= $10
), changed as (
  update member m
     set tier_id = d.id,
         tier_since = case when m.tier_id is distinct from d.id then $7 else m.tier_since end,
         tier_until = case when d.rank = 0 then null when d.reached then $11::timestamptz else $12::timestamptz end,
         tier_locked = false,
         revision = m.revision + 1
    from decided d
   where m.shop_id = $1 and m.member_id = d.member_id
)
select count(*) as reviewed, count(*) filter (where tier_id is distinct from id) as changed,
       json_agg(json_build_object('memberId', member_id, 'tierId', id)) filter (where held >= 0 and rank > held) as raised,
       json_agg(json_build_object('memberId', member_id, 'before', tier_id, 'after', id)) filter (where tier_locked) as unlocked
  from decided`;
}
