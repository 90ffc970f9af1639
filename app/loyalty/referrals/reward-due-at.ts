const DAY_MS = 86_400_000;

/** When the advocate may be rewarded: with the end of the hold that the friend's own points would be in. */
export function rewardDueAt(orderedAt: Date, holdDays: number): Date {
  return new Date(orderedAt.getTime() + holdDays * DAY_MS);
}
