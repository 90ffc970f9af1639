import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { showAdvocate } from "./show-advocate.server.ts";

/** Claims one network may make in a day before more are refused. */
export const CLAIMS_PER_NETWORK_PER_DAY = 5;
const DAY_MS = 86_400_000;
const JOB_DELAY_MS = 30_000;

export interface Claim {
  referralId: string;
  code: string;
  status: string;
}

export async function findAdvocate(
  q: Queryable,
  shopId: string,
  referralCode: string,
): Promise<{ memberId: string; customerId: string } | null> {
  const [row] = await q.query<{ memberId: string; customerId: string }>(
    `select m.member_id as "memberId", m.customer_id as "customerId"
       from member named
       join member m on m.shop_id = $1 and m.member_id = coalesce(named.merged_into, named.member_id)
      where named.shop_id = $1 and named.referral_code = $2 and m.state = 'active' and m.customer_id is not null`,
    [shopId, referralCode],
  );
  return row ?? null;
}

export async function findClaim(
  q: Queryable,
  shopId: string,
  friendEmailHash: string,
): Promise<Claim | null> {
  const [row] = await q.query<Claim>(
    `select referral_id as "referralId", code, status from referral where shop_id = $1 and friend_email_hash = $2`,
    [shopId, friendEmailHash],
  );
  return row ?? null;
}

export async function isTooMany(
  q: Queryable,
  args: { shopId: string; ipPrefixHash: string | null; now: Date },
): Promise<boolean> {
  if (args.ipPrefixHash === null) return false;
  const [row] = await q.query<{ claims: number }>(
    `select count(*)::int as claims from referral
      where shop_id = $1 and ip_prefix_hash = $2 and created_at > $3`,
    [args.shopId, args.ipPrefixHash, new Date(args.now.getTime() - DAY_MS)],
  );
  return (row?.claims ?? 0) >= CLAIMS_PER_NETWORK_PER_DAY;
}

export async function hasGuestOrders(
  q: Queryable,
  shopId: string,
  friendEmailHash: string,
): Promise<boolean> {
  const rows = await q.query(
    `select 1 from order_state where shop_id = $1 and email_hash = $2 and outcome <> 'test' limit 1`,
    [shopId, friendEmailHash],
  );
  return rows.length > 0;
}

export async function insertClaim(
  tx: Tx,
  args: {
    shopId: string;
    referralId: string;
    advocateId: string;
    friendEmailHash: string;
    code: string;
    ipPrefixHash: string | null;
    now: Date;
  },
): Promise<"kept" | "taken" | "too_many"> {
  const { shopId, referralId, advocateId, ipPrefixHash, now } = args;
  if (ipPrefixHash !== null) {
    // Claims of one network are counted one after the other, so that a burst cannot slip past the limit.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 1))`, [
      shopId,
      ipPrefixHash,
    ]);
    if (await isTooMany(tx, { shopId, ipPrefixHash, now })) return "too_many";
  }
  const rows = await tx.query(
    `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, ip_prefix_hash, created_at)
     values ($1, $2, $3, $4, $5, 'requested', $6, $7)
     on conflict do nothing returning referral_id`,
    [shopId, referralId, advocateId, args.friendEmailHash, args.code, ipPrefixHash, now],
  );
  if (rows.length === 0) return "taken";
  await showAdvocate(tx, shopId, advocateId);
  await enqueue(
    tx,
    "fulfil-referral",
    { shopId, referralId },
    { jobKey: `fulfil-referral:${shopId}:${referralId}`, runAt: new Date(now.getTime() + JOB_DELAY_MS) },
  );
  return "kept";
}
