import { TransactionConflict, type Tx } from "#app/platform/db/database.server.ts";
import { InvariantViolation } from "#app/platform/errors.ts";
import { addJobsSql } from "#app/platform/jobs/enqueue.server.ts";
import { LOWEST_TIER } from "./lowest-tier.ts";
import { REFERRAL_CODE_BYTES, referralCodeFrom } from "./referral-code.ts";

const ATTEMPTS = 8;

/** A member under its lock, as far as settlement goes by it. */
export interface SettlingMember {
  memberId: string;
  state: "active" | "blocked" | "erased" | "merged";
  tierId: string | null;
}

export interface EnsuredMembers {
  /** By Shopify's customer id: the member that the customer is now. */
  byCustomer: Map<string, SettlingMember>;
  /** Everyone who is locked. */
  members: Map<string, SettlingMember>;
}

interface EnsureArgs {
  shopId: string;
  customers: readonly { customerId: string; joinedAt: Date }[];
  /** Locked with them. */
  memberIds: readonly string[];
  now: Date;
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
}

/**
 * The members of a set of customers, created where there are none, and further members: all locked at once in the order
 * of their ids, until the transaction ends. What ensureMember does for one, in as many statements for hundreds. Erased
 * members are found too: their `state` says so.
 *
 * @throws TransactionConflict when somebody else made or merged one of them at this moment while others are locked: they
 *   could not be locked in sequence any more, so the transaction is run again
 */
export async function ensureMembers(tx: Tx, args: EnsureArgs): Promise<EnsuredMembers> {
  // Who is asked for twice joined when the first of them says.
  const asked = [...new Map(args.customers.toReversed().map((entry) => [entry.customerId, entry])).values()];
  const held = new Set<string>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await findAndLock(tx, args, held);
    const missing = asked.filter(({ customerId }) => !found.byCustomer.has(customerId));
    if (missing.length === 0) return found;
    const created = await insertMembers(tx, args, missing);
    for (const [customerId, member] of created) {
      found.byCustomer.set(customerId, member);
      found.members.set(member.memberId, member);
      held.add(member.memberId);
    }
    if (created.size === missing.length) return found;
    // A referral code that is taken, or a customer whom somebody else made a member: looked up again.
  }
  throw new InvariantViolation("member_referral_codes_exhausted", { data: { shopId: args.shopId } });
}

interface FoundMember extends SettlingMember {
  /** Which of the customers asked for lead here. */
  customerIds: string[] | null;
}

// The customer's own row, or the row of whoever was kept when Shopify merged the customer.
const LOCK_SQL = `
with asked as (
  select m.customer_id, coalesce(m.merged_into, m.member_id) as member_id
    from member m where m.shop_id = $1 and m.customer_id = any($2::text[])
), locked as materialized (
  select member_id, state, tier_id, ctid as version
    from member
   where shop_id = $1 and member_id = any(array(select member_id from asked) || $3::uuid[])
   order by member_id
     for no key update
)
select locked.member_id as "memberId", locked.state, locked.tier_id as "tierId",
       locked.version = seen.ctid as current,
       (select array_agg(customer_id) from asked where asked.member_id = locked.member_id) as "customerIds"
  from locked
  left join member seen on seen.shop_id = $1 and seen.member_id = locked.member_id`;

/** One statement, run again when it had to wait for a lock: its look at who was merged is from before the wait. */
async function findAndLock(tx: Tx, args: EnsureArgs, held: Set<string>): Promise<EnsuredMembers> {
  const customerIds = args.customers.map(({ customerId }) => customerId);
  const values = [args.shopId, customerIds, [...new Set(args.memberIds)]];
  let rows = await tx.query<FoundMember & { current: boolean | null }>(LOCK_SQL, values);
  const before = new Set([...held, ...rows.map(({ memberId }) => memberId)]);
  if (rows.some(({ current }) => current !== true)) {
    rows = await tx.query(LOCK_SQL, values);
  }
  const late = rows.some(({ memberId }) => !before.has(memberId));
  const tooLate = held.size > 0 && rows.some(({ memberId }) => !held.has(memberId));
  if ((late && before.size > 0) || tooLate) throw new TransactionConflict("a member changed hands");
  for (const { memberId } of rows) held.add(memberId);
  const members = new Map<string, SettlingMember>();
  const byCustomer = new Map<string, SettlingMember>();
  for (const { memberId, state, tierId, customerIds: asked } of rows) {
    const member = { memberId, state, tierId };
    members.set(memberId, member);
    for (const customerId of asked ?? []) byCustomer.set(customerId, member);
  }
  return { members, byCustomer };
}

async function insertMembers(
  tx: Tx,
  { shopId, newId, randomBytes }: EnsureArgs,
  missing: readonly { customerId: string; joinedAt: Date }[],
): Promise<Map<string, SettlingMember>> {
  const drafts = missing.map(({ customerId, joinedAt }) => ({
    id: newId(),
    customer: customerId,
    joined: joinedAt,
    code: referralCodeFrom(randomBytes(REFERRAL_CODE_BYTES)),
  }));
  const rows = await tx.query<SettlingMember & { customerId: string }>(INSERT_SQL, [
    shopId,
    JSON.stringify(drafts),
  ]);
  return new Map(
    rows.map(({ customerId, memberId, state, tierId }) => [customerId, { memberId, state, tierId }]),
  );
}

// Without a conflict target, a taken referral code does nothing either: the next attempt draws another.
const INSERT_SQL = `
with made as (
  insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id, tier_since, revision)
  select $1, m.id, m.customer, m.joined, m.code, start.tier_id,
         case when start.tier_id is null then null else m.joined end, 1
    from json_to_recordset($2::json) as m(id uuid, customer text, joined timestamptz, code text)
   cross join ${LOWEST_TIER} as start
   order by m.customer
  on conflict do nothing
  returning member_id, state, tier_id, customer_id
)
select member_id as "memberId", state, tier_id as "tierId", customer_id as "customerId", jobs.count
  from made
 cross join (select count(*) from ${addJobsSql({
   task: "'project-member'",
   payload: `json_build_object('shopId', $1::text, 'memberId', member_id)`,
   jobKey: `'project:' || $1::text || ':' || member_id`,
   source: "made",
 })}) as jobs`;
