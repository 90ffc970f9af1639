import { randomUUID } from "node:crypto";
import type { CampaignSettingsInput } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { publishCampaign, saveCampaign } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { NOW } from "./ledger-fixtures.ts";

/** Double points for everybody on everything, in November 2026. */
export function doublePoints(over: Partial<CampaignSettingsInput> = {}): CampaignSettingsInput {
  return {
    name: { en: "Double points weekend", ko: "더블 적립 주말" },
    starts: "2026-11-01T00:00",
    ends: "2026-12-01T00:00",
    award: { kind: "multiplier", multiplier: "2" },
    ...over,
  };
}

/** A published campaign; returns its id. */
export async function createCampaign(
  db: Database,
  shopId: string,
  over: Partial<CampaignSettingsInput> = {},
  campaignId: string = randomUUID(),
): Promise<string> {
  const args = { shopId, campaignId, actor: "7", now: NOW };
  await db.transaction(async (tx) => {
    const { revision } = await saveCampaign(tx, {
      ...args,
      settings: doublePoints(over),
      revision: null,
      eventId: randomUUID(),
    });
    await publishCampaign(tx, { ...args, revision, eventId: randomUUID() });
  });
  return campaignId;
}
