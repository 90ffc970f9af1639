import { expect, test } from "vitest";
import { Malformed } from "#app/platform/errors.ts";
import { parsePayload } from "#app/platform/inbox/parse-payload.ts";

test("T15 numbers that a float would round stay as they were written; others are numbers", () => {
  expect(parsePayload('{"id":820982911946154508,"subtotal":195.66,"quantity":3,"note":"1"}')).toEqual({
    id: "820982911946154508",
    subtotal: "195.66",
    quantity: 3,
    note: "1",
  });
});

test("what is no JSON object is malformed", () => {
  for (const text of ["", "[]", "1", "null", '"x"', "{", '{"a":1,"a":2}']) {
    expect(() => parsePayload(text), text).toThrow(Malformed);
  }
});

test("a key named __proto__ is a key and nothing more", () => {
  const payload = parsePayload('{"__proto__":{"polluted":true},"constructor":1}');
  expect({}).not.toHaveProperty("polluted");
  expect(payload["polluted"]).toBeUndefined();
});
