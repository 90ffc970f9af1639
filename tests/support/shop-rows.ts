import type { Database } from "#app/platform/db/database.server.ts";

/** Every row of every table of a shop as text. */
export async function rowsOf(db: Database, shopId: string): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'shop_id' order by 1`,
  );
  const parts = [];
  for (const { name } of tables) {
    parts.push(
      name,
      JSON.stringify(
        await db.query(`select to_jsonb(t) as row from ${name} t where shop_id = $1 order by 1::text`, [
          shopId,
        ]),
      ),
    );
  }
  return parts.join("\n");
}
