import type { Database, Queryable } from "#app/platform/db/database.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ExpirySettings } from "#app/loyalty/program/expiry-settings.ts";

const BATCH_SIZE = 5_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface RedateArgs {
  shopId: string;
  expiry: ExpirySettings;
  timeZone: string;
  /** Looks at every open lot, as after a change of the rule; otherwise only at what an activity has moved on. */
  everything: boolean;
  batchSize?: number;
}

/**
 * Gives every open lot the later of the date it has and the date that the rule gives it, and none where one of the two is
 * never: so no change of the rule expires anything at once, and points that were promised never to lapse never do. A lot is
 * open while points are left in it, and while all of them are bound to codes that may give them back. Where points lapse
 * by inactivity the date counts from the member's last activity, so it moves on with every night after one. Must run
 * before lots expire. Running it again, or twice at once, changes nothing more.
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
             where m.shop_id = $1 and m.member_id > $4::uuid and ${whoSql(args)}
             order by m.member_id limit $3)
          order by member_id for no key update`,
        [args.shopId, args.timeZone, args.batchSize ?? BATCH_SIZE, from],
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

/** What a change to this rule would do to the points there are now, but for those that are bound to codes. Only reads. */
export async function previewExpiry(
  q: Queryable,
  args: Pick<RedateArgs, "shopId" | "expiry" | "timeZone">,
): Promise<ExpiryPreview> {
  const dates = await datesOf(q, { ...args, everything: true });
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
  const { shopId, expiry, timeZone } = args;
  const days = await q.query<{ day: string }>(
    `select distinct day::text as day from (${openLotsSql(expiry, `${OPEN_MEMBER} and ${wantedSql(args)}`)}) as open_lots`,
    [shopId, timeZone],
  );
  return days.map(({ day }) => ({
    day,
    at: grantExpiresAt(expiry, startOfLocalDay(day, timeZone), timeZone),
  }));
}

// In what follows $1 is the shop and $2 its time zone, `m` a member and `l` a lot of theirs.

const OPEN_MEMBER = "m.state in ('active', 'blocked')";

/** Lots of which nothing is left since open codes hold the rest. They are another member's where that one was merged into this. */
const BOUND_LOTS = `redemption code
      join points_transfer hold on hold.shop_id = $1 and hold.source = 'redemption'
       and hold.source_id = code.redemption_id::text and hold.to_account = 'held'
      join lot_move taken on taken.shop_id = $1 and taken.member_id = hold.member_id and taken.transfer_seq = hold.seq
      join points_lot l on l.shop_id = $1 and l.member_id = taken.member_id and l.lot_seq = taken.lot_seq
     where code.shop_id = $1 and code.member_id = m.member_id and code.status in ('requested', 'ready') and l.remaining = 0`;

/** The day in the shop's zone that the date of a lot counts from. */
function dayOf(expiry: ExpirySettings): string {
  const instant = expiry.kind === "inactivity" ? "greatest(l.earned_at, m.last_active_at)" : "l.earned_at";
  return `(${instant} at time zone $2)::date`;
}

/** Whether a lot is looked at: any of them, or one whose member was active since it got its date. */
function wantedSql({ expiry, everything }: Pick<RedateArgs, "expiry" | "everything">): string {
  if (everything || expiry.kind !== "inactivity") return "$2::text is not null";
  const lastDay = `${dayOf(expiry)} + make_interval(months => ${expiry.months})`;
  return `l.expires_at < (${lastDay} + interval '1 day') at time zone $2`;
}

/** Whether a member has such a lot. */
function whoSql(args: Pick<RedateArgs, "expiry" | "everything">): string {
  const wanted = wantedSql(args);
  return `${OPEN_MEMBER} and (
       exists (select from points_lot l where l.shop_id = $1 and l.member_id = m.member_id and l.remaining > 0 and ${wanted})
    or m.held > 0 and exists (select from ${BOUND_LOTS} and ${wanted}))`;
}

/** The open lots that are wanted, each with its day and the member who may spend its points. */
function openLotsSql(expiry: ExpirySettings, wanted: string): string {
  const columns = `l.member_id, l.lot_seq, l.remaining, l.expires_at as held, ${dayOf(expiry)} as day, m.member_id as owner`;
  return `
  select ${columns}
    from member m join points_lot l on l.shop_id = $1 and l.member_id = m.member_id and l.remaining > 0
   where m.shop_id = $1 and ${wanted}
   union all
  select ${columns}
    from member m cross join lateral (select l.* from ${BOUND_LOTS}) as l
   where m.shop_id = $1 and m.held > 0 and ${wanted}`;
}

function ruledSql(expiry: ExpirySettings, wanted: string): string {
  return `
with open_lots as (${openLotsSql(expiry, wanted)}
), ruled as (
  select o.*, case when o.held is null or r.at is null then null else greatest(o.held, r.at) end as later
    from open_lots o
    join json_to_recordset($3::json) as r(day date, at timestamptz) on r.day = o.day
)`;
}

function redateSql(expiry: ExpirySettings): string {
  return `${ruledSql(expiry, "m.member_id = any($4::uuid[])")}, lots as (
  update points_lot l set expires_at = r.later
    from ruled r
   where l.shop_id = $1 and l.member_id = r.member_id and l.lot_seq = r.lot_seq and r.later is distinct from r.held
  returning r.owner
), shown as (
  update member m set revision = revision + 1
   where m.shop_id = $1 and m.member_id in (select owner from lots)
)
select owner from lots`;
}

function previewSql(expiry: ExpirySettings): string {
  const iso = (instant: string) => `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const sums = (which: string) =>
    `'members', count(distinct owner) filter (where ${which}),
     'points', coalesce(sum(remaining) filter (where ${which}), 0)`;
  return `${ruledSql(expiry, OPEN_MEMBER)}, there as (
  select * from ruled where remaining > 0
)
select json_build_object(${sums("later is distinct from held")},
         'until', ${iso("max(later) filter (where later is distinct from held)")}) as later,
       json_build_object(${sums("later is not null and later = held")}) as kept,
       json_build_object(${sums("held is null")}) as undated,
       (select coalesce(json_agg(json_build_object('at', ${iso("later")}, 'points', points) order by later), '[]')
          from (select later, sum(remaining) as points from there where later is not null
                 group by later order by later limit 3) as days) as soonest
  from there`;
}
