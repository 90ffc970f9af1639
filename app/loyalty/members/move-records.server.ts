import { TransactionConflict, type Tx } from "#app/platform/db/database.server.ts";
import type { LockedMember } from "#app/loyalty/ledger/lock-members.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { entryRewardCountsFrom } from "#app/loyalty/tiers/entry-again.ts";
import { doubleBonuses, type GivenBonus } from "./double-bonuses.ts";

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

interface Bonus extends GivenBonus {
  seq: number;
  /** What of it has not lapsed, wherever merges have moved it. */
  points: number;
}

/**
 * What both were given and a single member would have been given once: the merged member's is taken back, as far as it has
 * not lapsed and was not taken back by an earlier merge.
 *
 * @param args.goneIds the merged member and whoever was merged into them before
 */
export async function takeBackDoubleBonuses(
  tx: Tx,
  args: { shopId: string; now: Date; timeZone: string; goneIds: readonly string[]; keptId: string },
): Promise<void> {
  const { shopId, now, timeZone, goneIds, keptId } = args;
  const given = await tx.query<Bonus>(BONUSES_SQL, [shopId, keptId, goneIds]);
  const doubles = doubleBonuses(given, (at) => entryRewardCountsFrom(at, timeZone));
  const postings = doubles
    .filter(({ points }) => points > 0)
    .map(({ memberId, seq, sourceId, points }): Posting => ({
      memberId: keptId,
      from: "available",
      to: "reversed",
      points,
      reason: "clawback",
      source: "bonus",
      sourceId,
      idempotencyKey: `merge:${memberId}:bonus:${seq}`,
      occurredAt: now,
      detail: { cause: "merged" },
    }));
  await postTransfers(tx, { shopId, now, postings, allowDebt: true });
}

// A merge hands a lot on under a key that names it (plan-merge.ts), so it is followed to where it was when it lapsed. Merges
// used to take back all bonuses of a source at once, under its name.
const BONUSES_SQL = `
select given.member_id as "memberId", given.seq, given.source_id as "sourceId", given.occurred_at as "occurredAt",
       given.member_id = any($3::uuid[]) as gone, (given.points - lapsed.points)::bigint as points,
       exists (select from points_transfer taken
                where taken.shop_id = $1
                  and taken.idempotency_key in ('merge:' || given.member_id || ':bonus:' || given.seq,
                                                'merge:' || given.member_id || ':bonus:' || given.source_id)) as "takenBack"
  from points_transfer given
 cross join lateral (
   with recursive lots as (
     select given.member_id, given.seq as lot_seq
      union all
     select handed.member_id, handed.seq
       from lots
       join points_transfer handed on handed.shop_id = $1
        and handed.idempotency_key = 'merge:' || lots.member_id || ':' || lots.lot_seq || ':in'
   )
   select coalesce(sum(-moved.points), 0) as points
     from lots
     join lot_move moved on moved.shop_id = $1 and moved.member_id = lots.member_id and moved.lot_seq = lots.lot_seq
     join points_transfer lapse on lapse.shop_id = $1 and lapse.member_id = moved.member_id
      and lapse.seq = moved.transfer_seq and lapse.to_account = 'expired') as lapsed
 where given.shop_id = $1 and given.from_account = 'issued' and given.source = 'bonus'
   and given.member_id = any(array(
         select member_id from member where shop_id = $1 and (member_id = $2::uuid or merged_into = $2::uuid)))
 order by given.occurred_at, given.member_id, given.seq`;
