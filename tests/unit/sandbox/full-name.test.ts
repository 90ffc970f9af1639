import { expect, test } from "vitest";
import { fullName } from "#sandbox/store/full-name.ts";

test.each([
  ["민지", "김", "김민지"],
  ["Ann", "Lee", "Ann Lee"],
  ["민지", null, "민지"],
  [null, "Lee", "Lee"],
  [null, null, ""],
])("%j of the family %j is called %j", (firstName, lastName, name) => {
  expect(fullName(firstName, lastName)).toBe(name);
});
