import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";

/** Lets the storefront show an advocate how their friends stand now. Locks the advocate. */
export async function showAdvocate(tx: Tx, shopId: string, advocateId: string): Promise<void> {
  await tx.query(`update member set revision = revision + 1 where shop_id = $1 and member_id = $2`, [
    shopId,
    advocateId,
  ]);
  const jobKey = `project:${shopId}:${advocateId}`;
  await enqueue(tx, "project-member", { shopId, memberId: advocateId }, { jobKey });
}

/** The same for the advocate of a referral that was undone before anything was given for it. */
export async function showReversed(tx: Tx, shopId: string, referralId: string): Promise<void> {
  const [referral] = await tx.query<{ advocateId: string }>(
    `select advocate_id as "advocateId" from referral
      where shop_id = $1 and referral_id = $2 and status = 'reversed' and rewarded_at is null`,
    [shopId, referralId],
  );
  if (referral) await showAdvocate(tx, shopId, referral.advocateId);
}
