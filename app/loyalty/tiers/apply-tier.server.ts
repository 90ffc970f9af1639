import type { Tx } from "#app/platform/db/database.server.ts";
import { addJobsSql } from "#app/platform/jobs/enqueue.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { decideTier, type HeldTier, type TierDecision } from "./decide-tier.ts";
import { rewardEntries } from "./entry-reward.server.ts";
import type { ProgressLost } from "./progress-lost.ts";
import { AMOUNT_SQL } from "./read-progress.server.ts";
import { type Progress, tierById } from "./tier-at.ts";
import { type TierPeriod, tierPeriodAt } from "./tier-period.ts";

export interface ApplyTierResult {
  outcome: "unchanged" | "upgraded";
  tierId: string | null;
}

/**
 * Brings a member's tier up to what their orders entitle them to, and gives what entering it gives; never down, which
 * is the review's work. Locks the member's row first, so that two settlements at once cannot each miss the other's
 * order. Repeating it changes nothing.
 */
export async function applyTier(
  tx: Tx,
  args: {
    shopId: string;
    memberId: string;
    now: Date;
    settings: ProgramSettings;
    timeZone: string;
    lost?: ReadonlyMap<string, ProgressLost>;
  },
): Promise<ApplyTierResult> {
  const { shopId, memberId } = args;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  const upgraded = await applyTiers(tx, { ...args, memberIds: [memberId] });
  const tierId = upgraded.get(memberId);
  if (tierId === undefined) return { outcome: "unchanged", tierId: member?.tierId ?? null };
  return { outcome: "upgraded", tierId };
}

interface Measured extends HeldTier, Progress {
  memberId: string;
}

/**
 * applyTier for a set of members whom the caller has locked, in one statement, and one more when something changes.
 *
 * @returns the tiers that members have entered
 */
export async function applyTiers(
  tx: Tx,
  args: {
    shopId: string;
    memberIds: readonly string[];
    now: Date;
    settings: ProgramSettings;
    timeZone: string;
    /** What members have lost by this settlement; whoever is not in it has lost nothing. Absent: not known. */
    lost?: ReadonlyMap<string, ProgressLost>;
  },
): Promise<Map<string, string | null>> {
  const { shopId, memberIds, now, settings, timeZone } = args;
  if (memberIds.length === 0) return new Map();
  const { basis, window } = settings.tierRules;
  const period = tierPeriodAt(window, now, timeZone);
  const measured = await tx.query<Measured>(measureSql(AMOUNT_SQL[basis]), [
    shopId,
    memberIds,
    period.previousFrom,
    period.currentFrom,
    period.to,
  ]);
  const changed = measured
    .map((member) => {
      const lost = args.lost && lostIn(period, args.lost.get(member.memberId));
      return { member, decision: decideTier(settings, member, member, { now, period }, lost) };
    })
    .filter(
      ({ member, decision }) =>
        decision.outcome === "upgraded" || !sameInstant(decision.tierUntil, member.tierUntil),
    );
  if (changed.length === 0) return new Map();
  await writeTiers(tx, shopId, changed);
  const upgraded = changed.filter(({ decision }) => decision.outcome === "upgraded");
  // A tier that took the place of one the program no longer has was not entered by anything the member did.
  const entries = upgraded.flatMap(({ member: { memberId, tierId }, decision }) =>
    decision.tierId !== null && tierById(settings, tierId) ? [{ memberId, tierId: decision.tierId }] : [],
  );
  await rewardEntries(tx, { shopId, entries, now, settings, timeZone });
  return new Map(upgraded.map(({ member, decision }) => [member.memberId, decision.tierId]));
}

/** What was lost of an earlier period has no say in how long a tier of this one lasts. */
function lostIn(period: TierPeriod, lost: ProgressLost | undefined): number {
  return lost && lost.placedAt >= period.currentFrom ? lost.amount : 0;
}

/** A function of the basis alone, so that each is one prepared statement. */
function measureSql(amount: string): string {
  return `
select m.member_id as "memberId", m.tier_id as "tierId", m.tier_since as "tierSince", m.tier_until as "tierUntil",
       m.tier_locked as "tierLocked", counted.current, counted.previous
  from member m
 cross join lateral (
   select coalesce(sum(${amount}) filter (where o.processed_at >= $4), 0)::bigint as current,
          coalesce(sum(${amount}) filter (where o.processed_at < $4), 0)::bigint as previous
     from order_state o
    where o.shop_id = $1 and o.member_id = m.member_id and o.processed_at >= $3 and o.processed_at < $5) as counted
 where m.shop_id = $1 and m.member_id = any($2::uuid[]) and m.state not in ('erased', 'merged')`;
}

async function writeTiers(
  tx: Tx,
  shopId: string,
  changed: readonly { member: Measured; decision: TierDecision }[],
): Promise<void> {
  const rows = changed.map(({ member: { memberId }, decision: { tierId, tierSince, tierUntil } }) => ({
    memberId,
    tierId,
    tierSince,
    tierUntil,
  }));
  await tx.query(WRITE_SQL, [shopId, JSON.stringify(rows)]);
}

const WRITE_SQL = `
with moved as (
  update member m set tier_id = w."tierId", tier_since = w."tierSince", tier_until = w."tierUntil",
         revision = m.revision + 1
    from json_to_recordset($2::json) as w("memberId" uuid, "tierId" text, "tierSince" timestamptz, "tierUntil" timestamptz)
   where m.shop_id = $1 and m.member_id = w."memberId"
)
select 1 from ${addJobsSql({
  task: "'project-member'",
  payload: `json_build_object('shopId', $1::text, 'memberId', "memberId")`,
  jobKey: `'project:' || $1::text || ':' || "memberId"`,
  source: `json_to_recordset($2::json) as w("memberId" uuid)`,
})}`;

function sameInstant(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}
