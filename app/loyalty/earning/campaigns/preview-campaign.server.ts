import type { Queryable } from "#app/platform/db/database.server.ts";
import { localDate } from "../../program/calendar.ts";
import { liveProgram } from "../../program/program.server.ts";
import type { CampaignSettings } from "./campaign-settings.ts";
import { COUNTS_SQL } from "./counts-as-order.ts";

/** How many members its segment and its tiers fit today, as if each of them ordered now. */
export async function previewCampaign(
  q: Queryable,
  args: { shopId: string; settings: Pick<CampaignSettings, "segment" | "tierIds">; now: Date },
): Promise<{ members: number }> {
  const { shopId, now, settings } = args;
  const { segment, tierIds } = settings;
  const { tiers } = (await liveProgram(q, shopId)).settings;
  const [shop] = await q.query<{ timeZone: string }>(
    `select time_zone as "timeZone" from shop where shop_id = $1`,
    [shopId],
  );
  const timeZone = shop?.timeZone ?? "UTC";
  const today = localDate(now, timeZone);
  const days = "days" in segment ? segment.days : 0;
  const [row] = await q.query<{ members: number }>(
    `with asked as (select $4::date as today, $5::int as days, $6::text as zone)
     select count(*)::int as members from member m cross join asked
      where m.shop_id = $1 and m.state = 'active'
        and (cardinality($2::text[]) = 0
             or case when m.tier_id = any($3::text[]) then m.tier_id else ($3::text[])[1] end = any($2::text[]))
        and ${SEGMENT_SQL[segment.kind]}`,
    [shopId, tierIds, tiers.map((tier) => tier.id), today, days, timeZone],
  );
  return { members: row?.members ?? 0 };
}

const ORDERED = `exists (select 1 from order_state o where o.shop_id = $1 and o.member_id = m.member_id and ${COUNTS_SQL}`;

const SEGMENT_SQL: Record<CampaignSettings["segment"]["kind"], string> = {
  all: "true",
  first_order: `not ${ORDERED})`,
  returning: `${ORDERED})`,
  lapsed: `${ORDERED}) and not ${ORDERED} and (o.processed_at at time zone asked.zone)::date > asked.today - asked.days)`,
  joined_within: `(m.joined_at at time zone asked.zone)::date >= asked.today - asked.days`,
  birthday_month: `m.birthday_month = extract(month from asked.today)`,
};
