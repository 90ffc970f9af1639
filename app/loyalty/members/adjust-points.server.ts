import type { Services } from "#app/services.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { grantExpiresAt } from "./grant-expiry.ts";
import { type AdjustmentError, parseAdjustment } from "./parse-adjustment.ts";

export interface AdjustArgs {
  shopId: string;
  memberId: string;
  /** Above zero adds, below zero takes. */
  points: number;
  reason: string;
  /** The staff member's Shopify user id. */
  actor: string;
  /** One per intent, made by the form: sending it twice adjusts once. */
  idempotencyKey: string;
  now: Date;
}

export type AdjustResult =
  | { outcome: "adjusted" | "replayed"; available: number }
  | { outcome: "invalid"; errors: { points?: AdjustmentError; reason?: AdjustmentError } }
  | { outcome: "insufficient_points"; available: number }
  | { outcome: "key_reused" }
  | { outcome: "no_such_member" };

/**
 * Adds or takes points by hand, with a reason and an audit entry. Never takes more than there is to spend.
 */
export async function adjustPoints(
  services: Pick<Services, "db" | "newId">,
  args: AdjustArgs,
): Promise<AdjustResult> {
  const parsed = parseAdjustment(args);
  if (!parsed.ok) return { outcome: "invalid", errors: parsed.errors };
  const eventId = services.newId();
  return services.db.transaction((tx) => adjustInTransaction(tx, { ...args, ...parsed, eventId }));
}

async function adjustInTransaction(tx: Tx, args: AdjustArgs & { eventId: string }): Promise<AdjustResult> {
  const { shopId, memberId, points, now } = args;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  if (!member || member.state === "erased" || member.state === "merged") return { outcome: "no_such_member" };

  const idempotencyKey = `adjust:${memberId}:${args.idempotencyKey}`;
  const [before] = await tx.query<{ points: number; note: string | null }>(
    `select case when to_account = 'available' then points else -points end as points, note
       from points_transfer where shop_id = $1 and idempotency_key = $2`,
    [shopId, idempotencyKey],
  );
  if (before) {
    const same = before.points === points && before.note === args.reason;
    return same ? { outcome: "replayed", available: member.available } : { outcome: "key_reused" };
  }
  const result = await postTransfers(tx, {
    shopId,
    now,
    postings: [await postingOf(tx, args, idempotencyKey)],
  });
  if (result.outcome === "insufficient_points") return result;
  const available = result.transfers.at(0)?.availableAfter ?? member.available;
  await recordAudit(tx, {
    shopId,
    eventId: args.eventId,
    at: now,
    actor: args.actor,
    action: "points.adjust",
    subject: `member:${memberId}`,
    before: { available: member.available },
    after: { available, points },
    reason: args.reason,
  });
  return { outcome: "adjusted", available };
}

async function postingOf(tx: Tx, args: AdjustArgs, idempotencyKey: string): Promise<Posting> {
  const { shopId, memberId, points, reason, actor, now } = args;
  const base = {
    memberId,
    points: Math.abs(points),
    reason: "adjust" as const,
    source: "admin" as const,
    sourceId: args.idempotencyKey,
    idempotencyKey,
    occurredAt: now,
    actor,
    note: reason,
  };
  if (points < 0) return { ...base, from: "available", to: "adjusted" };
  const [shop] = await tx.query<{ timeZone: string }>(
    `select time_zone as "timeZone" from shop where shop_id = $1`,
    [shopId],
  );
  const { settings } = await liveProgram(tx, shopId);
  const expiresAt = grantExpiresAt(settings.expiry, now, shop?.timeZone ?? "UTC");
  return { ...base, from: "adjusted", to: "available", lot: { expiresAt } };
}
