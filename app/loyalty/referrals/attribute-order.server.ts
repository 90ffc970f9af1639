import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { judgeFriend } from "./judge-friend.ts";
import { readFriendFacts } from "./read-friend-facts.server.ts";
import { undoReferral } from "./reverse-referral.server.ts";
import { rewardDueAt } from "./reward-due-at.ts";

/**
 * Ties a friend's first paid order to the referral whose code it used, and unties it when the order is
 * undone. The advocate's points follow in a job of their own once the order's hold is over. Repeating it
 * changes nothing.
 *
 * @param args.paid the order is paid, whatever was refunded of it since
 * @param args.undone it was cancelled or fully refunded
 */
export async function attributeOrder(
  tx: Tx,
  args: {
    shopId: string;
    orderId: string;
    codes: string[];
    customerId: string | null;
    memberId: string | null;
    paid: boolean;
    undone: boolean;
    now: Date;
    settings: ProgramSettings;
    occurredAt: Date;
  },
): Promise<void> {
  const { shopId, orderId, settings } = args;
  if (args.undone) {
    await undoReferral(tx, { shopId, orderId });
    return;
  }
  if (!args.paid || args.codes.length === 0) return;
  const referral = await claimOpenReferral(tx, shopId, orderId, args.codes);
  if (!referral) return;

  const facts = await readFriendFacts(tx, {
    shopId,
    advocateId: referral.advocateId,
    orderId,
    customerId: args.customerId,
    memberId: args.memberId,
  });
  const refusal = judgeFriend(facts);
  await tx.query(
    `update referral set status = $4, reason = $5, order_id = $3, friend_customer_id = $6, ordered_at = $7
      where shop_id = $1 and referral_id = $2`,
    [
      shopId,
      referral.referralId,
      orderId,
      refusal === null ? "ordered" : "refused",
      refusal,
      args.customerId,
      args.occurredAt,
    ],
  );
  if (refusal !== null) return;
  await enqueue(
    tx,
    "reward-referral",
    { shopId, referralId: referral.referralId },
    {
      jobKey: `reward-referral:${shopId}:${referral.referralId}`,
      runAt: rewardDueAt(args.occurredAt, settings.earn.holdDays),
    },
  );
}

/**
 * Locks the referral whose code the order used; null when the order has counted for a referral already, or
 * there is none.
 */
async function claimOpenReferral(
  tx: Tx,
  shopId: string,
  orderId: string,
  codes: string[],
): Promise<{ referralId: string; advocateId: string } | null> {
  const rows = await tx.query<{
    referralId: string;
    advocateId: string;
    status: string;
    orderId: string | null;
  }>(
    `select referral_id as "referralId", advocate_id as "advocateId", status, order_id as "orderId"
       from referral
      where shop_id = $1 and (order_id = $2 or code = any($3::text[]))
      order by created_at, referral_id
        for update`,
    [shopId, orderId, codes.map((code) => code.trim().toUpperCase())],
  );
  if (rows.some((row) => row.orderId === orderId)) return null;
  return rows.find((row) => row.status === "invited" || row.status === "requested") ?? null;
}
