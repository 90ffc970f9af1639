import type { Queryable } from "#app/platform/db/database.server.ts";
import { campaignSettings } from "./campaign-settings.ts";
import type { CampaignReach, CampaignRow } from "./campaign.ts";

const COLUMNS = `c.campaign_id as "campaignId", c.status, c.settings, c.starts_at as "startsAt", c.ends_at as "endsAt",
  c.spent_points as "spentPoints", c.revision, c.created_at as "createdAt", c.created_by as "createdBy",
  c.published_at as "publishedAt", c.ended_at as "endedAt"`;

const LISTED = 500;

/** The shop's campaigns, newest first, each with how many orders and members hold points by it. */
export async function listCampaigns(q: Queryable, shopId: string): Promise<(CampaignRow & CampaignReach)[]> {
  return read(q, "true", [shopId]);
}

/** One campaign; null when the shop has no such one. */
export async function readCampaign(
  q: Queryable,
  shopId: string,
  campaignId: string,
): Promise<(CampaignRow & CampaignReach) | null> {
  if (!UUID.test(campaignId)) return null;
  const [row] = await read(q, "c.campaign_id = $2", [shopId, campaignId]);
  return row ?? null;
}

/** The row alone, locked until the transaction ends; null when there is none. */
export async function lockCampaign(
  q: Queryable,
  shopId: string,
  campaignId: string,
): Promise<CampaignRow | null> {
  const [row] = await q.query<CampaignRow>(
    `select ${COLUMNS} from campaign c where c.shop_id = $1 and c.campaign_id = $2 for no key update`,
    [shopId, campaignId],
  );
  return row ? parsed(row) : null;
}

/** The collections that campaigns which are not over are about. */
export async function collectionsOfCampaigns(q: Queryable, shopId: string, now: Date): Promise<string[]> {
  const rows = await q.query<{ id: string }>(
    `select distinct jsonb_array_elements_text(settings -> 'products' -> 'collectionIds') as id from campaign
      where shop_id = $1 and status = 'published' and (ends_at is null or ends_at > $2)`,
    [shopId, now],
  );
  return rows.map(({ id }) => id);
}

/** Live campaigns that everybody takes part in, those that end first in front; one statement. */
export async function campaignsForEverybody(
  q: Queryable,
  shopId: string,
  now: Date,
): Promise<Pick<CampaignRow, "settings" | "endsAt">[]> {
  const rows = await q.query<Pick<CampaignRow, "settings" | "endsAt">>(
    `select settings, ends_at as "endsAt" from campaign
      where shop_id = $1 and status = 'published' and starts_at <= $2 and (ends_at is null or ends_at > $2)
        and (budget is null or spent_points < budget)
        and settings -> 'segment' ->> 'kind' = 'all' and jsonb_array_length(settings -> 'tierIds') = 0
      order by ends_at nulls last, campaign_id limit 20`,
    [shopId, now],
  );
  return rows.map(({ settings, endsAt }) => ({ settings: campaignSettings.parse(settings), endsAt }));
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function read(
  q: Queryable,
  which: string,
  values: unknown[],
): Promise<(CampaignRow & CampaignReach)[]> {
  const rows = await q.query<CampaignRow & CampaignReach>(
    `select ${COLUMNS}, coalesce(a.orders, 0)::int as orders, coalesce(a.members, 0)::int as members
       from campaign c
       left join lateral (
         select count(*) as orders, count(distinct member_id) as members from campaign_award
          where shop_id = $1 and campaign_id = c.campaign_id and points > 0) a on true
      where c.shop_id = $1 and ${which}
      order by c.created_at desc, c.campaign_id limit ${LISTED}`,
    values,
  );
  return rows.map(parsed);
}

/** With the default of every setting that is younger than the row. */
function parsed<Row extends CampaignRow>(row: Row): Row {
  return { ...row, settings: campaignSettings.parse(row.settings) };
}
