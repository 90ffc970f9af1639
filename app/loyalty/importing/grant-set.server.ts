import type { Tx } from "#app/platform/db/database.server.ts";
import { LOWEST_TIER } from "#app/loyalty/members/lowest-tier.ts";
import type { TransferReason, TransferSource } from "#app/loyalty/ledger/accounts.ts";

/** What every transfer of a set says. */
export interface GrantFacts {
  shopId: string;
  now: Date;
  expiresAt: Date | null;
  reason: TransferReason;
  source: TransferSource;
  sourceId: string;
  actor: string;
  /** Where a row has none of its own. */
  note: string;
}

/**
 * Adds points to many members in one statement, one transfer and one lot each, as postTransfers would: what a member
 * owes is paid first. The caller has locked the members, names each once, and knows that no key has been used.
 */
export async function grantInOneStatement(
  tx: Tx,
  facts: GrantFacts,
  rows: readonly { memberId: string; points: number; key: string; note: string | null }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(GRANT_SQL, [
    ...valuesOf(facts),
    rows.map(({ memberId }) => memberId),
    rows.map(({ points }) => points),
    rows.map(({ key }) => key),
    rows.map(({ note }) => note),
  ]);
}

/**
 * Makes members with their first points in one statement: each row is written once. Who is there already, or whose
 * referral code is taken, is passed over. The caller names each customer once, in one order, so that two sets at once
 * do not wait for each other in a circle.
 *
 * @param keyPrefix what the transfers' keys begin with; the member's id follows
 * @returns the customers whose members were made
 */
export async function grantToNewMembers(
  tx: Tx,
  facts: GrantFacts,
  keyPrefix: string,
  rows: readonly {
    customerId: string;
    memberId: string;
    referralCode: string;
    points: number;
    note: string | null;
  }[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const made = await tx.query<{ customerId: string }>(NEW_MEMBERS_SQL, [
    ...valuesOf(facts),
    rows.map(({ memberId }) => memberId),
    rows.map(({ points }) => points),
    rows.map(({ customerId }) => customerId),
    rows.map(({ referralCode }) => referralCode),
    keyPrefix,
    rows.map(({ note }) => note),
  ]);
  return new Set(made.map(({ customerId }) => customerId));
}

function valuesOf(facts: GrantFacts): unknown[] {
  const { shopId, now, expiresAt, reason, source, sourceId, actor, note } = facts;
  return [shopId, now, expiresAt, reason, source, sourceId, actor, note];
}

const GRANT_SQL = `
with planned as (
  select m.member_id, r.points, r.key, coalesce(r.note, $8) as note, (m.last_seq + 1)::int as seq, m.available + r.points as after,
         least(r.points, greatest(0, -m.available)) as debt_paid
    from unnest($9::uuid[], $10::bigint[], $11::text[], $12::text[]) as r(member_id, points, key, note)
    join member m on m.shop_id = $1 and m.member_id = r.member_id
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, note, detail, available_after)
  select $1, member_id, seq, 'adjusted', 'available', points, $4, $5, $6, key, $2, $2, $7, note, '{}', after from planned
), lots as (
  insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at)
  select $1, member_id, seq, points, points - debt_paid, 'available', $2, $2, $3 from planned
), moves as (
  insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
  select $1, member_id, seq, seq, -debt_paid from planned where debt_paid > 0
)
update member set available = p.after, last_seq = p.seq, revision = member.revision + 1
  from planned p
 where member.shop_id = $1 and member.member_id = p.member_id`;

// Nothing is owed by somebody new, so the whole lot is there to spend.
const NEW_MEMBERS_SQL = `
with made as (
  insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id, tier_since, available, last_seq, revision)
  select $1, r.member_id, r.customer_id, $2::timestamptz, r.referral_code, start.tier_id,
         case when start.tier_id is null then null else $2::timestamptz end, r.points, 1, 2
    from unnest($9::uuid[], $10::bigint[], $11::text[], $12::text[]) as r(member_id, points, customer_id, referral_code),
         ${LOWEST_TIER} as start
  on conflict do nothing
  returning member_id, customer_id, available
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, note, detail, available_after)
  select $1, member_id, 1, 'adjusted', 'available', available, $4, $5, $6, $13::text || member_id, $2, $2, $7, coalesce(r.note, $8), '{}', available
    from made join unnest($9::uuid[], $14::text[]) as r(id, note) on r.id = member_id
), lots as (
  insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at)
  select $1, member_id, 1, available, available, 'available', $2, $2, $3 from made
)
select customer_id as "customerId" from made`;
