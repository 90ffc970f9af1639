import { sqlStateOf, TransactionConflict, type Tx } from "#app/platform/db/database.server.ts";
import { COUNTS_SQL } from "./counts-as-order.ts";
import type { SegmentFacts } from "./take-part.ts";

/** An order that campaigns are to be asked about. */
export interface AskedOrder {
  orderId: string;
  memberId: string;
  processedAt: string;
}

/** Where campaigns, and members in them, stand; true until the transaction ends for what is locked. */
export interface CampaignStanding {
  /** Of those that are locked: every one with a budget. */
  budgets: ReadonlyMap<string, { budget: number | null; spent: number }>;
  /** What an order holds now, by campaign. */
  held(orderId: string): ReadonlyMap<string, number>;
  /** What other orders of its member hold, by campaign. */
  elsewhere(orderId: string): ReadonlyMap<string, number>;
  facts(orderId: string): SegmentFacts | null;
}

interface ByCampaign {
  orderId: string;
  campaignId: string;
  points: number;
}

interface Loaded {
  campaigns: { campaignId: string; budget: number | null; spent: number }[] | null;
  held: ByCampaign[] | null;
  elsewhere: ByCampaign[] | null;
  facts:
    | { orderId: string; joinedAt: string; birthdayMonth: number | null; lastOrderAt: string | null }[]
    | null;
}

/**
 * Locks campaigns until the transaction ends. Every transaction takes those with a budget first, each kind by id: one that
 * asks and charges more than once begins with this.
 */
export async function lockCampaigns(
  tx: Tx,
  { shopId, campaignIds }: { shopId: string; campaignIds: readonly string[] },
): Promise<void> {
  await tx.query(
    `select 1 from campaign where shop_id = $1 and campaign_id = any($2::uuid[])
      order by (budget is null), campaign_id for no key update`,
    [shopId, campaignIds],
  );
}

// Those without a budget are locked when they are charged.
const STANDING_SQL = `
with asked as materialized (
  select * from json_to_recordset($2::json) as a("orderId" text, "memberId" uuid, "processedAt" timestamptz)
), locked as materialized (
  select campaign_id, spent_points, budget from campaign
   where shop_id = $1 and campaign_id = any($3::uuid[]) and budget is not null
   order by campaign_id
     for no key update
)
select
  (select json_agg(json_build_object('campaignId', campaign_id, 'budget', budget, 'spent', spent_points))
     from locked) as campaigns,
  (select json_agg(json_build_object('orderId', a."orderId", 'campaignId', w.campaign_id, 'points', w.points))
     from asked a join campaign_award w on w.shop_id = $1 and w.order_id = a."orderId") as held,
  (select json_agg(others) from (
     select a."orderId", w.campaign_id as "campaignId", sum(w.points) as points
       from asked a
       join campaign_award w on w.shop_id = $1 and w.member_id = a."memberId" and w.campaign_id = any($4::uuid[])
        and w.order_id <> a."orderId"
      group by a."orderId", w.campaign_id) as others) as elsewhere,
  (select json_agg(json_build_object('orderId', a."orderId", 'joinedAt', m.joined_at, 'birthdayMonth', m.birthday_month,
            'lastOrderAt', (
               select o.processed_at from order_state o
                where o.shop_id = $1 and o.member_id = a."memberId" and ${COUNTS_SQL}
                  and (o.processed_at, o.order_id) < (a."processedAt", a."orderId")
                order by o.processed_at desc limit 1)))
     from asked a join member m on m.shop_id = $1 and m.member_id = a."memberId"
    where $5) as facts`;

/**
 * Locks campaigns until the transaction ends and says what is spent of them, what the orders and their members hold by
 * them, and what segments ask of the members: one statement for all orders. The orders and their members must be locked.
 *
 * @param args.campaignIds all that the orders may be charged for
 * @param args.perMember of which of them it matters what the members' other orders hold
 */
export async function campaignStanding(
  tx: Tx,
  args: {
    shopId: string;
    orders: readonly AskedOrder[];
    campaignIds: readonly string[];
    perMember: readonly string[];
    facts: boolean;
  },
): Promise<CampaignStanding> {
  const asked = args.orders.map(({ orderId, memberId, processedAt }) => ({ orderId, memberId, processedAt }));
  const [row] = await tx.query<Loaded>(STANDING_SQL, [
    args.shopId,
    JSON.stringify(asked),
    args.campaignIds,
    args.perMember,
    args.facts,
  ]);
  const held = byOrder(row?.held ?? []);
  const elsewhere = byOrder(row?.elsewhere ?? []);
  const facts = new Map((row?.facts ?? []).map((entry) => [entry.orderId, entry]));
  return {
    budgets: new Map((row?.campaigns ?? []).map(({ campaignId, ...budget }) => [campaignId, budget])),
    held: (orderId) => held.get(orderId) ?? new Map(),
    elsewhere: (orderId) => elsewhere.get(orderId) ?? new Map(),
    facts: (orderId) => {
      const found = facts.get(orderId);
      if (!found) return null;
      const { joinedAt, birthdayMonth, lastOrderAt } = found;
      return {
        joinedAt: new Date(joinedAt),
        birthdayMonth,
        lastOrderAt: lastOrderAt === null ? null : new Date(lastOrderAt),
      };
    },
  };
}

function byOrder(rows: readonly ByCampaign[]): Map<string, Map<string, number>> {
  const orders = new Map<string, Map<string, number>>();
  for (const { orderId, campaignId, points } of rows) {
    const campaigns = orders.get(orderId) ?? new Map<string, number>();
    orders.set(orderId, campaigns.set(campaignId, points));
  }
  return orders;
}

/** What an order is to hold by a campaign. */
export interface CampaignCharge {
  campaignId: string;
  orderId: string;
  memberId: string;
  points: number;
}

const CHECK_VIOLATION = "23514";

const CHARGE_SQL = `
with asked as materialized (
  select * from json_to_recordset($2::json)
    as a("campaignId" uuid, "orderId" text, "memberId" uuid, points bigint)
), sums as materialized (
  select a."campaignId", sum(a.points - coalesce(w.points, 0)) as more
    from asked a
    left join campaign_award w
      on w.shop_id = $1 and w.campaign_id = a."campaignId" and w.order_id = a."orderId"
   group by a."campaignId"
), locked as materialized (
  select campaign_id from campaign
   where shop_id = $1 and campaign_id in (select "campaignId" from asked)
   order by (budget is null), campaign_id
     for no key update
), written as (
  insert into campaign_award (shop_id, campaign_id, order_id, member_id, points, first_awarded_at)
  select $1, "campaignId", "orderId", "memberId", points, $3 from asked
  on conflict (shop_id, campaign_id, order_id) do update
    set points = excluded.points, member_id = excluded.member_id
)
update campaign c set spent_points = c.spent_points + sums.more
  from sums join locked on locked.campaign_id = sums."campaignId"
 where c.shop_id = $1 and c.campaign_id = sums."campaignId"`;

/**
 * Makes orders hold these points by campaigns, and the campaigns cost them: one statement for all. The orders must be
 * locked. Twice is once.
 *
 * @throws TransactionConflict where a campaign was given a budget after we looked; the transaction is run again
 */
export async function chargeAwards(
  tx: Tx,
  args: { shopId: string; charges: readonly CampaignCharge[]; now: Date },
): Promise<void> {
  if (args.charges.length === 0) return;
  try {
    await tx.query(CHARGE_SQL, [args.shopId, JSON.stringify(args.charges), args.now]);
  } catch (error) {
    if (sqlStateOf(error) !== CHECK_VIOLATION) throw error;
    throw new TransactionConflict("campaign_budget", { cause: error });
  }
}
