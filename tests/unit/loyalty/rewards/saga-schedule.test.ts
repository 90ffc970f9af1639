import { expect, test } from "vitest";
import { nextAttemptAt } from "#app/loyalty/rewards/saga-schedule.ts";

const asked = new Date("2026-11-21T03:00:00Z");
const after = (seconds: number): Date => new Date(asked.getTime() + seconds * 1000);

test.each([
  [0, 0, 5],
  [8, 0, 5],
  [60, 0, 30],
  [3600, 0, 300],
  [86_400 * 30, 0, 300],
  [8, 20_000, 20],
])(
  "after waiting %i s, with Shopify asking for %i ms, it looks again in %i s",
  (waited, retryAfterMs, pause) => {
    const now = after(waited);
    expect(nextAttemptAt(now, asked, retryAfterMs).getTime() - now.getTime()).toBe(pause * 1000);
  },
);
