import type { Database } from "#app/platform/db/database.server.ts";

const KEEP_PAYLOAD_DAYS = 7;
const KEEP_ROW_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * Payloads hold personal data: they go a week after they were settled, and the bare rows after a season; so
 * do the files that answered somebody's request for their data.
 * Shop by shop, since every query names its shop. What is still unsettled keeps its payload.
 */
export async function dropPayloads(db: Database, now: Date): Promise<{ dropped: number; deleted: number }> {
  const shops = await db.query<{ shop_id: string }>("select distinct shop_id from inbox_event");
  const total = { dropped: 0, deleted: 0 };
  for (const { shop_id: shopId } of shops) {
    const dropped = await db.query(
      `update inbox_event set payload = null
        where shop_id = $1 and payload is not null and status <> 'received' and settled_at < $2 returning 1`,
      [shopId, new Date(now.getTime() - KEEP_PAYLOAD_DAYS * DAY_MS)],
    );
    const deleted = await db.query(
      "delete from inbox_event where shop_id = $1 and status <> 'received' and settled_at < $2 returning 1",
      [shopId, new Date(now.getTime() - KEEP_ROW_DAYS * DAY_MS)],
    );
    await db.query("delete from privacy_export where shop_id = $1 and created_at < $2", [
      shopId,
      new Date(now.getTime() - KEEP_ROW_DAYS * DAY_MS),
    ]);
    total.dropped += dropped.length;
    total.deleted += deleted.length;
  }
  return total;
}
