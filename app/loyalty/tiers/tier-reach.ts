import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

type TierSettings = Pick<ProgramSettings, "tiers" | "tierRules">;

/** Whether two programs give everybody the same tier for the same orders. */
export function sameTierReach(one: TierSettings, other: TierSettings): boolean {
  return JSON.stringify(reachOf(one)) === JSON.stringify(reachOf(other));
}

function reachOf({ tiers, tierRules }: TierSettings): unknown[] {
  return [
    tierRules.basis,
    tierRules.window,
    tiers.map((tier) => [tier.id, tier.thresholdMinor, tier.retainMinor, tier.invitationOnly]),
  ];
}
