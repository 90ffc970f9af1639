/** Why a file as a whole cannot be read. The admin has words for each. */
export type FileProblem =
  | "empty"
  | "workbook"
  | "encoding_unknown"
  | "broken_quotes"
  | "too_big"
  | "too_many_lines"
  | "no_header"
  | "no_contact_column"
  | "no_points_column";

/** The file is refused as a whole, and nothing of it is kept. */
export class FileRefused extends Error {
  readonly problem: FileProblem;
  constructor(problem: FileProblem) {
    super(problem);
    this.problem = problem;
  }
}

const FILE_BYTES_MAX = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads the bytes of a CSV file as text, a piece at a time: UTF-8 with or without its mark, UTF-16 with one (Excel's
 * "Unicode text"), and otherwise CP949, which is what Excel saves as CSV in Korea.
 *
 * @throws FileRefused for a workbook, for bytes that are no text, and past the size limit
 */
export async function* decodeCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decode: ((block: Uint8Array, last: boolean) => string) | undefined;
  let waiting: Uint8Array = new Uint8Array(0);
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > FILE_BYTES_MAX) throw new FileRefused("too_big");
    waiting = join(waiting, piece);
    if (decode === undefined && waiting.length < 4) continue;
    decode ??= decoderFor(waiting);
    // Whole lines only: a newline is never part of another character in UTF-8 or CP949.
    const end = waiting.lastIndexOf(NEWLINE) + 1;
    if (end === 0) continue;
    yield decode(waiting.subarray(0, end), false);
    waiting = waiting.slice(end);
  }
  if (size === 0) throw new FileRefused("empty");
  decode ??= decoderFor(waiting);
  yield decode(waiting, true);
}

function decoderFor(start: Uint8Array): (block: Uint8Array, last: boolean) => string {
  const [a, b, c, d] = start;
  if (a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04) throw new FileRefused("workbook");
  if (a === 0xd0 && b === 0xcf && c === 0x11 && d === 0xe0) throw new FileRefused("workbook");
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    const utf16 = new TextDecoder(a === 0xff ? "utf-16le" : "utf-16be", { fatal: true });
    return (block, last) => refusing(() => utf16.decode(block, { stream: !last }));
  }
  let korean = false;
  let settled = false;
  return (block) => {
    if (block.includes(0)) throw new FileRefused("encoding_unknown");
    if (!korean) {
      try {
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(block);
        settled ||= text.length < block.length;
        return text;
      } catch {
        // Text that was UTF-8 so far does not turn into CP949.
        if (settled) throw new FileRefused("encoding_unknown");
        korean = true;
      }
    }
    return refusing(() => new TextDecoder("euc-kr", { fatal: true }).decode(block));
  };
}

function refusing(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new FileRefused("encoding_unknown");
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
