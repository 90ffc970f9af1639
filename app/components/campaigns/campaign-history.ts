/** Who did what to a campaign, as the audit log tells it. */
import { campaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { actorName } from "#app/components/members/statement-line.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";
import { campaignChanges } from "./campaign-words.ts";
import type { TierName } from "./campaign-words.ts";

/** An entry of the audit log. */
export interface CampaignAudit {
  eventId: string;
  at: string;
  actor: string;
  action: string;
  before: unknown;
  after: unknown;
}

export interface CampaignStory {
  eventId: string;
  at: string;
  by: string;
  text: string;
  /** What differs, where settings were changed. */
  changes: string[];
}

const ACTIONS: Record<string, AdminKey> = {
  "campaign.create": "audit.campaign.create",
  "campaign.save": "audit.campaign.save",
  "campaign.publish": "audit.campaign.publish",
  "campaign.end": "audit.campaign.end",
  "campaign.delete": "audit.campaign.delete",
};

/** @param entries newest first */
export function campaignStories(
  entries: readonly CampaignAudit[],
  tiers: readonly TierName[],
  words: Words,
): CampaignStory[] {
  return entries.map(({ eventId, at, actor, action, before, after }) => {
    const key = ACTIONS[action];
    const [was, is] = [settingsIn(before), settingsIn(after)];
    return {
      eventId,
      at,
      by: actorName(actor, words),
      text: key ? words.t(key) : action,
      changes: was && is ? campaignChanges(was, is, tiers, words) : [],
    };
  });
}

function settingsIn(state: unknown) {
  if (typeof state !== "object" || state === null || !("settings" in state)) return null;
  const parsed = campaignSettings.safeParse(state.settings);
  return parsed.success ? parsed.data : null;
}
