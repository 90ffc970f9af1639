import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { decodeCsv, FileRefused } from "./decode-csv.ts";
import { detectColumns, type ImportColumns } from "./import-profiles.ts";
import { type ImportRow, readImportRow } from "./read-import-row.ts";

const LINES_MAX = 200_000;
const RECORD_BYTES_MAX = 64 * 1024;

export type ParsedImport = { kind: "columns"; columns: ImportColumns } | { kind: "row"; row: ImportRow };

/**
 * Reads a CSV file as it streams in: first what its header says, then every line, good or bad.
 *
 * @throws FileRefused when the file as a whole makes no sense
 */
export async function* parseImport(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ParsedImport> {
  const text = decodeCsv(bytes);
  const first = await text.next();
  const start = first.done === true ? "" : first.value;
  const parser = parse({
    delimiter: delimiterOf(start),
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: RECORD_BYTES_MAX,
  });
  const source = Readable.from(
    (async function* () {
      yield start;
      yield* text;
    })(),
  );
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: ImportColumns | undefined;
  let lines = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (columns === undefined) {
        const detected = detectColumns(record);
        if ("problem" in detected) throw new FileRefused(detected.problem);
        columns = detected;
        yield { kind: "columns", columns };
        continue;
      }
      lines += 1;
      if (lines > LINES_MAX) throw new FileRefused("too_many_lines");
      if (record.every((cell) => cell.trim() === "")) continue;
      yield { kind: "row", row: readImportRow(record, columns, info.lines) };
    }
  } catch (error) {
    throw error instanceof CsvError ? new FileRefused("broken_quotes") : error;
  } finally {
    source.destroy();
  }
  if (columns === undefined || lines === 0) throw new FileRefused("empty");
}

/** What separates the cells of the first line: a comma unless there are more semicolons or tabs. */
function delimiterOf(text: string): string {
  const [header = ""] = text.split(/\r?\n/u, 1);
  const count = (sign: string): number => header.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
