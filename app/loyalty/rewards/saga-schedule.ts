/** When the sagas of redemptions look again. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long a shopper's request waits for Shopify before it answers `pending`. */
export const PATIENCE_MS = 4 * SECOND_MS;

/**
 * The job takes over only after this, so that the request that queued it has the redemption to itself. Two at once would
 * do no harm (the code is fixed in advance, and Shopify takes each code once); they would only ask twice.
 */
export const REQUEST_LEASE_MS = 6 * SECOND_MS;

/** A request that we gave up on may still take effect in Shopify: a closed redemption's code is looked for again then. */
export const STRAY_CHECK_MS = 10 * MINUTE_MS;

/** A shop that has uninstalled us is not asked; it may come back within two days. */
export const UNINSTALLED_RETRY_MS = 60 * MINUTE_MS;

/** Nobody waits at the till for a code to close. */
export const CLOSING_RETRY_MS = MINUTE_MS;

const FIRST_RETRY_MS = 5 * SECOND_MS;
const LAST_RETRY_MS = 5 * MINUTE_MS;

/** Half as long as it has waited already, between five seconds and five minutes; never before Shopify wants us back. */
export function nextAttemptAt(now: Date, waitingSince: Date, retryAfterMs: number): Date {
  const waited = now.getTime() - waitingSince.getTime();
  const pause = Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, waited / 2));
  return new Date(now.getTime() + Math.max(pause, retryAfterMs));
}

/** An instant some time after another. */
export function later(now: Date, byMs: number): Date {
  return new Date(now.getTime() + byMs);
}
