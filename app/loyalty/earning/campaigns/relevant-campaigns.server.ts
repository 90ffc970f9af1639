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
 * For a query that has orders of the shop `$1` as `locked`: the campaigns that some of them may take part in, or do, as
 * one JSON value; null where there are none. Of several orders the time between the first and the last counts as a whole.
 */
export const RELEVANT_CAMPAIGNS_SQL = `(
  select json_agg(json_build_object('campaignId', c.campaign_id, 'settings', c.settings, 'startsAt', c.starts_at,
           'until', least(c.ends_at, c.ended_at)))
    from campaign c
   where c.shop_id = $1 and c.status <> 'draft'
     and (c.starts_at <= (select max(processed_at) from locked)
          and coalesce(least(c.ends_at, c.ended_at), 'infinity') > (select min(processed_at) from locked)
       or c.campaign_id in (select (jsonb_array_elements(l.snapshot -> 'campaigns') ->> 'campaignId')::uuid
                              from locked l)))`;

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
       select processed_at, snapshot from order_state
        where shop_id = $1 and order_id = any($2::text[]))
     select ${RELEVANT_CAMPAIGNS_SQL} as campaigns`,
    [shopId, orderIds],
  );
  return readRelevant(row?.campaigns ?? null);
}
