import { createHash } from "node:crypto";
import type { Services } from "#app/services.server.ts";
import type { Database, Queryable } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { type FileProblem, FileRefused } from "./decode-csv.ts";
import type { ImportColumns } from "./import-profiles.ts";
import { parseImport } from "./parse-import.server.ts";
import type { ImportRow } from "./read-import-row.ts";

const ROWS_PER_INSERT = 5_000;

export type StageResult =
  | { outcome: "staged" | "known" | "cancelled"; importId: string }
  | { outcome: "refused"; problem: FileProblem };

/**
 * Takes in a file as it is uploaded and keeps what each line says; nothing is changed for anybody yet. A file that was
 * taken in before leads to that import. A file that makes no sense leaves nothing behind, nor does one that somebody
 * cancelled while it was read.
 */
export async function stageImport(
  services: Pick<Services, "db" | "newId" | "log">,
  args: {
    shopId: string;
    bytes: AsyncIterable<Uint8Array>;
    fileName: string;
    reason: string;
    /** Whether lines may take more than there is. */
    allowDebt?: boolean;
    actor: string;
    now: Date;
  },
): Promise<StageResult> {
  const { db } = services;
  const { shopId, now, actor } = args;
  const importId = services.newId();
  await db.query(
    `insert into points_import (shop_id, import_id, status, file_name, reason, created_at, created_by, allow_debt)
     values ($1, $2, 'reading', $3, $4, $5, $6, $7)`,
    [shopId, importId, args.fileName.slice(0, 200), args.reason, now, actor, args.allowDebt ?? false],
  );
  try {
    const { columns, hash, rows } = await stageRows(db, { shopId, importId, bytes: args.bytes });
    const result = await finishStaging(services, { ...args, importId, columns, hash });
    services.log.info("an import was read", { shopId, count: rows, outcome: result.outcome });
    return result;
  } catch (error) {
    await discard(db, shopId, importId);
    if (error instanceof FileRefused) return { outcome: "refused", problem: error.problem };
    throw error;
  }
}

async function stageRows(
  db: Database,
  args: { shopId: string; importId: string; bytes: AsyncIterable<Uint8Array> },
): Promise<{ columns: ImportColumns; hash: string; rows: number }> {
  const digest = createHash("sha256");
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const piece of args.bytes) {
      digest.update(piece);
      yield piece;
    }
  }
  let columns: ImportColumns | undefined;
  let batch: ImportRow[] = [];
  let rows = 0;
  const write = async (): Promise<void> => {
    rows += batch.length;
    await insertRows(db, args, batch);
    batch = [];
  };
  for await (const part of parseImport(hashed())) {
    if (part.kind === "columns") columns = part.columns;
    else if (batch.push(part.row) >= ROWS_PER_INSERT) await write();
  }
  if (columns === undefined) throw new FileRefused("empty");
  if (batch.length > 0) await write();
  return { columns, hash: digest.digest("hex"), rows };
}

async function insertRows(
  db: Database,
  { shopId, importId }: { shopId: string; importId: string },
  rows: readonly ImportRow[],
): Promise<void> {
  await db.query(
    `insert into points_import_row (shop_id, import_id, line, state, problem, contact_kind, contact, given_points, points, note)
     select $1, $2::uuid, line, state, problem, "contactKind", contact, "givenPoints", points, note
       from json_to_recordset($3::json) as r(line int, state text, problem text, "contactKind" text, contact text,
         "givenPoints" text, points bigint, note text)
     on conflict do nothing`,
    [shopId, importId, JSON.stringify(rows)],
  );
}

async function finishStaging(
  services: Pick<Services, "db" | "newId">,
  args: {
    shopId: string;
    importId: string;
    columns: ImportColumns;
    hash: string;
    fileName: string;
    reason: string;
    allowDebt?: boolean;
    actor: string;
    now: Date;
  },
): Promise<StageResult> {
  const { shopId, importId, columns, hash } = args;
  const eventId = services.newId();
  return services.db.transaction(async (tx) => {
    // Two uploads of one file at once: the second waits here and finds the first.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1 || $2, 0))`, [shopId, hash]);
    const [known] = await tx.query<{ importId: string }>(
      `select import_id as "importId" from points_import
        where shop_id = $1 and file_hash = $2 and status not in ('failed', 'cancelled')`,
      [shopId, hash],
    );
    if (known) {
      await tx.query(`delete from points_import where shop_id = $1 and import_id = $2`, [shopId, importId]);
      return { outcome: "known", importId: known.importId };
    }
    const taken = await tx.query(
      `update points_import set status = 'checking', kind = $3, profile = $4, file_hash = $5
        where shop_id = $1 and import_id = $2 and status = 'reading' returning 1`,
      [shopId, importId, columns.kind, columns.profile, hash],
    );
    if (taken.length === 0) {
      await dropCancelledRows(tx, shopId, importId);
      return { outcome: "cancelled", importId };
    }
    await recordAudit(tx, {
      shopId,
      eventId,
      at: args.now,
      actor: args.actor,
      action: "import.upload",
      subject: `import:${importId}`,
      after: { profile: columns.profile, kind: columns.kind, allowDebt: args.allowDebt ?? false },
      reason: args.reason,
    });
    await enqueue(tx, "run-import", { shopId, importId }, { jobKey: `import:${shopId}:${importId}` });
    return { outcome: "staged", importId };
  });
}

async function discard(db: Database, shopId: string, importId: string): Promise<void> {
  await db.query(`delete from points_import where shop_id = $1 and import_id = $2 and status = 'reading'`, [
    shopId,
    importId,
  ]);
  await dropCancelledRows(db, shopId, importId);
}

/** Lines that came in after somebody had cancelled the import. */
async function dropCancelledRows(q: Queryable, shopId: string, importId: string): Promise<void> {
  await q.query(
    `delete from points_import_row as r using points_import as i
      where r.shop_id = $1 and r.import_id = $2 and i.shop_id = $1 and i.import_id = $2 and i.status = 'cancelled'`,
    [shopId, importId],
  );
}
