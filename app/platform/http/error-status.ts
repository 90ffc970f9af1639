import { AppError, type ErrorCode } from "#app/platform/errors.ts";

/** The HTTP status of each of our errors, for whoever answers a request. */
const STATUS = {
  not_found: 404,
  conflict: 409,
  invalid_input: 422,
  malformed: 400,
  unauthorized: 401,
  upstream_unavailable: 504,
  upstream_refused: 502,
  database_unavailable: 503,
  configuration: 500,
  invariant_violation: 500,
} as const satisfies Record<ErrorCode, number>;

/** 500 for anything that is not an error of ours. */
export function statusOf(error: unknown): number {
  return error instanceof AppError ? STATUS[error.code] : 500;
}
