/** What Shopify says of a shop's cost bucket in extensions.cost.throttleStatus. */
export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

interface Bucket extends ThrottleStatus {
  at: number;
}

/** Points kept for people: background work leaves them, so that an admin page does not wait behind a sync. */
const RESERVE = 50;
const ASSUMED_COST = 10;
const SHORTEST_WAIT_MS = 100;

/**
 * Keeps the requests of one process within each shop's budget. The instant is an argument (milliseconds), so the arithmetic
 * is testable; other processes may spend from the same bucket, and a THROTTLED answer corrects the estimate.
 */
export interface Pacer {
  /** Reserves the operation's usual cost and says how long to wait before it is sent. */
  reserve(shopId: string, operation: string, nowMs: number): number;
  /** Takes over what Shopify answered. */
  learn(
    shopId: string,
    operation: string,
    cost: number | undefined,
    status: ThrottleStatus | undefined,
    nowMs: number,
  ): void;
  /** How long a throttled operation should wait. */
  waitAfterThrottle(shopId: string, operation: string, nowMs: number): number;
}

export function createPacer(): Pacer {
  const buckets = new Map<string, Bucket>();
  const costs = new Map<string, number>();
  const costOf = (operation: string) => costs.get(operation) ?? ASSUMED_COST;

  const refill = (bucket: Bucket, nowMs: number) => {
    const gained = ((nowMs - bucket.at) / 1000) * bucket.restoreRate;
    bucket.currentlyAvailable = Math.min(bucket.maximumAvailable, bucket.currentlyAvailable + gained);
    bucket.at = nowMs;
  };

  const waitFor = (bucket: Bucket, points: number) =>
    points <= 0 ? 0 : Math.ceil((points / Math.max(1, bucket.restoreRate)) * 1000);

  return {
    reserve(shopId, operation, nowMs) {
      const bucket = buckets.get(shopId);
      if (bucket === undefined) return 0;
      refill(bucket, nowMs);
      const cost = costOf(operation);
      const reserve = Math.min(RESERVE, bucket.maximumAvailable / 10);
      const wait = waitFor(bucket, cost + reserve - bucket.currentlyAvailable);
      // Spent at once, below zero if need be: whoever comes next waits behind this one.
      bucket.currentlyAvailable -= cost;
      return wait;
    },
    learn(shopId, operation, cost, status, nowMs) {
      if (cost !== undefined && cost > 0) costs.set(operation, cost);
      if (status !== undefined) buckets.set(shopId, { ...status, at: nowMs });
    },
    waitAfterThrottle(shopId, operation, nowMs) {
      const bucket = buckets.get(shopId);
      if (bucket === undefined) return 1_000;
      refill(bucket, nowMs);
      return Math.max(SHORTEST_WAIT_MS, waitFor(bucket, costOf(operation) - bucket.currentlyAvailable));
    },
  };
}
