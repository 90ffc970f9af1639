/** A campaign as it is kept, and where it stands at a moment. Pure. */
import type { CampaignSettings } from "./campaign-settings.ts";

export type { CampaignSettings } from "./campaign-settings.ts";

export interface CampaignRow {
  campaignId: string;
  status: "draft" | "published" | "ended";
  settings: CampaignSettings;
  /** The window in the settings as instants; the end is exclusive. */
  startsAt: Date;
  endsAt: Date | null;
  /** Points that orders hold by it now. */
  spentPoints: number;
  revision: number;
  createdAt: Date;
  createdBy: string;
  publishedAt: Date | null;
  /** By hand. */
  endedAt: Date | null;
}

/** How many orders and members hold points by it. */
export interface CampaignReach {
  orders: number;
  members: number;
}

export type CampaignPhase = "draft" | "scheduled" | "live" | "exhausted" | "ended";

/** Exhausted: its time is not over, but its budget is; a refund may make it live again. */
export function campaignPhase(
  row: Pick<CampaignRow, "status" | "startsAt" | "endsAt" | "settings" | "spentPoints">,
  now: Date,
): CampaignPhase {
  if (row.status === "draft") return "draft";
  if (row.status === "ended" || (row.endsAt !== null && row.endsAt <= now)) return "ended";
  if (row.startsAt > now) return "scheduled";
  const { budget } = row.settings;
  return budget !== null && row.spentPoints >= budget ? "exhausted" : "live";
}
