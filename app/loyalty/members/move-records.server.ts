import { TransactionConflict, type Tx } from "#app/platform/db/database.server.ts";
import type { LockedMember } from "#app/loyalty/ledger/lock-members.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";

/** The orders of a customer that a merge moves, locked. */
export interface Moving {
  orderIds: string[];
}

/** Locks the orders and the referrals of a customer, in the order in which settlement takes them: before any member. */
export async function lockWhatMoves(
  tx: Tx,
  { shopId, customerId }: { shopId: string; customerId: string },
): Promise<Moving> {
  const orders = await tx.query<{ orderId: string }>(
    `select order_id as "orderId" from order_state
      where shop_id = $1
        and (customer_id = $2 or member_id = (select member_id from member where shop_id = $1 and customer_id = $2))
      order by order_id for update`,
    [shopId, customerId],
  );
  await tx.query(
    `select 1 from referral
      where shop_id = $1
        and (friend_customer_id = $2
             or advocate_id = (select member_id from member where shop_id = $1 and customer_id = $2))
      order by created_at, referral_id for update`,
    [shopId, customerId],
  );
  return { orderIds: orders.map(({ orderId }) => orderId) };
}

/** Gives orders, codes and referrals of the merged member to the kept one. */
export async function moveRecords(
  tx: Tx,
  args: { shopId: string; moving: Moving; gone: LockedMember; kept: LockedMember },
): Promise<void> {
  const { shopId, moving, gone, kept } = args;
  const [late] = await tx.query(
    `select 1 from order_state
      where shop_id = $1 and (customer_id = $2 or member_id = $3) and order_id <> all($4::text[]) limit 1`,
    [shopId, gone.customerId, gone.memberId, moving.orderIds],
  );
  // Settled between our look and our lock: from the start again.
  if (late) throw new TransactionConflict("an order came in between");
  await tx.query(
    `update order_state
        set customer_id = $4, member_id = case when member_id = $3 then $5::uuid else member_id end
      where shop_id = $1 and order_id = any($2::text[])`,
    [shopId, moving.orderIds, gone.memberId, kept.customerId, kept.memberId],
  );
  // A cap per member counts both from now on.
  await tx.query(`update campaign_award set member_id = $3 where shop_id = $1 and member_id = $2`, [
    shopId,
    gone.memberId,
    kept.memberId,
  ]);
  await tx.query(
    `update redemption as moved
        set member_id = $3,
            idempotency_key = case when exists (
                select 1 from redemption theirs
                 where theirs.shop_id = $1 and theirs.member_id = $3 and theirs.idempotency_key = moved.idempotency_key)
              then 'merged:' || moved.redemption_id else moved.idempotency_key end
      where moved.shop_id = $1 and moved.member_id = $2`,
    [shopId, gone.memberId, kept.memberId],
  );
  await tx.query(`update referral set advocate_id = $3 where shop_id = $1 and advocate_id = $2`, [
    shopId,
    gone.memberId,
    kept.memberId,
  ]);
  await tx.query(
    `update referral set friend_customer_id = $3 where shop_id = $1 and friend_customer_id = $2`,
    [shopId, gone.customerId, kept.customerId],
  );
}

/**
 * A bonus that is given once in a lifetime was given to both: the merged member's is taken back, as far as it has not lapsed
 * and was not taken back by an earlier merge. Bonuses are alike when their sourceIds are, but for the member they name.
 *
 * @param args.goneIds the merged member and whoever was merged into them before
 */
export async function takeBackDoubleBonuses(
  tx: Tx,
  args: { shopId: string; now: Date; goneIds: readonly string[]; keptId: string },
): Promise<void> {
  const { shopId, now, goneIds, keptId } = args;
  const doubles = await tx.query<{ memberId: string; sourceId: string; points: number }>(
    `select theirs.member_id as "memberId", theirs.source_id as "sourceId", sum(theirs.points - lapsed.points)::bigint as points
       from points_transfer theirs
      cross join lateral (
        select coalesce(sum(-moved.points), 0) as points
          from lot_move moved
          join points_transfer lapse on lapse.shop_id = $1 and lapse.member_id = moved.member_id
           and lapse.seq = moved.transfer_seq and lapse.to_account = 'expired'
         where moved.shop_id = $1 and moved.member_id = theirs.member_id and moved.lot_seq = theirs.seq) as lapsed
      where theirs.shop_id = $1 and theirs.member_id = any($2::uuid[]) and theirs.from_account = 'issued'
        and theirs.source = 'bonus'
        and not exists (select from points_transfer taken
                         where taken.shop_id = $1 and taken.source = 'bonus' and taken.source_id = theirs.source_id
                           and taken.to_account = 'reversed')
        and exists (select 1 from points_transfer ours
                      left join member m on m.shop_id = ours.shop_id and m.member_id = ours.member_id
                     where ours.shop_id = $1
                       and (ours.member_id = $3::uuid or m.merged_into = $3::uuid and ours.member_id <> all($2::uuid[]))
                       and ours.from_account = 'issued' and ours.source = 'bonus'
                       and replace(ours.source_id, ours.member_id::text, '') = replace(theirs.source_id, theirs.member_id::text, ''))
      group by theirs.member_id, theirs.source_id
     having sum(theirs.points - lapsed.points) > 0
      order by theirs.source_id`,
    [shopId, goneIds, keptId],
  );
  const postings = doubles.map(({ memberId, sourceId, points }): Posting => ({
    memberId: keptId,
    from: "available",
    to: "reversed",
    points,
    reason: "clawback",
    source: "bonus",
    sourceId,
    idempotencyKey: `merge:${memberId}:bonus:${sourceId}`,
    occurredAt: now,
    detail: { cause: "merged" },
  }));
  await postTransfers(tx, { shopId, now, postings, allowDebt: true });
}
