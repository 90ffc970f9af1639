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
  | { outcome: "too_late" | "not_expired" | "no_such_member" };

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
 * Gives back what lapsed with one transfer: expired → available, into a new lot that is dated as if it had been earned
 * now. Only within the days the program names, by a person who says why, with an audit entry; a second time changes nothing.
 */
export async function reinstateLot(
  services: Pick<Services, "db" | "newId">,
  args: Reinstating,
): Promise<ReinstateResult> {
  const eventId = services.newId();
  return services.db.transaction((tx) => reinstateInTransaction(tx, args, eventId));
}

async function reinstateInTransaction(tx: Tx, args: Reinstating, eventId: string): Promise<ReinstateResult> {
  const { shopId, memberId, seq, now, actor, reason } = args;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  if (!member || member.state === "erased" || member.state === "merged") return { outcome: "no_such_member" };
  const idempotencyKey = `reinstate:${memberId}:${seq}`;
  const [lapsed] = await tx.query<{ points: number; occurredAt: Date; timeZone: string; given: boolean }>(
    `select t.points, t.occurred_at as "occurredAt", s.time_zone as "timeZone",
            exists (select from points_transfer r where r.shop_id = $1 and r.idempotency_key = $4) as given
       from points_transfer t join shop s on s.shop_id = t.shop_id
      where t.shop_id = $1 and t.member_id = $2 and t.seq = $3 and t.to_account = 'expired'`,
    [shopId, memberId, seq, idempotencyKey],
  );
  if (!lapsed) return { outcome: "not_expired" };
  const { points, timeZone } = lapsed;
  if (lapsed.given) return { outcome: "replayed", points, available: member.available };
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
        lot: { expiresAt: grantExpiresAt(expiry, now, timeZone) },
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
    `select t.seq, t.points from points_transfer t
      where t.shop_id = $1 and t.member_id = $2 and t.to_account = 'expired' and t.occurred_at >= $3
        and not exists (select from points_transfer r
                         where r.shop_id = $1 and r.idempotency_key = 'reinstate:' || $2 || ':' || t.seq)
      order by t.seq desc limit 200`,
    [shopId, memberId, reinstatableSince(now, reinstateDays, timeZone)],
  );
}
