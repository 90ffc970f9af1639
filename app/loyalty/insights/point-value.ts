/** What a point is worth in money, as far as the program itself says so. */
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

/** `minor` units of the shop's currency for `points`; kept as a fraction, so that no rounding hides in it. */
export type PointValue = { minor: number; points: number; rewardId: string };

/**
 * The most a point can fetch: the best ratio among the rewards that give money off. Percentages and free shipping
 * have no fixed worth and are left out; `null` when nothing enabled has one.
 */
export function pointValue(settings: ProgramSettings): PointValue | null {
  let best: PointValue | null = null;
  for (const reward of settings.rewards) {
    if (!reward.enabled) continue;
    const value = ofReward(reward);
    if (value && (!best || value.minor * best.points > best.minor * value.points)) best = value;
  }
  return best;
}

function ofReward(reward: ProgramSettings["rewards"][number]): PointValue | null {
  switch (reward.kind) {
    case "cash":
      return { minor: reward.pointValueMinor, points: 1, rewardId: reward.id };
    case "amount_off":
      return { minor: reward.amountMinor, points: reward.cost, rewardId: reward.id };
    case "percentage_off":
    case "free_shipping":
      return null;
  }
}

/** Money for that many points, rounded up: a liability is never shown smaller than it is. */
export function worthOf(points: number, value: PointValue): number {
  const whole = BigInt(points) * BigInt(value.minor);
  const by = BigInt(value.points);
  const up = whole > 0n && whole % by !== 0n ? 1n : 0n;
  return Number(whole / by + up);
}
