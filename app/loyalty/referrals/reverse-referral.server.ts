import type { Tx } from "#app/platform/db/database.server.ts";
import { lapsesOfGrant } from "#app/loyalty/ledger/lapses-of-grant.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { queueReward } from "./queue-reward.server.ts";

/** Why a referral that was rewarded is about to be reversed, and why one was. */
const ORDER_UNDONE = "order_undone";

/**
 * Notes that the friend's order was cancelled or fully refunded. A reward not yet given never will be; one
 * that was given is taken back by a job, so that settling the friend's order locks no other member. Repeating
 * it changes nothing.
 */
export async function undoReferral(tx: Tx, args: { shopId: string; orderId: string }): Promise<void> {
  const { shopId, orderId } = args;
  const [referral] = await tx.query<{ referralId: string; was: string }>(
    `with was as (
       select referral_id, status from referral
        where shop_id = $1 and order_id = $2 and status in ('ordered', 'review', 'rewarded')
          and reason is distinct from $3
          for update)
     update referral r
        set status = case when was.status = 'rewarded' then 'rewarded' else 'reversed' end, reason = $3
       from was
      where r.shop_id = $1 and r.referral_id = was.referral_id
      returning r.referral_id as "referralId", was.status as was`,
    [shopId, orderId, ORDER_UNDONE],
  );
  // One under review is shown to the advocate, and is no longer: that too is the job's.
  if (referral?.was !== "rewarded" && referral?.was !== "review") return;
  await queueReward(tx, { shopId, referralId: referral.referralId });
}

/**
 * Takes back what an undone order had earned the advocate. What of it had lapsed leaves the balance as it is; what has been
 * spent is owed, or borne by the shop, as the program says. Once per referral, however often it runs.
 */
export async function reverseReferral(
  tx: Tx,
  args: { shopId: string; referralId: string; now: Date; settings: Pick<ProgramSettings, "shortfall"> },
): Promise<{ outcome: "reversed" | "unchanged" }> {
  const { shopId, referralId } = args;
  const [referral] = await tx.query<{ advocateId: string }>(
    `update referral set status = 'reversed'
      where shop_id = $1 and referral_id = $2 and status = 'rewarded' and reason = $3
      returning advocate_id as "advocateId"`,
    [shopId, referralId, ORDER_UNDONE],
  );
  if (!referral) return { outcome: "unchanged" };
  await takeBack(tx, { ...args, advocateId: referral.advocateId });
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
  const [reward] = await tx.query<{ seq: number; memberId: string; points: number }>(
    `select seq, member_id as "memberId", points from points_transfer where shop_id = $1 and idempotency_key = $2`,
    [shopId, rewardKey(referralId)],
  );
  if (!reward) return;
  const base = {
    memberId: advocateId,
    source: "referral" as const,
    sourceId: referralId,
    occurredAt: now,
  };
  const key = `${rewardKey(referralId)}:reversed`;
  const back = { ...base, to: "reversed", reason: "referral_clawback" } as const;
  const lapses = await lapsesOfGrant(tx, { shopId, ...reward });
  const postings = lapses.map((lapse): Posting => ({
    ...back,
    from: "expired",
    points: lapse.points,
    idempotencyKey: `${key}:expired:${lapse.memberId}/${lapse.seq}`,
    detail: { lapse: `${lapse.memberId}/${lapse.seq}` },
    ...(lapse.memberId === advocateId && { reversesSeq: lapse.seq }),
  }));
  const points = lapses.reduce((left, lapse) => left - lapse.points, reward.points);
  if (points > 0) {
    postings.push({
      ...back,
      from: "available",
      points,
      idempotencyKey: key,
      ...(reward.memberId === advocateId && { reversesSeq: reward.seq }),
    });
  }
  const taken = await postTransfers(tx, { shopId, now, allowDebt: true, postings });
  const balance = taken.outcome === "posted" ? (taken.transfers.at(-1)?.availableAfter ?? 0) : 0;
  const forgiven = args.settings.shortfall === "absorb" ? Math.min(points, Math.max(0, -balance)) : 0;
  if (forgiven === 0) return;
  await postTransfers(tx, {
    shopId,
    now,
    postings: [
      {
        ...base,
        from: "forgiven",
        to: "available",
        points: forgiven,
        reason: "forgive",
        idempotencyKey: `${rewardKey(referralId)}:forgiven`,
      },
    ],
  });
}

/** The key the advocate's points were posted under; one referral pays once. */
export function rewardKey(referralId: string): string {
  return `referral:${referralId}`;
}
