import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { decideTier, type HeldTier } from "./decide-tier.ts";
import { rewardEntries } from "./entry-reward.server.ts";
import { readProgress } from "./read-progress.server.ts";
import { tierById } from "./tier-at.ts";
import { tierPeriodAt } from "./tier-period.ts";

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
  args: { shopId: string; memberId: string; now: Date; settings: ProgramSettings; timeZone: string },
): Promise<ApplyTierResult> {
  const { shopId, memberId, now, settings, timeZone } = args;
  const [member] = await tx.query<HeldTier & { state: string }>(
    `select tier_id as "tierId", tier_since as "tierSince", tier_until as "tierUntil", tier_locked as "tierLocked", state
       from member where shop_id = $1 and member_id = $2 for no key update`,
    [shopId, memberId],
  );
  if (!member || member.state === "erased" || member.state === "merged") {
    return { outcome: "unchanged", tierId: member?.tierId ?? null };
  }
  const { basis, window } = settings.tierRules;
  const period = tierPeriodAt(window, now, timeZone);
  const progress = await readProgress(tx, { shopId, memberId, basis, period });
  const decision = decideTier(settings, member, progress, { now, period });
  const upgraded = decision.outcome === "upgraded";
  const result: ApplyTierResult = { outcome: upgraded ? "upgraded" : "unchanged", tierId: decision.tierId };
  if (!upgraded && sameInstant(decision.tierUntil, member.tierUntil)) return result;
  await tx.query(
    `update member set tier_id = $3, tier_since = $4, tier_until = $5, revision = revision + 1
      where shop_id = $1 and member_id = $2`,
    [shopId, memberId, decision.tierId, decision.tierSince, decision.tierUntil],
  );
  await enqueue(tx, "project-member", { shopId, memberId }, { jobKey: `project:${shopId}:${memberId}` });
  // A tier that took the place of one the program no longer has was not entered by anything the member did.
  if (upgraded && decision.tierId !== null && tierById(settings, member.tierId)) {
    const entries = [{ memberId, tierId: decision.tierId }];
    await rewardEntries(tx, { shopId, entries, now, settings, timeZone });
  }
  return result;
}

function sameInstant(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}
