/** A campaign as pages get it: what the row says, and where it stands at the moment of asking. */
import { campaignPhase } from "#app/loyalty/earning/campaigns/campaign.ts";
import type {
  CampaignPhase,
  CampaignReach,
  CampaignRow,
  CampaignSettings,
} from "#app/loyalty/earning/campaigns/campaign.ts";

export const CAMPAIGN_PHASES = [
  "live",
  "scheduled",
  "draft",
  "exhausted",
  "ended",
] as const satisfies readonly CampaignPhase[];

export interface CampaignView {
  campaignId: string;
  status: CampaignRow["status"];
  phase: CampaignPhase;
  settings: CampaignSettings;
  /** ISO instants of the window. */
  startsAt: string;
  endsAt: string | null;
  spentPoints: number;
  revision: number;
  orders: number;
  members: number;
}

export function campaignView(row: CampaignRow & CampaignReach, now: Date): CampaignView {
  return {
    campaignId: row.campaignId,
    status: row.status,
    phase: campaignPhase(row, now),
    settings: row.settings,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt?.toISOString() ?? null,
    spentPoints: row.spentPoints,
    revision: row.revision,
    orders: row.orders,
    members: row.members,
  };
}

/** What of the budget is used, from 0 to 1; null without a budget. */
export function budgetShare(campaign: Pick<CampaignView, "settings" | "spentPoints">): number | null {
  const { budget } = campaign.settings;
  return budget === null ? null : Math.min(1, campaign.spentPoints / budget);
}
