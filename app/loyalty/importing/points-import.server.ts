import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import type { ImportKind, ImportProfile } from "./import-profiles.ts";
import type { ContactKind, RowProblem } from "./read-import-row.ts";

export type ImportStatus = "reading" | "checking" | "checked" | "applying" | "done" | "cancelled";

export interface PointsImport {
  importId: string;
  status: ImportStatus;
  kind: ImportKind | null;
  profile: ImportProfile | null;
  fileName: string;
  fileHash: string | null;
  reason: string;
  /** Whether lines may take more than there is. */
  allowDebt: boolean;
  createdAt: Date;
  createdBy: string;
  finishedAt: Date | null;
}

const COLUMNS = `import_id as "importId", status, kind, profile, file_name as "fileName", file_hash as "fileHash", reason,
  allow_debt as "allowDebt", created_at as "createdAt", created_by as "createdBy", finished_at as "finishedAt"`;

/** How far an import is, counted from its lines. */
export interface ImportProgress {
  lines: number;
  /** Not looked up at Shopify yet. */
  unchecked: number;
  /** Found, and not posted yet. */
  ready: number;
  posted: number;
  skipped: number;
  bad: number;
  pointsToAdd: number;
  pointsToTake: number;
}

/** The latest imports of a shop, newest first. */
export function listImports(q: Queryable, shopId: string, limit: number): Promise<PointsImport[]> {
  return q.query<PointsImport>(
    `select ${COLUMNS} from points_import where shop_id = $1 order by created_at desc, import_id limit $2`,
    [shopId, limit],
  );
}

/** One import; null when there is none of this id in the shop. */
export async function readImport(
  q: Queryable,
  shopId: string,
  importId: string,
): Promise<PointsImport | null> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(importId)) return null;
  const [row] = await q.query<PointsImport>(
    `select ${COLUMNS} from points_import where shop_id = $1 and import_id = $2`,
    [shopId, importId],
  );
  return row ?? null;
}

/** Locks an import, so that one worker at a time takes its next step. */
export async function lockImport(tx: Tx, shopId: string, importId: string): Promise<PointsImport | null> {
  const [row] = await tx.query<PointsImport>(
    `select ${COLUMNS} from points_import where shop_id = $1 and import_id = $2 for update`,
    [shopId, importId],
  );
  return row ?? null;
}

export async function readProgressOf(
  q: Queryable,
  shopId: string,
  importId: string,
): Promise<ImportProgress> {
  const [row] = await q.query<ImportProgress>(
    `select count(*) as lines, count(*) filter (where state = 'read') as unchecked,
            count(*) filter (where state = 'ready') as ready, count(*) filter (where state = 'posted') as posted,
            count(*) filter (where state = 'skipped') as skipped, count(*) filter (where state = 'bad') as bad,
            coalesce(sum(points) filter (where points > 0 and state in ('ready', 'posted')), 0)::bigint as "pointsToAdd",
            coalesce(-sum(points) filter (where points < 0 and state in ('ready', 'posted')), 0)::bigint as "pointsToTake"
       from points_import_row where shop_id = $1 and import_id = $2`,
    [shopId, importId],
  );
  return (
    row ?? {
      lines: 0,
      unchecked: 0,
      ready: 0,
      posted: 0,
      skipped: 0,
      bad: 0,
      pointsToAdd: 0,
      pointsToTake: 0,
    }
  );
}

export interface ProblemRow {
  line: number;
  contactKind: ContactKind | null;
  contact: string | null;
  points: string;
  note: string | null;
  problem: RowProblem;
}

/** The lines that cannot be applied, in the order of the file, a page at a time. */
export function readProblems(
  q: Queryable,
  args: { shopId: string; importId: string; after: number; limit: number },
): Promise<ProblemRow[]> {
  return q.query<ProblemRow>(
    `select line, contact_kind as "contactKind", contact, coalesce(given_points, points::text, '') as points,
            note, problem
       from points_import_row
      where shop_id = $1 and import_id = $2 and state = 'bad' and line > $3 order by line limit $4`,
    [args.shopId, args.importId, args.after, args.limit],
  );
}
