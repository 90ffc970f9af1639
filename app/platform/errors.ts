/**
 * What can go wrong unexpectedly, by a code that never changes. Expected business outcomes are values, not errors.
 * Each code is mapped once to HTTP (http/error-status.ts) and once to retry or give up (jobs/classify-failure.ts);
 * both maps are exhaustive, so a new code does not compile until it is in them.
 */
export type ErrorCode =
  | "not_found"
  | "conflict"
  | "invalid_input"
  | "malformed"
  | "unauthorized"
  | "upstream_unavailable"
  | "upstream_refused"
  | "database_unavailable"
  | "configuration"
  | "invariant_violation";

interface ErrorOptionsWithData extends ErrorOptions {
  data?: Record<string, unknown>;
}

/** The base of our own errors. Messages may be shown to operators: they carry no personal data and no secret. */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode;
  readonly data: Record<string, unknown>;

  constructor(message: string, options: ErrorOptionsWithData = {}) {
    super(message, options);
    this.name = new.target.name;
    this.data = options.data ?? {};
  }
}

/** What was asked for is not there, or not in this shop. */
export class NotFound extends AppError {
  override readonly code = "not_found";
}

/** The same key was used for something else before, or somebody else was first. */
export class Conflict extends AppError {
  override readonly code = "conflict";
}

/** A caller's value is outside what is allowed. */
export class InvalidInput extends AppError {
  override readonly code = "invalid_input";
}

/** A payload is not what its topic or type says it is. */
export class Malformed extends AppError {
  override readonly code = "malformed";
}

/** The shop has uninstalled us, or our token was revoked. */
export class Unauthorized extends AppError {
  override readonly code = "unauthorized";
}

/** Shopify (or another service) did not answer, or answered 5xx: the outcome is unknown. */
export class UpstreamUnavailable extends AppError {
  override readonly code = "upstream_unavailable";
}

/** Shopify (or another service) refused for good. */
export class UpstreamRefused extends AppError {
  override readonly code = "upstream_refused";
}

/** PostgreSQL could not be reached in time. */
export class DatabaseUnavailable extends AppError {
  override readonly code = "database_unavailable";
}

/** The process was started with settings that cannot work. */
export class ConfigurationError extends AppError {
  override readonly code = "configuration";
}

/** A law of the ledger or of our own data does not hold: a bug, never a circumstance. */
export class InvariantViolation extends AppError {
  override readonly code = "invariant_violation";
}
