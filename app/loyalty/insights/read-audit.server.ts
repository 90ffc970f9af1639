import type { Queryable } from "#app/platform/db/database.server.ts";

/** What was done to one thing by hand. Only reads. */
export interface AuditLine {
  eventId: string;
  at: string;
  actor: string;
  action: string;
  before: unknown;
  after: unknown;
}

const SHOWN = 50;

/** Newest first. @param subject kind:id, as it was recorded */
export async function readAudit(q: Queryable, shopId: string, subject: string): Promise<AuditLine[]> {
  const rows = await q.query<Omit<AuditLine, "at"> & { at: Date }>(
    `select event_id as "eventId", at, actor, action, before, after
       from audit_event
      where shop_id = $1 and subject = $2
      order by at desc, event_id desc limit ${SHOWN}`,
    [shopId, subject],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
