import { DatabaseError } from "pg";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  Conflict,
  InvariantViolation,
  Malformed,
  Unauthorized,
  UpstreamRefused,
  UpstreamUnavailable,
} from "#app/platform/errors.ts";
import { isRetryable } from "#app/platform/jobs/classify-failure.ts";

const database = (code: string) => Object.assign(new DatabaseError("x", 1, "error"), { code });

test.each([
  ["Shopify did not answer", new UpstreamUnavailable("time-out")],
  ["somebody else was first", new Conflict("taken")],
  ["a deadlock", database("40P01")],
  ["the server is shutting down", database("57P01")],
  ["a broken connection", Object.assign(new Error("connect"), { code: "ECONNREFUSED" })],
  ["fetch that failed", new TypeError("fetch failed")],
  ["something we do not know", new Error("?")],
])("tries again after %s", (_name, error) => {
  expect(isRetryable(error)).toBe(true);
});

test.each([
  ["a payload of the wrong shape", new Malformed("x")],
  ["a revoked token", new Unauthorized("x")],
  ["a definite refusal", new UpstreamRefused("x")],
  ["a broken law", new InvariantViolation("x")],
  ["a constraint", database("23514")],
  ["wrong SQL", database("42703")],
  ["a schema that did not fit", z.string().safeParse(1).error],
  ["a bug", new TypeError("undefined is not a function")],
])("gives up after %s", (_name, error) => {
  expect(isRetryable(error)).toBe(false);
});
