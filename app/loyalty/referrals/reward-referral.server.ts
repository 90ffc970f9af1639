import type { Services } from "#app/services.server.ts";
import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { type LockedMember, lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { checkPartiesAtShopify } from "./check-parties-at-shopify.server.ts";
import { judgeFriend } from "./judge-friend.ts";
import { readFriendFacts } from "./read-friend-facts.server.ts";
import { reverseReferral, rewardKey } from "./reverse-referral.server.ts";
import { rewardDueAt } from "./reward-due-at.ts";

export interface RewardReferralResult {
  outcome: "rewarded" | "reversed" | "not_due" | "refused" | "review" | "unchanged";
}

interface OrderedReferral {
  status: string;
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
 * check is made again, since an earlier order of the friend may have come to light meanwhile. Takes the
 * points back when the order was undone after all. Once per referral, however often it runs.
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
    return services.db.transaction((tx) =>
      reverseReferral(tx, { shopId, referralId, settings, now: run.now }),
    );
  }
  const dueAt = rewardDueAt(referral.orderedAt, settings.earn.holdDays);
  if (dueAt > run.now) {
    const jobKey = `reward-referral:${shopId}:${referralId}`;
    await enqueue(services.db, "reward-referral", payload, { jobKey, runAt: dueAt });
    return { outcome: "not_due" };
  }
  // Settlement reverses the referral of an order that was undone; until it has, nothing is given for one that
  // does not stand.
  if (referral.orderOutcome !== "settled") return { outcome: "unchanged" };

  const facts = await readFriendFacts(services.db, {
    shopId,
    advocateId: referral.advocateId,
    orderId: referral.orderId,
    customerId: referral.friendCustomerId,
    memberId: referral.friendMemberId,
  });
  const refusal = judgeFriend(facts);
  if (refusal !== null) return conclude(services, payload, "refused", refusal);
  if (referral.advocateCustomerId === null) return conclude(services, payload, "refused", "advocate_gone");
  if (referral.friendCustomerId !== null) {
    const likeness = await checkPartiesAtShopify(services, {
      shopId,
      advocateCustomerId: referral.advocateCustomerId,
      friendCustomerId: referral.friendCustomerId,
    });
    if (likeness === "same_person") return conclude(services, payload, "refused", "self");
    if (likeness === "same_address") return conclude(services, payload, "review", "same_address");
  }
  return services.db.transaction((tx) =>
    reward(tx, { shopId, referralId, settings, timeZone: referral.timeZone, now: run.now }),
  );
}

async function readOrdered(
  q: Queryable,
  shopId: string,
  referralId: string,
): Promise<OrderedReferral | null> {
  const [row] = await q.query<OrderedReferral>(
    `select r.status, r.advocate_id as "advocateId", advocate.customer_id as "advocateCustomerId",
            r.friend_customer_id as "friendCustomerId", o.member_id as "friendMemberId", r.order_id as "orderId",
            r.ordered_at as "orderedAt", o.outcome as "orderOutcome", s.time_zone as "timeZone"
       from referral r
       join shop s on s.shop_id = r.shop_id and s.uninstalled_at is null
       join member advocate on advocate.shop_id = r.shop_id and advocate.member_id = r.advocate_id
       join order_state o on o.shop_id = r.shop_id and o.order_id = r.order_id
      where r.shop_id = $1 and r.referral_id = $2 and r.status = 'ordered'`,
    [shopId, referralId],
  );
  return row ?? null;
}

async function conclude(
  services: Services,
  payload: { shopId: string; referralId: string },
  status: "refused" | "review",
  reason: string,
): Promise<RewardReferralResult> {
  const rows = await services.db.query(
    `update referral set status = $3, reason = $4
      where shop_id = $1 and referral_id = $2 and status = 'ordered' returning referral_id`,
    [payload.shopId, payload.referralId, status, reason],
  );
  return { outcome: rows.length > 0 ? status : "unchanged" };
}

async function reward(
  tx: Tx,
  args: { shopId: string; referralId: string; settings: ProgramSettings; timeZone: string; now: Date },
): Promise<RewardReferralResult> {
  const { shopId, referralId, settings, timeZone, now } = args;
  // The order's row first, as settlement locks it: a cancellation at this moment comes wholly before or
  // wholly after.
  const [referral] = await tx.query<{ advocateId: string; orderId: string; friendMemberId: string | null }>(
    `select r.advocate_id as "advocateId", r.order_id as "orderId", o.member_id as "friendMemberId"
       from referral r join order_state o on o.shop_id = r.shop_id and o.order_id = r.order_id
      where r.shop_id = $1 and r.referral_id = $2 and r.status = 'ordered' and o.outcome = 'settled'
        for update of o, r`,
    [shopId, referralId],
  );
  if (!referral) return { outcome: "unchanged" };
  const { advocateId } = referral;
  const [advocate] = await lockMembers(tx, shopId, [advocateId]);
  const { status, reason } = judgeAdvocate(advocate, referral.friendMemberId);
  const points = settings.referral.advocatePoints;
  await tx.query(
    `update referral set status = $3, reason = $4, rewarded_at = $5 where shop_id = $1 and referral_id = $2`,
    [shopId, referralId, status, reason, status === "rewarded" ? now : null],
  );
  if (status !== "rewarded" || points === 0) return { outcome: status };
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

/** The two may have become one customer since Shopify was asked: nobody invites themselves. */
function judgeAdvocate(
  advocate: LockedMember | undefined,
  friendMemberId: string | null,
): { status: "rewarded" | "review" | "refused"; reason: string | null } {
  if (advocate && advocate.memberId === friendMemberId) return { status: "refused", reason: "self" };
  if (advocate?.state === "active") return { status: "rewarded", reason: null };
  if (advocate?.state === "blocked") return { status: "review", reason: "advocate_blocked" };
  return { status: "refused", reason: "advocate_gone" };
}
