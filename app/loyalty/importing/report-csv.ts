/** A cell that no spreadsheet takes for a formula, and no comma or quote breaks. */
export function reportCell(value: string): string {
  const harmless = /^-?\d+$/u.test(value) || !/^[=+\-@\t\r\n]/u.test(value) ? value : `'${value}`;
  return /[",\r\n]/u.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One line of a report, as Excel reads it. */
export function reportLine(cells: readonly string[]): string {
  return `${cells.map(reportCell).join(",")}\r\n`;
}
