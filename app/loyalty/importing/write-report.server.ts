import type { Queryable } from "#app/platform/db/database.server.ts";
import { reportedPoints } from "./import-profiles.ts";
import { readImport, readProblems } from "./points-import.server.ts";
import type { RowProblem } from "./read-import-row.ts";
import { reportLine } from "./report-csv.ts";

const ROWS_PER_READ = 2_000;

/**
 * Streams the bad lines of an import as CSV, marked as UTF-8 for Excel: what the file said and what is wrong with it. It
 * can be mended and uploaded as it is, and its header says what program it is from. Cells that a spreadsheet would run are
 * made harmless.
 */
export function reportOf(
  q: Queryable,
  args: { shopId: string; importId: string; words: (problem: RowProblem) => string },
): ReadableStream<Uint8Array> {
  const { shopId, importId, words } = args;
  const encoder = new TextEncoder();
  let after = 0;
  return new ReadableStream({
    async start(stream) {
      const points = reportedPoints((await readImport(q, shopId, importId))?.profile ?? null);
      const header = reportLine(["line", "email", "phone", "customer_id", points, "note", "problem"]);
      stream.enqueue(encoder.encode(`\uFEFF${header}`));
    },
    async pull(stream) {
      const rows = await readProblems(q, { shopId, importId, after, limit: ROWS_PER_READ });
      const last = rows.at(-1);
      if (!last) {
        stream.close();
        return;
      }
      after = last.line;
      const lines = rows.map(({ line, contactKind, contact, points, note, problem }) => {
        const value = contact ?? "";
        const at = (kind: string): string => (contactKind === kind ? value : "");
        const who = [at("email"), at("phone"), at("customer")];
        return reportLine([String(line), ...who, points, note ?? "", words(problem)]);
      });
      stream.enqueue(encoder.encode(lines.join("")));
    },
  });
}
