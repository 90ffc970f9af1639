import type { Services } from "#app/services.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { type HeldTier } from "./decide-tier.ts";
import { rewardEntries } from "./entry-reward.server.ts";
import { readProgress } from "./read-progress.server.ts";
import { tierNeeds } from "./tier-at.ts";
import { tierPeriodAt } from "./tier-period.ts";

export interface SetTierArgs {
  shopId: string;
  memberId: string;
  tierId: string;
  /** Locked, neither orders nor the review change it. */
  locked: boolean;
  reason: string;
  /** The staff member's Shopify user id. */
  actor: string;
  now: Date;
}

export interface SetTierResult {
  outcome: "set" | "unchanged" | "no_such_tier" | "no_such_member";
}

/**
 * Puts a member into a tier by hand, and locks it there or lets it go again; with a reason, in the audit log. Raised
 * by hand, they get what entering the tier gives. Doing it twice is once.
 */
export async function setTier(
  services: Pick<Services, "db" | "newId">,
  args: SetTierArgs,
): Promise<SetTierResult> {
  const eventId = services.newId();
  return services.db.transaction((tx) => setInTransaction(tx, args, eventId));
}

async function setInTransaction(tx: Tx, args: SetTierArgs, eventId: string): Promise<SetTierResult> {
  const { shopId, memberId, tierId, locked, now } = args;
  const [member] = await tx.query<HeldTier & { state: string; timeZone: string }>(
    `select m.tier_id as "tierId", m.tier_since as "tierSince", m.tier_until as "tierUntil",
            m.tier_locked as "tierLocked", m.state, s.time_zone as "timeZone"
       from member m join shop s on s.shop_id = m.shop_id
      where m.shop_id = $1 and m.member_id = $2 for no key update of m`,
    [shopId, memberId],
  );
  if (!member || member.state === "erased" || member.state === "merged") return { outcome: "no_such_member" };
  const { settings } = await liveProgram(tx, shopId);
  const needs = tierNeeds(settings);
  const tier = needs.find((entry) => entry.id === tierId);
  if (!tier) return { outcome: "no_such_tier" };
  if (member.tierId === tierId && member.tierLocked === locked) return { outcome: "unchanged" };

  const { timeZone } = member;
  const period = tierPeriodAt(settings.tierRules.window, now, timeZone);
  const { basis } = settings.tierRules;
  const { current } = await readProgress(tx, { shopId, memberId, basis, period });
  const entered = member.tierId !== tierId;
  // Given by hand it lasts as long as one that was just reached; let go, as long as what counts is worth.
  const full = entered || tier.keep <= current;
  const until = full ? period.keptUntil : (period.unreachedUntil ?? period.keptUntil);
  await tx.query(
    `update member set tier_id = $3, tier_since = case when $4 then $5 else tier_since end, tier_until = $6,
            tier_locked = $7, revision = revision + 1
      where shop_id = $1 and member_id = $2`,
    [shopId, memberId, tierId, entered, now, locked || tier.rank === 0 ? null : until, locked],
  );
  await recordAudit(tx, {
    shopId,
    eventId,
    at: now,
    actor: args.actor,
    action: "tier.set",
    subject: `member:${memberId}`,
    before: { tierId: member.tierId, locked: member.tierLocked },
    after: { tierId, locked },
    reason: args.reason,
  });
  await enqueue(tx, "project-member", { shopId, memberId }, { jobKey: `project:${shopId}:${memberId}` });
  const heldRank = needs.findIndex((entry) => entry.id === member.tierId);
  if (heldRank >= 0 && tier.rank > heldRank) {
    await rewardEntries(tx, { shopId, entries: [{ memberId, tierId }], now, settings, timeZone });
  }
  return { outcome: "set" };
}
