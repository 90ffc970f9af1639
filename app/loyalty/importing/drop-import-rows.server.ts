import type { Queryable } from "#app/platform/db/database.server.ts";

const KEPT_DAYS = 30;

/** Forgets the lines of imports a month after they were read: addresses are not ours to keep. Counts stay in the audit log. */
export async function dropImportRows(q: Queryable, now: Date): Promise<{ dropped: number }> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const rows = await q.query(
    `delete from points_import_row as r using points_import as i
      where i.shop_id = r.shop_id and i.import_id = r.import_id and i.created_at < $1 and i.status <> 'applying'
      returning 1`,
    [before],
  );
  await q.query(
    `update points_import set status = 'cancelled'
      where (shop_id, import_id) in (
        select shop_id, import_id from points_import
         where created_at < $1 and status in ('reading', 'checking', 'checked'))`,
    [before],
  );
  return { dropped: rows.length };
}
