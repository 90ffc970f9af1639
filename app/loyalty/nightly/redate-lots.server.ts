import type { Database, Queryable } from "#app/platform/db/database.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ExpirySettings } from "#app/loyalty/program/expiry-settings.ts";

const BATCH_SIZE = 5_000;
const DAY_MS = 86_400_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * The rule for points that exist already when the program's expiry changes, or when a member is active again: the
 * later of the date they have and the date that the rule gives them. So no change ever expires anything at once, and
 * points that were promised never to lapse never do.
 */
export function laterExpiry(held: Date | null, ruled: Date | null): Date | null {
  if (held === null || ruled === null) return null;
  return held.getTime() >= ruled.getTime() ? held : ruled;
}

export interface RedateArgs {
  shopId: string;
  now: Date;
  expiry: ExpirySettings;
  timeZone: string;
  /** Looks at every lot, as after a change of the rule; otherwise only at members who may have moved their own date. */
  everything: boolean;
  /** The night before; null when there was none. Whoever was active since may have moved their date. */
  lastNight: Date | null;
  batchSize?: number;
}

/**
 * Gives every open lot the date of laterExpiry. Where points lapse by inactivity the date counts from the member's
 * last activity, so it moves on with every night after one. Must run before lots expire. Running it again, or twice
 * at once, changes nothing more.
 */
export async function redateLots(db: Database, args: RedateArgs): Promise<{ lots: number }> {
  if (!args.everything && args.expiry.kind !== "inactivity") return { lots: 0 };
  const dates = await datesOf(db, args);
  if (dates.length === 0) return { lots: 0 };
  let lots = 0;
  for (let after: string | null = NOBODY; after !== null;) {
    const from: string = after;
    const batch = await db.transaction(async (tx) => {
      const members = await tx.query<{ memberId: string }>(
        `select member_id as "memberId" from member
          where shop_id = $1 and member_id in (
            select m.member_id from member m
             where m.shop_id = $1 and m.member_id > $5::uuid and ${whoSql(args)}
             order by m.member_id limit $4)
          order by member_id for no key update`,
        [args.shopId, args.now, activeSince(args), args.batchSize ?? BATCH_SIZE, from],
      );
      const last = members.at(-1)?.memberId ?? null;
      if (last === null) return { last, moved: 0 };
      const moved = await tx.query(redateSql(args.expiry), [
        args.shopId,
        args.timeZone,
        JSON.stringify(dates),
        members.map((member) => member.memberId),
      ]);
      return { last, moved: moved.length };
    });
    lots += batch.moved;
    after = batch.last;
  }
  return { lots };
}

export interface ExpiryPreview {
  /** Points that would get a later date, or none any more. */
  later: { members: number; points: number; until: string | null };
  /** Points that keep the date they have. */
  kept: { members: number; points: number };
  /** Points that were never to lapse, and never will. */
  undated: { members: number; points: number };
  /** The first instants after which something lapses, soonest first, under the new rule. */
  soonest: { at: string; points: number }[];
}

/** What a change to this rule would do to the points there are now. Only reads. */
export async function previewExpiry(
  q: Queryable,
  args: Pick<RedateArgs, "shopId" | "now" | "expiry" | "timeZone">,
): Promise<ExpiryPreview> {
  const dates = await datesOf(q, { ...args, everything: true, lastNight: null });
  const [row] = await q.query<ExpiryPreview>(previewSql(args.expiry), [
    args.shopId,
    args.timeZone,
    JSON.stringify(dates),
  ]);
  if (!row) throw new Error("an aggregate always has a row");
  return row;
}

/** Every day that some lot's date counts from, with the instant that the rule makes of it: in the words of the one function that dates grants. */
async function datesOf(
  q: Queryable,
  args: Omit<RedateArgs, "batchSize">,
): Promise<{ day: string; at: Date | null }[]> {
  const { shopId, expiry, timeZone, now } = args;
  const days = await q.query<{ day: string }>(
    `select distinct ${dayOf(expiry, "$4")}::text as day
       from member m join points_lot l on l.shop_id = $1 and l.member_id = m.member_id and l.remaining > 0
      where m.shop_id = $1 and ${whoSql(args)}`,
    [shopId, now, activeSince(args), timeZone],
  );
  return days.map(({ day }) => ({
    day,
    at: grantExpiresAt(expiry, startOfLocalDay(day, timeZone), timeZone),
  }));
}

/** The day in the shop's zone that the date of lot `l` of member `m` counts from. */
function dayOf(expiry: ExpirySettings, timeZone: string): string {
  const instant = expiry.kind === "inactivity" ? "greatest(l.earned_at, m.last_active_at)" : "l.earned_at";
  return `(${instant} at time zone ${timeZone})::date`;
}

/** Whoever was active after this is looked at: since the last night, and for three days in any case. */
function activeSince({ now, lastNight }: Pick<RedateArgs, "now" | "lastNight">): Date {
  return new Date(Math.min(now.getTime(), lastNight?.getTime() ?? 0) - 3 * DAY_MS);
}

/**
 * Whose lots may get another date: everybody's, or those of members with something due, lately active, lately made one
 * with somebody who was, or given points back by a code that had held them. $2 is now, $3 activeSince.
 */
function whoSql({ everything }: Pick<RedateArgs, "everything">): string {
  const open = `m.state in ('active', 'blocked') and $2::timestamptz is not null and $3::timestamptz is not null`;
  if (everything) return open;
  return `${open} and (m.last_active_at >= $3
    or exists (select from member gone where gone.shop_id = $1 and gone.merged_into = m.member_id and gone.merged_at >= $3)
    or exists (select from redemption r where r.shop_id = $1 and r.member_id = m.member_id
                  and greatest(r.closed_at, r.restored_at) >= $3)
    or exists (select from points_lot d where d.shop_id = $1 and d.member_id = m.member_id and d.state = 'available'
                  and d.remaining > 0 and d.expires_at <= $2::timestamptz + interval '40 days'))`;
}

function ruledSql(expiry: ExpirySettings): string {
  return `
with ruled as (
  select l.member_id, l.lot_seq, l.remaining, l.expires_at as held, r.at as ruled,
         case when l.expires_at is null or r.at is null then null else greatest(l.expires_at, r.at) end as later
    from points_lot l
    join member m on m.shop_id = $1 and m.member_id = l.member_id
    join json_to_recordset($3::json) as r(day date, at timestamptz) on r.day = ${dayOf(expiry, "$2")}
   where l.shop_id = $1 and l.remaining > 0`;
}

function redateSql(expiry: ExpirySettings): string {
  return `${ruledSql(expiry)} and l.member_id = any($4::uuid[])
), lots as (
  update points_lot l set expires_at = r.later
    from ruled r
   where l.shop_id = $1 and l.member_id = r.member_id and l.lot_seq = r.lot_seq and r.later is distinct from r.held
  returning l.member_id
), shown as (
  update member m set revision = revision + 1
   where m.shop_id = $1 and m.member_id in (select member_id from lots)
)
select member_id from lots`;
}

function previewSql(expiry: ExpirySettings): string {
  const iso = (instant: string) => `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const sums = (which: string) =>
    `'members', count(distinct member_id) filter (where ${which}),
     'points', coalesce(sum(remaining) filter (where ${which}), 0)`;
  return `${ruledSql(expiry)} and m.state in ('active', 'blocked')
)
select json_build_object(${sums("later is distinct from held")},
         'until', ${iso("max(later) filter (where later is distinct from held)")}) as later,
       json_build_object(${sums("later is not null and later = held")}) as kept,
       json_build_object(${sums("held is null")}) as undated,
       (select coalesce(json_agg(json_build_object('at', ${iso("later")}, 'points', points) order by later), '[]')
          from (select later, sum(remaining) as points from ruled where later is not null
                 group by later order by later limit 3) as days) as soonest
  from ruled`;
}
