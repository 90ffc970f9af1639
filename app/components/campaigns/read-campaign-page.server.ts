import { listCampaigns } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { pointValue } from "#app/loyalty/insights/point-value.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { campaignView } from "./campaign-views.ts";
import type { OtherCampaign } from "./campaign-warnings.ts";
import { wallReading } from "./campaign-warnings.ts";

/** What the editor needs beside the campaign itself: the program, the clock, and what else runs. */
export async function readCampaignSurroundings(call: AdminCall, campaignId: string | null) {
  const { services, shopId, shop } = call;
  const now = services.now();
  const [program, campaigns] = await Promise.all([
    liveProgram(services.db, shopId),
    listCampaigns(services.db, shopId),
  ]);
  const others: OtherCampaign[] = campaigns
    .filter((row) => row.campaignId !== campaignId && row.status === "published")
    .filter((row) => campaignView(row, now).phase !== "ended")
    .map((row) => ({ campaignId: row.campaignId, settings: row.settings }));
  return {
    program: program.settings,
    value: pointValue(program.settings),
    nowReading: wallReading(now, shop.timeZone),
    others,
  };
}
