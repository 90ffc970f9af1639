import type { Services } from "#app/services.server.ts";
import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { addDays, localDate, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";

export type ReinstateResult =
  | { outcome: "reinstated" | "replayed"; points: number; available: number }
  | { outcome: "too_late" | "not_expired" | "taken_back" | "no_such_member" };

/** What lapsed on this day or later may still be given back now. */
function reinstatableSince(now: Date, reinstateDays: number, timeZone: string): Date {
  return startOfLocalDay(addDays(localDate(now, timeZone), -reinstateDays), timeZone);
}

export interface Reinstating {
  shopId: string;
  memberId: string;
  /** The member's transfer that lapsed the points. */
  seq: number;
  actor: string;
  /** Why, in the words of the person: kept with the entry and in the audit log. */
  reason: string;
  now: Date;
}

/**
 * Gives back what lapsed with one transfer: expired → available, into a new lot of the same order that is dated as if it had
 * been earned now. What of it was taken back with its order or referral since stays taken. Only within the days the program
 * names, by a person who says why, with an audit entry; a second time changes nothing.
 */
export async function reinstateLot(
  services: Pick<Services, "db" | "newId">,
  args: Reinstating,
): Promise<ReinstateResult> {
  const eventId = services.newId();
  return services.db.transaction((tx) => reinstateInTransaction(tx, args, eventId));
}

interface Lapsed {
  /** What of it has not been taken back. */
  points: number;
  occurredAt: Date;
  timeZone: string;
  /** Whose lot it was. */
  orderId: string | null;
  /** How much of it was given back already. */
  given: number | null;
}

const LEFT_OF_LAPSE = `t.points - coalesce((
  select sum(case when back.from_account = 'expired' then back.points else -back.points end)
    from points_transfer back
   where back.shop_id = $1 and back.member_id = $2 and back.seq > t.seq and back.reverses_seq = t.seq
     and (back.from_account, back.to_account) in (('expired', 'reversed'), ('issued', 'expired'))), 0)`;

// What goes back to having lapsed because its order earns again belongs to the lapse it names, and is none of its own.
const LAPSED_SQL = `
select (${LEFT_OF_LAPSE})::bigint as points, t.occurred_at as "occurredAt", s.time_zone as "timeZone",
       (select l.order_id from lot_move moved
          join points_lot l on l.shop_id = $1 and l.member_id = $2 and l.lot_seq = moved.lot_seq
         where moved.shop_id = $1 and moved.member_id = $2 and moved.transfer_seq = $3) as "orderId",
       (select r.points from points_transfer r where r.shop_id = $1 and r.idempotency_key = $4) as given
  from points_transfer t join shop s on s.shop_id = t.shop_id
 where t.shop_id = $1 and t.member_id = $2 and t.seq = $3 and t.from_account = 'available' and t.to_account = 'expired'`;

async function reinstateInTransaction(tx: Tx, args: Reinstating, eventId: string): Promise<ReinstateResult> {
  const { shopId, memberId, seq, now, actor, reason } = args;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  if (!member || member.state === "erased" || member.state === "merged") return { outcome: "no_such_member" };
  const idempotencyKey = `reinstate:${memberId}:${seq}`;
  const [lapsed] = await tx.query<Lapsed>(LAPSED_SQL, [shopId, memberId, seq, idempotencyKey]);
  if (!lapsed) return { outcome: "not_expired" };
  const { points, timeZone, given, orderId } = lapsed;
  if (given !== null) return { outcome: "replayed", points: given, available: member.available };
  if (points <= 0) return { outcome: "taken_back" };
  const { settings } = await liveProgram(tx, shopId);
  const { reinstateDays, expiry } = settings;
  if (reinstateDays === 0 || lapsed.occurredAt < reinstatableSince(now, reinstateDays, timeZone)) {
    return { outcome: "too_late" };
  }
  await postTransfers(tx, {
    shopId,
    now,
    postings: [
      {
        memberId,
        from: "expired",
        to: "available",
        points,
        reason: "reinstate",
        source: "expiry",
        sourceId: String(seq),
        idempotencyKey,
        reversesSeq: seq,
        occurredAt: now,
        actor,
        note: reason,
        lot: { expiresAt: grantExpiresAt(expiry, now, timeZone), ...(orderId !== null && { orderId }) },
      },
    ],
  });
  const available = member.available + points;
  await recordAudit(tx, {
    shopId,
    eventId,
    at: now,
    actor,
    action: "points.reinstate",
    subject: `member:${memberId}`,
    before: { available: member.available },
    after: { available, points },
    reason,
  });
  return { outcome: "reinstated", points, available };
}

/** What a lapse could still give back. */
export interface Reinstatable {
  /** The member's transfer that lapsed the points. */
  seq: number;
  /** Less than lapsed where some was taken back since. */
  points: number;
}

/** What could be given back to the member now. Only reads. */
export async function readReinstatable(
  q: Queryable,
  args: { shopId: string; memberId: string; now: Date; timeZone: string; reinstateDays: number },
): Promise<Reinstatable[]> {
  const { shopId, memberId, now, timeZone, reinstateDays } = args;
  if (reinstateDays === 0) return [];
  return q.query<Reinstatable>(
    `select t.seq, (${LEFT_OF_LAPSE})::bigint as points from points_transfer t
      where t.shop_id = $1 and t.member_id = $2 and t.from_account = 'available' and t.to_account = 'expired'
        and t.occurred_at >= $3 and ${LEFT_OF_LAPSE} > 0
        and not exists (select from points_transfer r
                         where r.shop_id = $1 and r.idempotency_key = 'reinstate:' || $2 || ':' || t.seq)
      order by t.seq desc limit 200`,
    [shopId, memberId, reinstatableSince(now, reinstateDays, timeZone)],
  );
}
