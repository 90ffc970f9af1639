import type { Tx } from "#app/platform/db/database.server.ts";
import { addJobsSql } from "#app/platform/jobs/enqueue.server.ts";
import type { LotState, Plan } from "./plan-transfers.ts";

/**
 * Writes a plan in one statement, and queues the storefront projection of each member whose balance it changes. The
 * members are locked by whoever planned. What a plan has none of (most have no moves) is left out of the statement: an
 * empty part would cost as much as one with a row.
 */
export async function writePlan(tx: Tx, shopId: string, now: Date, plan: Plan): Promise<void> {
  const values: unknown[] = [shopId, now, JSON.stringify(plan.transfers.map(toTransferRow))];
  const active = lastActive(plan);
  values.push(
    JSON.stringify(plan.members.map((member) => toBalanceRow(member, active.get(member.memberId) ?? null))),
  );
  let parts = 0;
  for (const [index, rows] of [
    plan.newLots.map(toLotRow),
    plan.changedLots.map(toLotRow),
    plan.moves.map(toMoveRow),
  ].entries()) {
    if (rows.length === 0) continue;
    parts |= 1 << index;
    values.push(JSON.stringify(rows));
  }
  await tx.query(STATEMENTS[parts] ?? "", values);
}

/** When each member last did something by this plan: earned or bound points. It counts when that was, not when it is heard of. */
function lastActive(plan: Plan): Map<string, Date> {
  const active = new Map<string, Date>();
  for (const { posting } of plan.transfers) {
    if (posting.reason !== "earn" && posting.reason !== "redeem_hold") continue;
    const known = active.get(posting.memberId);
    if (!known || known < posting.occurredAt) active.set(posting.memberId, posting.occurredAt);
  }
  return active;
}

function toTransferRow({ posting, seq, availableAfter }: Plan["transfers"][number]): Record<string, unknown> {
  return {
    member_id: posting.memberId,
    seq,
    from_account: posting.from,
    to_account: posting.to,
    points: posting.points,
    reason: posting.reason,
    source: posting.source,
    source_id: posting.sourceId,
    idempotency_key: posting.idempotencyKey,
    reverses_seq: posting.reversesSeq ?? null,
    occurred_at: posting.occurredAt,
    actor: posting.actor ?? "system",
    note: posting.note ?? null,
    detail: posting.detail ?? {},
    available_after: availableAfter,
  };
}

function toBalanceRow(member: Plan["members"][number], activeAt: Date | null): Record<string, unknown> {
  return {
    member_id: member.memberId,
    available: member.available,
    pending: member.pending,
    held: member.held,
    lifetime: member.lifetime,
    last_seq: member.lastSeq,
    active_at: activeAt,
  };
}

function toLotRow({ memberId, lot }: { memberId: string; lot: LotState }): Record<string, unknown> {
  return {
    member_id: memberId,
    lot_seq: lot.lotSeq,
    granted: lot.granted,
    remaining: lot.remaining,
    state: lot.state,
    earned_at: lot.earnedAt,
    available_at: lot.availableAt,
    expires_at: lot.expiresAt,
    order_id: lot.orderId,
  };
}

function toMoveRow(move: Plan["moves"][number]): Record<string, unknown> {
  return {
    member_id: move.memberId,
    transfer_seq: move.transferSeq,
    lot_seq: move.lotSeq,
    points: move.points,
  };
}

/** The parts that not every plan has, each over a parameter of its own. */
const PARTS: ((rows: string) => string)[] = [
  (rows) => `new_lots as (
  insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id)
  select $1, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id
    from json_to_recordset(${rows}::json) as l(member_id uuid, lot_seq int, granted bigint, remaining bigint, state text,
      earned_at timestamptz, available_at timestamptz, expires_at timestamptz, order_id text)
)`,
  (rows) => `changed_lots as (
  update points_lot set remaining = l.remaining, state = l.state
    from json_to_recordset(${rows}::json) as l(member_id uuid, lot_seq int, remaining bigint, state text)
   where points_lot.shop_id = $1 and points_lot.member_id = l.member_id and points_lot.lot_seq = l.lot_seq
)`,
  (rows) => `moves as (
  insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
  select $1, member_id, transfer_seq, lot_seq, points
    from json_to_recordset(${rows}::json) as m(member_id uuid, transfer_seq int, lot_seq int, points bigint)
)`,
];

/** By the parts it has, as bits: one prepared statement each. */
const STATEMENTS = Array.from({ length: 1 << PARTS.length }, (_, bits) => {
  const parts = PARTS.filter((_part, index) => (bits & (1 << index)) !== 0);
  return statement(parts.map((part, index) => part(`$${5 + index}`)));
});

// Foreign keys are checked when the statement ends, so the order of its parts does not matter.
function statement(parts: readonly string[]): string {
  const transfers = `transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, reverses_seq, occurred_at, recorded_at, actor, note, detail, available_after)
  select $1, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, reverses_seq, occurred_at, $2, actor, note, detail, available_after
    from json_to_recordset($3::json) as t(member_id uuid, seq int, from_account text, to_account text, points bigint,
      reason text, source text, source_id text, idempotency_key text, reverses_seq int, occurred_at timestamptz,
      actor text, note text, detail jsonb, available_after bigint)
)`;
  const balances = `balances as (
  update member set available = b.available, pending = b.pending, held = b.held, lifetime = b.lifetime,
      last_seq = b.last_seq, revision = revision + 1,
      last_active_at = greatest(last_active_at, b.active_at)
    from json_to_recordset($4::json) as b(member_id uuid, available bigint, pending bigint, held bigint, lifetime bigint,
      last_seq int, active_at timestamptz)
   where member.shop_id = $1 and member.member_id = b.member_id
)`;
  const jobs = addJobsSql({
    task: "'project-member'",
    payload: `json_build_object('shopId', $1::text, 'memberId', member_id)`,
    jobKey: `'project:' || $1::text || ':' || member_id`,
    source: `json_to_recordset($4::json) as b(member_id uuid)`,
  });
  return `with ${[transfers, ...parts, balances].join(", ")} select 1 from ${jobs}`;
}
