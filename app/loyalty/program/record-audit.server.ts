import type { Tx } from "#app/platform/db/database.server.ts";

/** What somebody did by hand, or the app did on their behalf. Carries ids and figures, never names or addresses. */
export interface AuditEntry {
  shopId: string;
  eventId: string;
  at: Date;
  /** A staff member's Shopify user id, or `system`. */
  actor: string;
  /** noun.verb: `member.block`, `points.adjust`, `program.publish`. */
  action: string;
  /** kind:id of what it was done to. */
  subject: string;
  before?: unknown;
  after?: unknown;
  reason?: string;
}

/** Writes one audit entry in the transaction of the change itself. The same eventId twice is one entry. */
export async function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.query(
    `insert into audit_event (shop_id, event_id, at, actor, action, subject, before, after, reason)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9)
     on conflict do nothing`,
    [
      entry.shopId,
      entry.eventId,
      entry.at,
      entry.actor,
      entry.action,
      entry.subject,
      entry.before === undefined ? null : JSON.stringify(entry.before),
      entry.after === undefined ? null : JSON.stringify(entry.after),
      entry.reason ?? null,
    ],
  );
}

/** recordAudit for many entries of a shop in one statement; none for none. */
export async function recordAudits(
  tx: Tx,
  shopId: string,
  entries: readonly Omit<AuditEntry, "shopId">[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `insert into audit_event (shop_id, event_id, at, actor, action, subject, before, after, reason)
     select $1, e."eventId", e.at, e.actor, e.action, e.subject, e.before, e.after, e.reason
       from jsonb_to_recordset($2::jsonb) as e("eventId" uuid, at timestamptz, actor text, action text, subject text,
         before jsonb, after jsonb, reason text)
     on conflict do nothing`,
    [shopId, JSON.stringify(entries)],
  );
}
