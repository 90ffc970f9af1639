import type { Tx } from "#app/platform/db/database.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

/**
 * The friend's order was cancelled or fully refunded: what it earned the advocate is taken back, down to owing when it
 * has been spent (or borne by the shop, as the program says). An order that no referral names, or one that was reversed
 * before, changes nothing.
 */
export async function reverseReferral(
  tx: Tx,
  args: { shopId: string; orderId: string; now: Date; settings: Pick<ProgramSettings, "shortfall"> },
): Promise<{ outcome: "reversed" | "unchanged" }> {
  const { shopId, orderId } = args;
  const [referral] = await tx.query<{ referralId: string; advocateId: string; status: string }>(
    `select referral_id as "referralId", advocate_id as "advocateId", status
       from referral
      where shop_id = $1 and order_id = $2 and status in ('ordered', 'rewarded')
        for update`,
    [shopId, orderId],
  );
  if (!referral) return { outcome: "unchanged" };
  if (referral.status === "rewarded") await takeBack(tx, { ...args, ...referral });
  await tx.query(
    `update referral set status = 'reversed', reason = 'order_undone' where shop_id = $1 and referral_id = $2`,
    [shopId, referral.referralId],
  );
  return { outcome: "reversed" };
}

async function takeBack(
  tx: Tx,
  args: {
    shopId: string;
    referralId: string;
    advocateId: string;
    now: Date;
    settings: Pick<ProgramSettings, "shortfall">;
  },
): Promise<void> {
  const { shopId, referralId, advocateId, now } = args;
  const [reward] = await tx.query<{ seq: number; points: number }>(
    `select seq, points from points_transfer where shop_id = $1 and idempotency_key = $2`,
    [shopId, rewardKey(referralId)],
  );
  if (!reward) return;
  const result = await postTransfers(tx, {
    shopId,
    now,
    allowDebt: true,
    postings: [
      {
        memberId: advocateId,
        from: "available",
        to: "reversed",
        points: reward.points,
        reason: "referral_clawback",
        source: "referral",
        sourceId: referralId,
        idempotencyKey: `${rewardKey(referralId)}:reversed`,
        occurredAt: now,
        reversesSeq: reward.seq,
      },
    ],
  });
  const balance = result.outcome === "posted" ? (result.transfers.at(0)?.availableAfter ?? 0) : 0;
  const forgiven = args.settings.shortfall === "absorb" ? Math.min(reward.points, Math.max(0, -balance)) : 0;
  if (forgiven === 0) return;
  await postTransfers(tx, {
    shopId,
    now,
    postings: [
      {
        memberId: advocateId,
        from: "forgiven",
        to: "available",
        points: forgiven,
        reason: "forgive",
        source: "referral",
        sourceId: referralId,
        idempotencyKey: `${rewardKey(referralId)}:forgiven`,
        occurredAt: now,
      },
    ],
  });
}

/** The key the advocate's points were posted under; one referral pays once. */
export function rewardKey(referralId: string): string {
  return `referral:${referralId}`;
}
