import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { decideTier, type HeldTier } from "./decide-tier.ts";
import { readSpend } from "./read-spend.server.ts";
import { tierYearsAt } from "./year-period.ts";

export interface ApplyTierResult {
  outcome: "unchanged" | "upgraded";
  tierId: string | null;
}

/**
 * Brings a member's tier up to what their orders' spend entitles them to; never down, which is the review's
 * work. Locks the member's row first, so that two settlements at once cannot each miss the other's order.
 * Repeating it changes nothing.
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
  const years = tierYearsAt(now, timeZone);
  const spent = await readSpend(tx, { shopId, memberId, years });
  const decision = decideTier(settings, member, spent, { now, years });
  const result: ApplyTierResult = { outcome: decision.outcome, tierId: decision.tierId };
  if (decision.outcome === "unchanged" && sameInstant(decision.tierUntil, member.tierUntil)) return result;
  await tx.query(
    `update member set tier_id = $3, tier_since = $4, tier_until = $5, revision = revision + 1
      where shop_id = $1 and member_id = $2`,
    [shopId, memberId, decision.tierId, decision.tierSince, decision.tierUntil],
  );
  await enqueue(tx, "project-member", { shopId, memberId }, { jobKey: `project:${shopId}:${memberId}` });
  return result;
}

function sameInstant(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}
