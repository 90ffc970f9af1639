import type { LoaderFunctionArgs } from "@remix-run/node";
import { previewCampaign } from "#app/loyalty/earning/campaigns/preview-campaign.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { readReachQuery } from "#app/components/campaigns/reach-query.ts";
import type { ReachAnswer } from "#app/components/campaigns/reach-query.ts";
import { notFound } from "#app/components/shared/admin-replies.server.ts";

/** How many members a campaign would fit today; asked for while it is being written. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const settings = readReachQuery(new URL(request.url).searchParams);
  if (!settings) return notFound();
  const answer: ReachAnswer = await previewCampaign(services.db, { shopId, settings, now: services.now() });
  return Response.json(answer);
}
