/** The Standard plan's bucket, per app and shop. */
export const BUCKET_SIZE = 2000;
export const RESTORE_PER_SECOND = 100;

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

export interface Throttle {
  /** Takes the cost when there is enough for it; says what is left either way. */
  take(key: string, cost: number, now: Date): { allowed: boolean; status: ThrottleStatus };
  /** Gives back what was asked for but not used. */
  giveBack(key: string, points: number): ThrottleStatus;
  /** Empties a bucket, so that a test meets THROTTLED at once. */
  drain(key: string, now: Date): void;
}

/** Leaky buckets that fill up again with time. */
export function createThrottle(): Throttle {
  const buckets = new Map<string, { available: number; at: number }>();

  function bucketOf(key: string, now: Date) {
    const at = now.getTime();
    const bucket = buckets.get(key) ?? { available: BUCKET_SIZE, at };
    const restored = (Math.max(0, at - bucket.at) / 1000) * RESTORE_PER_SECOND;
    bucket.available = Math.min(BUCKET_SIZE, bucket.available + restored);
    bucket.at = at;
    buckets.set(key, bucket);
    return bucket;
  }

  const statusOf = (available: number): ThrottleStatus => ({
    maximumAvailable: BUCKET_SIZE,
    currentlyAvailable: Math.floor(available),
    restoreRate: RESTORE_PER_SECOND,
  });

  return {
    take(key, cost, now) {
      const bucket = bucketOf(key, now);
      const allowed = bucket.available >= cost;
      if (allowed) bucket.available -= cost;
      return { allowed, status: statusOf(bucket.available) };
    },
    giveBack(key, points) {
      const bucket = buckets.get(key) ?? { available: BUCKET_SIZE, at: 0 };
      bucket.available = Math.min(BUCKET_SIZE, bucket.available + points);
      return statusOf(bucket.available);
    },
    drain(key, now) {
      bucketOf(key, now).available = 0;
    },
  };
}
