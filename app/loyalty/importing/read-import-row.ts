import { ADJUSTMENT_MAX_POINTS, ADJUSTMENT_REASON_MAX } from "#app/loyalty/members/parse-adjustment.ts";
import type { ImportColumns } from "./import-profiles.ts";

export type ContactKind = "email" | "phone" | "customer";

/** What is wrong with a line, or why it is passed over. The admin has words for each. */
export type RowProblem =
  | "contact_missing"
  | "contact_invalid"
  | "points_missing"
  | "points_not_whole"
  | "points_negative"
  | "points_out_of_range"
  | "points_zero"
  | "note_too_long"
  | "unknown_customer"
  | "several_customers"
  | "twice_in_file"
  | "already_imported"
  | "insufficient_points"
  | "erased";

export interface ImportRow {
  line: number;
  state: "read" | "skipped" | "bad";
  problem: RowProblem | null;
  contactKind: ContactKind | null;
  contact: string | null;
  givenPoints: string | null;
  points: number | null;
  note: string | null;
}

const CELL_MAX = 320;
// No sign that would end the quotes in which Shopify is asked for it: fifty addresses share a question.
const EMAIL = /^[^\s@,;<>()"\\]+@[^\s@,;<>()"\\]+\.[^\s@,;<>()"\\]+$/u;

/** Reads one line. Anything odd is refused with its reason, never rounded or guessed. */
export function readImportRow(
  cells: readonly string[],
  columns: Pick<ImportColumns, "kind" | "customer" | "email" | "phone" | "points" | "note">,
  line: number,
): ImportRow {
  const cell = (index: number | null): string => (index === null ? "" : unguard(cells[index] ?? ""));
  const contact = readContact(cell(columns.customer), cell(columns.email), cell(columns.phone));
  const given = cell(columns.points);
  const note = cell(columns.note);
  const row = {
    line,
    contactKind: contact.kind,
    contact: contact.value,
    givenPoints: null,
    points: null,
    note: clip(note) || null,
  };
  if (contact.problem) return { ...row, state: "bad", problem: contact.problem, givenPoints: clip(given) };
  if (note.length > ADJUSTMENT_REASON_MAX)
    return { ...row, state: "bad", problem: "note_too_long", givenPoints: clip(given) };
  const points = readPoints(given, columns.kind);
  if (typeof points === "number") return { ...row, state: "read", problem: null, points };
  // Members with nothing are in every export; there is nothing wrong with them.
  const state = points === "points_zero" ? "skipped" : "bad";
  return { ...row, state, problem: points, givenPoints: clip(given) };
}

function readContact(
  customer: string,
  email: string,
  phone: string,
): { kind: ContactKind | null; value: string | null; problem?: RowProblem } {
  if (customer !== "") {
    const id = /^(?:gid:\/\/shopify\/Customer\/)?([1-9]\d{0,19})$/u.exec(customer)?.[1];
    if (id !== undefined) return { kind: "customer", value: id };
    if (email === "" && phone === "")
      return { kind: "customer", value: clip(customer), problem: "contact_invalid" };
  }
  if (email !== "") {
    const value = email.toLowerCase();
    const fits = value.length <= CELL_MAX && EMAIL.test(value);
    return { kind: "email", value: clip(value), ...(!fits && { problem: "contact_invalid" as const }) };
  }
  if (phone === "") return { kind: null, value: null, problem: "contact_missing" };
  const value = phone.replaceAll(/[\s().-]/gu, "");
  const fits = /^\+[1-9]\d{6,14}$/u.test(value);
  return { kind: "phone", value: clip(value), ...(!fits && { problem: "contact_invalid" as const }) };
}

/**
 * Digits with at most one sign, thousands set apart by commas if at all, and no fraction but `.0` or `.00`: elsewhere
 * "1.000" is a thousand.
 */
function readPoints(given: string, kind: ImportColumns["kind"]): number | RowProblem {
  if (given === "") return "points_missing";
  const plain = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.00?)?$/u.test(given) ? given.replaceAll(",", "") : given;
  const text = plain.replace(/\.00?$/u, "");
  if (!/^[+-]?\d+$/u.test(text) || /^-0+$/u.test(text)) return "points_not_whole";
  const points = Number(text);
  if (points === 0) return "points_zero";
  if (Math.abs(points) > ADJUSTMENT_MAX_POINTS) return "points_out_of_range";
  return kind === "balance" && points < 0 ? "points_negative" : points;
}

/** Our own reports put an apostrophe before what a spreadsheet would take for a formula. */
function unguard(cell: string): string {
  const text = cell.trim();
  return /^'[=+\-@]/u.test(text) ? text.slice(1) : text;
}

/** Without what PostgreSQL's text cannot hold: NUL, and half of a sign that the cut went through. */
function clip(text: string): string {
  return text.replaceAll("\0", "").slice(0, CELL_MAX).toWellFormed();
}
