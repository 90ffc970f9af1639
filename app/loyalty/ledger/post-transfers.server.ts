/**
 * The only writer of points. Everything that moves a point goes through postTransfers, except the nightly sweeps over
 * whole shops (app/loyalty/nightly), which keep the same laws in one statement.
 */
import { InvariantViolation } from "#app/platform/errors.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueueAll } from "#app/platform/jobs/enqueue.server.ts";
import { type ExistingTransfer, lockAndLoad } from "./load-states.server.ts";
import type { LotState, Plan, Posting } from "./plan-transfers.ts";
import { planTransfers } from "./plan-transfers.ts";

export interface PostedTransfer {
  memberId: string;
  seq: number;
  points: number;
  availableAfter: number;
  /** It had been posted before; nothing was written now. */
  replayed: boolean;
}

export type PostResult =
  | { outcome: "posted"; transfers: PostedTransfer[] }
  | { outcome: "insufficient_points"; available: number };

/**
 * Posts all of the postings or none, in order, in the caller's transaction.
 *
 * Locks the members' rows (in id order, held until the transaction ends), plans purely, and writes every transfer, lot,
 * move and balance in one statement; then queues the storefront projection of each member. Idempotent: a posting whose
 * key exists is answered with the transfer that was written then.
 *
 * @param args.allowDebt lets available→reversed take a member below zero (owed); nothing else ever may
 * @throws InvariantViolation when a key is reused for another movement, or a posting breaks a law of the ledger
 */
export async function postTransfers(
  tx: Tx,
  args: { shopId: string; now: Date; postings: readonly Posting[]; allowDebt?: boolean },
): Promise<PostResult> {
  const { shopId, now, postings } = args;
  if (postings.length === 0) return { outcome: "posted", transfers: [] };
  const { existing, states } = await lockAndLoad(tx, shopId, postings);
  const fresh = postings.filter((posting) => !wasPosted(existing, posting));

  const planned = planTransfers(states, fresh, { allowDebt: args.allowDebt ?? false });
  if (planned.outcome === "insufficient_points") {
    return { outcome: "insufficient_points", available: planned.available };
  }
  if (fresh.length > 0) {
    await writePlan(tx, shopId, now, planned.plan);
    await enqueueAll(
      tx,
      "project-member",
      planned.plan.members.map(({ memberId }) => ({
        payload: { shopId, memberId },
        jobKey: `project:${shopId}:${memberId}`,
      })),
    );
  }
  const byKey = new Map(planned.plan.transfers.map((entry) => [entry.posting.idempotencyKey, entry]));
  return {
    outcome: "posted",
    transfers: postings.map((posting) => {
      const now = byKey.get(posting.idempotencyKey);
      const before = existing.get(posting.idempotencyKey);
      return {
        memberId: posting.memberId,
        seq: now?.seq ?? before?.seq ?? 0,
        points: posting.points,
        availableAfter: now?.availableAfter ?? before?.availableAfter ?? 0,
        replayed: now === undefined,
      };
    }),
  };
}

function wasPosted(existing: ReadonlyMap<string, ExistingTransfer>, posting: Posting): boolean {
  const before = existing.get(posting.idempotencyKey);
  if (!before) return false;
  const same =
    before.memberId === posting.memberId &&
    before.from === posting.from &&
    before.to === posting.to &&
    before.points === posting.points;
  if (!same) {
    throw new InvariantViolation("ledger_key_reused", {
      data: {
        idempotencyKey: posting.idempotencyKey,
        posted: before.points,
        asked: posting.points,
      },
    });
  }
  return true;
}

async function writePlan(tx: Tx, shopId: string, now: Date, plan: Plan): Promise<void> {
  const active = new Set(
    plan.transfers
      .filter(({ posting }) => posting.reason === "earn" || posting.reason === "redeem_hold")
      .map(({ posting }) => posting.memberId),
  );
  await tx.query(WRITE_SQL, [
    shopId,
    now,
    JSON.stringify(
      plan.transfers.map(({ posting, seq, availableAfter }) => ({
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
      })),
    ),
    JSON.stringify(plan.newLots.map(toLotRow)),
    JSON.stringify(plan.changedLots.map(toLotRow)),
    JSON.stringify(
      plan.moves.map((move) => ({
        member_id: move.memberId,
        transfer_seq: move.transferSeq,
        lot_seq: move.lotSeq,
        points: move.points,
      })),
    ),
    JSON.stringify(
      plan.members.map((member) => ({
        member_id: member.memberId,
        available: member.available,
        pending: member.pending,
        held: member.held,
        lifetime: member.lifetime,
        last_seq: member.lastSeq,
        active: active.has(member.memberId),
      })),
    ),
  ]);
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

// Foreign keys are checked when the statement ends, so the order of its parts does not matter.
const WRITE_SQL = `
with transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, reverses_seq, occurred_at, recorded_at, actor, note, detail, available_after)
  select $1, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, reverses_seq, occurred_at, $2, actor, note, detail, available_after
    from json_to_recordset($3::json) as t(member_id uuid, seq int, from_account text, to_account text, points bigint,
      reason text, source text, source_id text, idempotency_key text, reverses_seq int, occurred_at timestamptz,
      actor text, note text, detail jsonb, available_after bigint)
), new_lots as (
  insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id)
  select $1, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id
    from json_to_recordset($4::json) as l(member_id uuid, lot_seq int, granted bigint, remaining bigint, state text,
      earned_at timestamptz, available_at timestamptz, expires_at timestamptz, order_id text)
), changed_lots as (
  update points_lot set remaining = l.remaining, state = l.state
    from json_to_recordset($5::json) as l(member_id uuid, lot_seq int, remaining bigint, state text)
   where points_lot.shop_id = $1 and points_lot.member_id = l.member_id and points_lot.lot_seq = l.lot_seq
), moves as (
  insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
  select $1, member_id, transfer_seq, lot_seq, points
    from json_to_recordset($6::json) as m(member_id uuid, transfer_seq int, lot_seq int, points bigint)
)
update member set available = b.available, pending = b.pending, held = b.held, lifetime = b.lifetime,
    last_seq = b.last_seq, revision = revision + 1,
    last_active_at = case when b.active then $2 else last_active_at end
  from json_to_recordset($7::json) as b(member_id uuid, available bigint, pending bigint, held bigint, lifetime bigint,
    last_seq int, active boolean)
 where member.shop_id = $1 and member.member_id = b.member_id`;
