import { format } from "node:util";
import { afterEach, beforeEach, expect, vi } from "vitest";

// A warning that nobody reads is a bug that nobody sees: a test that prints a warning or an error fails. A test that is
// about such a line takes it with `expectConsole`.

const LEVELS = ["error", "warn"] as const;
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  for (const level of LEVELS) {
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      printed.push(`console.${level}: ${format(...parts)}`);
    });
  }
});

afterEach(() => {
  const left = printed;
  printed = [];
  for (const level of LEVELS) vi.mocked(console[level]).mockRestore();
  expect(left, "printed by the test").toEqual([]);
});

/** Takes the lines printed so far and expects each to be told of here, in order. */
export function expectConsole(...lines: RegExp[]): void {
  const taken = printed;
  printed = [];
  expect(taken).toEqual(lines.map((line) => expect.stringMatching(line)));
}
