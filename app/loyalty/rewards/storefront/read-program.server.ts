import { json } from "#app/platform/http/reply.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { campaignsForEverybody } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { describeCampaign } from "./describe-campaign.ts";
import { describeProgram } from "./describe-program.ts";
import type { StorefrontCall } from "./storefront-route.server.ts";

/** `GET /proxy/program`: the live program in the shopper's language. */
export async function readProgram({ services, shop, locale, t, now }: StorefrontCall): Promise<Response> {
  const { settings } = await liveProgram(services.db, shop.shopId);
  const live = await campaignsForEverybody(services.db, shop.shopId, now);
  const campaigns = live.map((campaign) => describeCampaign(campaign, shop.currencyExponent, locale));
  return json({ ...describeProgram(settings, shop, locale, t), campaigns });
}
