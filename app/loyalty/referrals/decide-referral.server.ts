import type { Tx } from "#app/platform/db/database.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { queueReward } from "./queue-reward.server.ts";
import { APPROVED, DECLINED } from "./referral-reasons.ts";
import { showAdvocate } from "./show-advocate.server.ts";

export interface DecideReferralResult {
  /**
   * approved: the advocate's points follow in a job. unchanged: decided like this before. not_under_review: somebody has
   * decided otherwise, or the friend's order was undone meanwhile.
   */
  outcome: "approved" | "declined" | "unchanged" | "not_under_review" | "no_such_referral";
}

/**
 * Writes what the merchant decides about a referral under review, with who and when. Deciding the same twice is once.
 * Locks the referral, then the advocate.
 */
export async function decideReferral(
  tx: Tx,
  args: {
    shopId: string;
    referralId: string;
    decision: "reward" | "refuse";
    actor: string;
    now: Date;
    eventId: string;
  },
): Promise<DecideReferralResult> {
  const { shopId, referralId, decision } = args;
  const [referral] = await tx.query<{ status: string; reason: string | null; advocateId: string }>(
    `select status, reason, advocate_id as "advocateId" from referral where shop_id = $1 and referral_id = $2 for update`,
    [shopId, referralId],
  );
  if (!referral) return { outcome: "no_such_referral" };
  const after =
    decision === "reward" ? { status: "ordered", reason: APPROVED } : { status: "refused", reason: DECLINED };
  if (referral.status !== "review") {
    const before = referral.reason === after.reason;
    return { outcome: before ? "unchanged" : "not_under_review" };
  }
  await tx.query(`update referral set status = $3, reason = $4 where shop_id = $1 and referral_id = $2`, [
    shopId,
    referralId,
    after.status,
    after.reason,
  ]);
  await recordAudit(tx, {
    shopId,
    eventId: args.eventId,
    at: args.now,
    actor: args.actor,
    action: decision === "reward" ? "referral.approve" : "referral.decline",
    subject: `referral:${referralId}`,
    before: { status: referral.status, reason: referral.reason },
    after,
  });
  await showAdvocate(tx, shopId, referral.advocateId);
  if (decision === "refuse") return { outcome: "declined" };
  await queueReward(tx, { shopId, referralId });
  return { outcome: "approved" };
}
