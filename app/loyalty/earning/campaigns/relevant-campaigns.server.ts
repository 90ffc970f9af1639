import type { Queryable } from "#app/platform/db/database.server.ts";
import { campaignSettings } from "./campaign-settings.ts";
import type { PublishedCampaign } from "./take-part.ts";

/** A row of RELEVANT_CAMPAIGNS_SQL, as JSON brings it. */
export interface RelevantCampaign {
  campaignId: string;
  settings: unknown;
  startsAt: string;
  until: string | null;
}

/**
 * For a query that has orders of the shop `$1` as `locked`: the campaigns they may take part in, or do, as one JSON value;
 * null where there are none.
 */
export const RELEVANT_CAMPAIGNS_SQL = `(
  select json_agg(json_build_object('campaignId', c.campaign_id, 'settings', c.settings, 'startsAt', c.starts_at,
           'until', least(c.ends_at, c.ended_at)))
    from campaign c
   where c.shop_id = $1 and c.status <> 'draft'
     and exists (select 1 from locked l
                  where l.processed_at >= c.starts_at
                    and (l.processed_at < least(c.ends_at, c.ended_at) or coalesce(c.ends_at, c.ended_at) is null)
                     or l.snapshot -> 'campaigns' @> jsonb_build_array(jsonb_build_object('campaignId', c.campaign_id))
                     or l.snapshot is null and l.changes > 0
                        and exists (select 1 from campaign_award a
                                     where a.shop_id = $1 and a.campaign_id = c.campaign_id and a.order_id = l.order_id)))`;

/** Their settings with the default of what is younger than they are. */
export function readRelevant(rows: readonly RelevantCampaign[] | null): PublishedCampaign[] {
  return (rows ?? []).map(({ campaignId, settings, startsAt, until }) => ({
    campaignId,
    settings: campaignSettings.parse(settings),
    startsAt: new Date(startsAt),
    until: until === null ? null : new Date(until),
  }));
}

/** The campaigns that orders may take part in, or do. */
export async function relevantCampaigns(
  q: Queryable,
  { shopId, orderIds }: { shopId: string; orderIds: readonly string[] },
): Promise<PublishedCampaign[]> {
  const [row] = await q.query<{ campaigns: RelevantCampaign[] | null }>(
    `with locked as materialized (
       select order_id, processed_at, snapshot, changes from order_state
        where shop_id = $1 and order_id = any($2::text[]))
     select ${RELEVANT_CAMPAIGNS_SQL} as campaigns`,
    [shopId, orderIds],
  );
  return readRelevant(row?.campaigns ?? null);
}
