import type { Tx } from "#app/platform/db/database.server.ts";
import type { TransferReason, TransferSource } from "#app/loyalty/ledger/accounts.ts";

/**
 * Adds points to many members in one statement, one transfer and one lot each, as postTransfers would: what a member
 * owes is paid first. The caller has locked the members, names each once, and knows that no key has been used.
 */
export async function grantInOneStatement(
  tx: Tx,
  args: {
    shopId: string;
    now: Date;
    expiresAt: Date | null;
    reason: TransferReason;
    source: TransferSource;
    sourceId: string;
    actor: string;
    note: string;
    rows: readonly { memberId: string; points: number; key: string }[];
  },
): Promise<void> {
  if (args.rows.length === 0) return;
  await tx.query(GRANT_SQL, [
    args.shopId,
    args.now,
    args.expiresAt,
    args.reason,
    args.source,
    args.sourceId,
    args.actor,
    args.note,
    args.rows.map(({ memberId }) => memberId),
    args.rows.map(({ points }) => points),
    args.rows.map(({ key }) => key),
  ]);
}

const GRANT_SQL = `
with planned as (
  select m.member_id, r.points, r.key, (m.last_seq + 1)::int as seq, m.available + r.points as after,
         least(r.points, greatest(0, -m.available)) as debt_paid
    from unnest($9::uuid[], $10::bigint[], $11::text[]) as r(member_id, points, key)
    join member m on m.shop_id = $1 and m.member_id = r.member_id
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, note, detail, available_after)
  select $1, member_id, seq, 'adjusted', 'available', points, $4, $5, $6, key, $2, $2, $7, $8, '{}', after from planned
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
