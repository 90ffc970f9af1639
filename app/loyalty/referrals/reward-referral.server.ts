import type { Services } from "#app/services.server.ts";
import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { checkPartiesAtShopify } from "./check-parties-at-shopify.server.ts";
import { isOverMonthlyLimit } from "./count-rewards.server.ts";
import { judgeAdvocate } from "./judge-advocate.ts";
import { judgeFriend } from "./judge-friend.ts";
import { queueReward } from "./queue-reward.server.ts";
import { readFriendFacts } from "./read-friend-facts.server.ts";
import { APPROVED } from "./referral-reasons.ts";
import { showAdvocate, showReversed } from "./show-advocate.server.ts";
import { reverseReferral, rewardKey } from "./reverse-referral.server.ts";
import { rewardDueAt } from "./reward-due-at.ts";

export interface RewardReferralResult {
  outcome: "rewarded" | "reversed" | "not_due" | "refused" | "review" | "unchanged";
}

interface OrderedReferral {
  approved: boolean;
  advocateId: string;
  advocateCustomerId: string | null;
  friendCustomerId: string | null;
  friendMemberId: string | null;
  orderId: string;
  orderedAt: Date;
  orderOutcome: string;
  timeZone: string;
}

/**
 * Gives the advocate their points once the friend's first order is past its hold and still stands. Every
 * check is made again, since an earlier order of the friend may have come to light meanwhile; what the
 * merchant has decided is not judged once more. Takes the points back when the order was undone after all.
 * Once per referral, however often it runs.
 *
 * @throws UpstreamUnavailable when Shopify does not answer: the reward waits
 */
export async function rewardReferral(
  services: Services,
  payload: { shopId: string; referralId: string },
  run: { now: Date },
): Promise<RewardReferralResult> {
  const { shopId, referralId } = payload;
  const { settings } = await liveProgram(services.db, shopId);
  const referral = await readOrdered(services.db, shopId, referralId);
  if (!referral) {
    return services.db.transaction(async (tx) => {
      const result = await reverseReferral(tx, { shopId, referralId, settings, now: run.now });
      if (result.outcome === "unchanged") await showReversed(tx, shopId, referralId);
      return result;
    });
  }
  const dueAt = rewardDueAt(referral.orderedAt, settings.earn.holdDays);
  if (dueAt > run.now) {
    await queueReward(services.db, { shopId, referralId, runAt: dueAt });
    return { outcome: "not_due" };
  }
  // Settlement reverses the referral of an order that was undone; until it has, nothing is given for one that
  // does not stand. When it stands again, settling it queues this again.
  if (referral.orderOutcome !== "settled") return { outcome: "unchanged" };
  if (!referral.approved) {
    const verdict = await judgeParties(services, { shopId, referral });
    if (verdict) return conclude(services, payload, verdict);
  }
  return services.db.transaction((tx) =>
    reward(tx, { shopId, referralId, settings, timeZone: referral.timeZone, now: run.now }),
  );
}

type Verdict = { status: "refused" | "review"; reason: string };

/** Why these two earn nothing, or not without the merchant; null when they do. */
async function judgeParties(
  services: Services,
  { shopId, referral }: { shopId: string; referral: OrderedReferral },
): Promise<Verdict | null> {
  const facts = await readFriendFacts(services.db, {
    shopId,
    advocateId: referral.advocateId,
    orderId: referral.orderId,
    customerId: referral.friendCustomerId,
    memberId: referral.friendMemberId,
  });
  const refusal = judgeFriend(facts);
  if (refusal !== null) return { status: "refused", reason: refusal };
  const { advocateCustomerId, friendCustomerId } = referral;
  if (advocateCustomerId === null) return { status: "refused", reason: "advocate_gone" };
  if (friendCustomerId === null) return null;
  const parties = { shopId, advocateCustomerId, friendCustomerId };
  switch (await checkPartiesAtShopify(services, parties)) {
    case "same_person":
      return { status: "refused", reason: "self" };
    case "same_address":
      return { status: "review", reason: "same_address" };
    case "different":
      return null;
  }
}

async function readOrdered(
  q: Queryable,
  shopId: string,
  referralId: string,
): Promise<OrderedReferral | null> {
  const [row] = await q.query<OrderedReferral>(
    `select coalesce(r.reason = $3, false) as approved, r.advocate_id as "advocateId",
            advocate.customer_id as "advocateCustomerId", r.friend_customer_id as "friendCustomerId", o.member_id as "friendMemberId", r.order_id as "orderId",
            r.ordered_at as "orderedAt", o.outcome as "orderOutcome", s.time_zone as "timeZone"
       from referral r
       join shop s on s.shop_id = r.shop_id and s.uninstalled_at is null
       join member advocate on advocate.shop_id = r.shop_id and advocate.member_id = r.advocate_id
       join order_state o on o.shop_id = r.shop_id and o.order_id = r.order_id
      where r.shop_id = $1 and r.referral_id = $2 and r.status = 'ordered'`,
    [shopId, referralId, APPROVED],
  );
  return row ?? null;
}

async function conclude(
  services: Services,
  payload: { shopId: string; referralId: string },
  { status, reason }: Verdict,
): Promise<RewardReferralResult> {
  // The merchant may have decided while Shopify was asked; then that holds.
  return services.db.transaction(async (tx) => {
    const [referral] = await tx.query<{ advocateId: string }>(
      `update referral set status = $3, reason = $4
        where shop_id = $1 and referral_id = $2 and status = 'ordered' and reason is distinct from $5
        returning advocate_id as "advocateId"`,
      [payload.shopId, payload.referralId, status, reason, APPROVED],
    );
    if (!referral) return { outcome: "unchanged" };
    await showAdvocate(tx, payload.shopId, referral.advocateId);
    return { outcome: status };
  });
}

async function reward(
  tx: Tx,
  args: { shopId: string; referralId: string; settings: ProgramSettings; timeZone: string; now: Date },
): Promise<RewardReferralResult> {
  const { shopId, referralId, settings, timeZone, now } = args;
  // The order's row first, as settlement locks it: a cancellation at this moment comes wholly before or
  // wholly after.
  const [referral] = await tx.query<{
    advocateId: string;
    friendMemberId: string | null;
    approved: boolean;
  }>(
    `select r.advocate_id as "advocateId", o.member_id as "friendMemberId",
            coalesce(r.reason = $3, false) as approved
       from referral r join order_state o on o.shop_id = r.shop_id and o.order_id = r.order_id
      where r.shop_id = $1 and r.referral_id = $2 and r.status = 'ordered' and o.outcome = 'settled'
        for update of o, r`,
    [shopId, referralId, APPROVED],
  );
  if (!referral) return { outcome: "unchanged" };
  const { advocateId } = referral;
  const [advocate] = await lockMembers(tx, shopId, [advocateId]);
  const points = settings.referral.advocatePoints;
  // Counted while the advocate is locked, so that two rewards at once are counted one after the other.
  const overLimit = await isOverMonthlyLimit(tx, { ...args, advocateId });
  const { status, reason } = judgeAdvocate({ advocate, ...referral, overLimit });
  await tx.query(
    `update referral set status = $3, reason = $4, rewarded_at = $5 where shop_id = $1 and referral_id = $2`,
    [shopId, referralId, status, reason, status === "rewarded" ? now : null],
  );
  if (status !== "rewarded" || points === 0) {
    await showAdvocate(tx, shopId, advocateId);
    return { outcome: status };
  }
  await postTransfers(tx, {
    shopId,
    now,
    postings: [
      {
        memberId: advocateId,
        from: "issued",
        to: "available",
        points,
        reason: "referral",
        source: "referral",
        sourceId: referralId,
        idempotencyKey: rewardKey(referralId),
        occurredAt: now,
        lot: { expiresAt: grantExpiresAt(settings.expiry, now, timeZone) },
      },
    ],
  });
  return { outcome: "rewarded" };
}
