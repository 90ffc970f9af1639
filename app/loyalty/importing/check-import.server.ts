import type { Database, Tx } from "#app/platform/db/database.server.ts";
import { lockImport } from "./points-import.server.ts";
import type { ContactKind } from "./read-import-row.ts";
import { type Contact, contactKey, type ResolveContacts } from "./resolve-contacts.server.ts";

const ROWS_PER_STEP = 1_000;

/**
 * One step of the dry run: looks up whom the next lines are about. When none is left, lines about the same customer are
 * refused but for the first, and the import waits for somebody to say yes. Repeatable; a crash loses one step's answers.
 *
 * @param args.after the line to go on behind: what is done is not looked at again
 * @returns where the next step goes on; null when there is none
 */
export async function checkStep(
  db: Database,
  resolve: ResolveContacts,
  { shopId, importId, after }: { shopId: string; importId: string; after: number },
): Promise<number | null> {
  const rows = await db.query<{ line: number; kind: ContactKind; value: string }>(
    `select line, contact_kind as kind, contact as value from points_import_row
      where shop_id = $1 and import_id = $2 and state = 'read' and line > $4 order by line limit $3`,
    [shopId, importId, ROWS_PER_STEP, after],
  );
  if (rows.length === 0) {
    if (after > 0) return 0;
    await finishCheck(db, shopId, importId);
    return null;
  }
  const distinct = new Map<string, Contact>(rows.map((row) => [contactKey(row), row]));
  const resolved = await resolve(shopId, [...distinct.values()]);
  const answers = rows.map((row) => {
    const answer = resolved.get(contactKey(row)) ?? { problem: "unknown_customer" };
    return { line: row.line, ...answer };
  });
  await db.query(
    `update points_import_row as r
        set state = case when a.problem is null then 'ready' else 'bad' end, problem = a.problem,
            customer_id = a."customerId"
       from json_to_recordset($3::json) as a(line int, problem text, "customerId" text)
      where r.shop_id = $1 and r.import_id = $2 and r.line = a.line and r.state = 'read'`,
    [shopId, importId, JSON.stringify(answers)],
  );
  return rows.at(-1)?.line ?? null;
}

async function finishCheck(db: Database, shopId: string, importId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await lockImport(tx, shopId, importId);
    if (found?.status !== "checking") return;
    // The lines are gathered once, before the update: nobody has counted rows this young yet, so as a join PostgreSQL would
    // take them for one and look through all of them for each of them.
    await tx.query(
      `update points_import_row set state = 'bad', problem = 'twice_in_file'
        where shop_id = $1 and import_id = $2
          and line = any(array(
                select line
                  from (select line, row_number() over (partition by customer_id order by line) as n
                          from points_import_row
                         where shop_id = $1 and import_id = $2 and state = 'ready') as again
                 where n > 1))`,
      [shopId, importId],
    );
    if (!found.allowDebt) await refuseWhatIsNotThere(tx, shopId, importId);
    await tx.query(`update points_import set status = 'checked' where shop_id = $1 and import_id = $2`, [
      shopId,
      importId,
    ]);
  });
}

/** What somebody has not got today cannot be taken; it is looked at again when the line is posted. */
async function refuseWhatIsNotThere(tx: Tx, shopId: string, importId: string): Promise<void> {
  await tx.query(
    `update points_import_row set state = 'bad', problem = 'insufficient_points'
      where shop_id = $1 and import_id = $2
        and line = any(array(
              select r.line from points_import_row r
                left join member m on m.shop_id = $1 and m.customer_id = r.customer_id
                left join member kept on kept.shop_id = $1 and kept.member_id = m.merged_into
               where r.shop_id = $1 and r.import_id = $2 and r.state = 'ready' and r.points < 0
                 and coalesce(kept.available, m.available, 0) < -r.points))`,
    [shopId, importId],
  );
}
