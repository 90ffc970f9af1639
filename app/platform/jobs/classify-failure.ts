import { AppError, type ErrorCode } from "#app/platform/errors.ts";

/** Whether running a job again can help, by the code of what it threw. */
const RETRY_HELPS = {
  not_found: false,
  conflict: true,
  invalid_input: false,
  malformed: false,
  unauthorized: false,
  upstream_unavailable: true,
  upstream_refused: false,
  database_unavailable: true,
  configuration: false,
  invariant_violation: false,
} as const satisfies Record<ErrorCode, boolean>;

/** PostgreSQL's classes that say our statement is wrong, not that the moment is: data, integrity, syntax and access. */
const PERMANENT_SQLSTATE_CLASSES = new Set(["22", "23", "42"]);
const SQLSTATE = /^[0-9A-Z]{5}$/u;

/**
 * The one place that decides retry or give up. What we do not know is tried again: the attempts are limited, and a
 * job that runs out of them is as visible as one given up here.
 */
export function isRetryable(error: unknown): boolean {
  if (error instanceof AppError) return RETRY_HELPS[error.code];
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return isNetwork(error);
  if (error instanceof Error && error.name === "ZodError") return false;
  const state = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return !(SQLSTATE.test(state) && PERMANENT_SQLSTATE_CLASSES.has(state.slice(0, 2)));
}

// fetch reports a broken connection as a TypeError.
function isNetwork(error: Error): boolean {
  return error.message === "fetch failed";
}
