import type { Queryable } from "#app/platform/db/database.server.ts";
import type { Person } from "./read-person.server.ts";

export interface HeldOnCustomer {
  customerId: string;
  /** The member's own row, and those of members who were merged into them. */
  member: unknown;
  mergedMembers: unknown[];
  transfers: unknown[];
  lots: unknown[];
  lotMoves: unknown[];
  orders: unknown[];
  waitingOrders: unknown[];
  disputes: unknown[];
  resettlements: unknown[];
  reconciliations: unknown[];
  campaignAwards: unknown[];
  redemptions: unknown[];
  referralsMade: unknown[];
  referralsReceived: unknown[];
  expiryReminders: unknown[];
  tierNotices: unknown[];
  importLines: unknown[];
  webhooks: unknown[];
  history: unknown[];
}

/** $1 is the shop; the rest is given to each statement, whether it asks for it or not. */
const GIVEN = `with given as (
  select $2::uuid[] as members, $3::text[] as customers, $4::text[] as email_hashes, $5::text[] as contacts)`;

const THEIR_ORDERS = `select order_id from order_state
  where shop_id = $1 and (customer_id = any($3) or member_id = any($2) or email_hash = any($4))`;

/**
 * One statement a kind of record. Other people's codes and hashes are theirs: of the friends a member invited only what
 * became of it is told, and of an invitation nothing about who sent it.
 */
export const HELD: Record<Exclude<keyof HeldOnCustomer, "customerId" | "member">, string> = {
  mergedMembers: `select to_jsonb(m) - 'revision' - 'projected_revision' - 'projected_at' as row
     from member m where shop_id = $1 and member_id = any($2) order by merged_at is not null, merged_at, member_id`,
  transfers: `select to_jsonb(t) as row from points_transfer t
    where shop_id = $1 and member_id = any($2) order by recorded_at, member_id, seq`,
  lots: `select to_jsonb(l) as row from points_lot l
    where shop_id = $1 and member_id = any($2) order by member_id, lot_seq`,
  lotMoves: `select to_jsonb(m) as row from lot_move m
    where shop_id = $1 and member_id = any($2) order by member_id, transfer_seq, lot_seq`,
  orders: `select to_jsonb(o) as row from order_state o
    where shop_id = $1 and (customer_id = any($3) or member_id = any($2) or email_hash = any($4))
    order by processed_at, order_id`,
  waitingOrders: `select to_jsonb(b) || jsonb_build_object('lines', (
      select jsonb_agg(l.node order by l.position) from backfill_line l
       where l.shop_id = b.shop_id and l.run_id = b.run_id and l.order_id = b.order_id)) as row
     from backfill_order b
    where shop_id = $1 and (email_hash = any($4) or node -> 'customer' ->> 'legacyResourceId' = any($3))
    order by processed_at, order_id`,
  disputes: `select to_jsonb(d) as row from order_dispute d
    where shop_id = $1 and order_id in (${THEIR_ORDERS}) order by first_seen_at, dispute_id`,
  resettlements: `select to_jsonb(e) as row from resettlement_entry e
    where shop_id = $1 and (member_id = any($2) or order_id in (${THEIR_ORDERS})) order by processed_at, run_id`,
  reconciliations: `select to_jsonb(e) as row from reconciliation_entry e
    where shop_id = $1 and order_id in (${THEIR_ORDERS}) order by at, run_id`,
  campaignAwards: `select to_jsonb(a) || jsonb_build_object('name', c.settings -> 'name') as row
     from campaign_award a join campaign c on c.shop_id = $1 and c.campaign_id = a.campaign_id
    where a.shop_id = $1 and a.member_id = any($2) order by a.first_awarded_at, a.campaign_id, a.order_id`,
  redemptions: `select to_jsonb(r) as row from redemption r
    where shop_id = $1 and member_id = any($2) order by requested_at, redemption_id`,
  referralsMade: `select jsonb_build_object('status', status, 'reason', reason, 'createdAt', created_at,
      'rewardedAt', rewarded_at) as row
     from referral where shop_id = $1 and advocate_id = any($2) order by created_at, referral_id`,
  referralsReceived: `select to_jsonb(r) - 'advocate_id' - 'ip_prefix_hash' as row from referral r
    where shop_id = $1 and (friend_customer_id = any($3) or friend_email_hash = any($4)) order by created_at, referral_id`,
  expiryReminders: `select to_jsonb(e) as row from expiry_reminder e
    where shop_id = $1 and member_id = any($2) order by on_date, days_before`,
  tierNotices: `select to_jsonb(n) as row from tier_notice n
    where shop_id = $1 and member_id = any($2) order by ends_at`,
  importLines: `select to_jsonb(r) as row from points_import_row r
    where shop_id = $1 and (customer_id = any($3) or contact_kind = 'customer' and contact = any($3) or contact = any($5))
    order by import_id, line`,
  webhooks: `select jsonb_build_object('topic', topic, 'receivedAt', received_at, 'payload', payload) as row
     from inbox_event
    where shop_id = $1 and payload is not null
      and (subject in (select 'customer:' || id from unnest($3::text[]) as id)
        or subject in (select 'order:' || theirs.order_id from (${THEIR_ORDERS}) as theirs)
        or subject is null and exists (
             select 1 from unnest($3::text[]) as id where payload ~ ('(^|[^0-9])' || id || '([^0-9]|$)')))
    order by received_at, webhook_id`,
  history: `select to_jsonb(a) - 'event_id' as row from audit_event a
    where shop_id = $1 and subject in (select 'member:' || id from unnest($2::uuid[]) as id) order by at, event_id`,
};

/** Gathers everything that any table holds on exactly this person of this shop. */
export async function heldOnCustomer(
  q: Queryable,
  args: {
    shopId: string;
    customerId: string;
    person: Person;
    /** Keyed hashes of their addresses, and the addresses as files of points have them. */
    emailHashes: readonly string[];
    contacts: readonly string[];
  },
): Promise<HeldOnCustomer> {
  const { shopId, customerId, person } = args;
  const given = [shopId, person.memberIds, person.customerIds, args.emailHashes, args.contacts];
  const held = {} as Record<keyof typeof HELD, unknown[]>;
  for (const kind of Object.keys(HELD) as (keyof typeof HELD)[]) {
    const rows = await q.query<{ row: unknown }>(`${GIVEN} ${HELD[kind]}`, given);
    held[kind] = rows.map(({ row }) => row);
  }
  const [member = null, ...mergedMembers] = held.mergedMembers;
  return { customerId, ...held, member, mergedMembers };
}
