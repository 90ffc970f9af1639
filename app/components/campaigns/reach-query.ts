/** What the count of members depends on, as an address. */
import { z } from "zod";
import { CAMPAIGN_LIMITS, CAMPAIGN_SEGMENTS } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";

export type Reach = Pick<CampaignSettings, "segment" | "tierIds">;

export interface ReachAnswer {
  members: number;
}

/** The same settings have the same address, so that they are asked for once. */
export function reachAddress({ segment, tierIds }: Reach): string {
  const params = new URLSearchParams({ segment: segment.kind });
  if ("days" in segment) params.set("days", String(segment.days));
  for (const id of tierIds) params.append("tier", id);
  return `/app/campaigns/reach?${params.toString()}`;
}

const query = z.object({
  segment: z.enum(CAMPAIGN_SEGMENTS),
  days: z.coerce.number().int().min(1).max(CAMPAIGN_LIMITS.daysMax),
  tierIds: z.array(z.string().min(1).max(32)).max(CAMPAIGN_LIMITS.tiersMax),
});

/** Null when it is no question of ours. */
export function readReachQuery(params: URLSearchParams): Reach | null {
  const parsed = query.safeParse({
    segment: params.get("segment"),
    days: params.get("days") ?? "1",
    tierIds: params.getAll("tier"),
  });
  if (!parsed.success) return null;
  const { segment: kind, days, tierIds } = parsed.data;
  const segment = kind === "lapsed" || kind === "joined_within" ? { kind, days } : { kind };
  return { segment, tierIds };
}
