import { afterEach, expect, test } from "vitest";
import { expectConsole } from "#tests/support/fail-on-console.ts";

let leftToTheEnd = false;
// Runs before the set-up file's own hook, which would fail the test: what is left by then is what it would find.
afterEach(() => {
  if (!leftToTheEnd) return;
  leftToTheEnd = false;
  expect(() => expectConsole()).toThrow(/console.warn: nobody reads this/u);
});

test("a line that is expected is no failure", () => {
  console.error("it broke:", new Error("cable"));
  expectConsole(/^console.error: it broke: Error: cable/u);
});

test("a line that nobody expects is one", () => {
  console.warn("nobody reads this");
  leftToTheEnd = true;
});

test("an expected line that does not come is one too", () => {
  expect(() => expectConsole(/anything/u)).toThrow(/anything/u);
});
