import type { Tx } from "#app/platform/db/database.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { judgeFriend } from "./judge-friend.ts";
import { queueReward } from "./queue-reward.server.ts";
import { readFriendFacts } from "./read-friend-facts.server.ts";
import { undoReferral } from "./reverse-referral.server.ts";
import { rewardDueAt } from "./reward-due-at.ts";

/**
 * Ties a friend's first paid order to the referral whose code it used, and unties it when the order is
 * undone. The advocate's points follow in a job of their own once the order's hold is over; it is queued
 * again whenever the order is settled before that, since a job that met it unsettled has given up. Repeating
 * it changes nothing.
 *
 * @param args.paid the order earns: it is paid (or fulfilled, as the program asks), whatever was refunded of it
 *   since, and its source is not switched off
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
  const found = await findReferral(tx, shopId, orderId, args.codes);
  if (found.own?.status === "ordered") {
    const { referralId, orderedAt } = found.own;
    const dueAt = rewardDueAt(orderedAt ?? args.occurredAt, settings.earn.holdDays);
    await queueReward(tx, { shopId, referralId, runAt: dueAt });
  }
  const referral = found.open;
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
  const runAt = rewardDueAt(args.occurredAt, settings.earn.holdDays);
  await queueReward(tx, { shopId, referralId: referral.referralId, runAt });
}

interface ReferralRow {
  referralId: string;
  advocateId: string;
  status: string;
  orderId: string | null;
  orderedAt: Date | null;
}

/**
 * Locks the referrals an order concerns: `own`, the one it has counted for already, or else `open`, the one whose
 * code it used.
 */
async function findReferral(
  tx: Tx,
  shopId: string,
  orderId: string,
  codes: string[],
): Promise<{ own: ReferralRow | null; open: ReferralRow | null }> {
  const rows = await tx.query<ReferralRow>(
    `select referral_id as "referralId", advocate_id as "advocateId", status, order_id as "orderId",
            ordered_at as "orderedAt"
       from referral
      where shop_id = $1 and (order_id = $2 or code = any($3::text[]))
      order by created_at, referral_id
        for update`,
    [shopId, orderId, codes.map((code) => code.trim().toUpperCase())],
  );
  const own = rows.find((row) => row.orderId === orderId) ?? null;
  const open = rows.find((row) => row.status === "invited" || row.status === "requested") ?? null;
  return { own, open: own ? null : open };
}
