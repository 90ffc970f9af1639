import type { Tx } from "#app/platform/db/database.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { type Person, readPerson } from "./read-person.server.ts";

const PRIVACY_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"];

export interface ForgetArgs {
  shopId: string;
  customerId: string;
  /** The keyed hashes of addresses the customer is known by, when the request tells them. */
  emailHashes?: readonly string[];
  /** Those addresses as files of points have them: e-mail in small letters, phone. */
  contacts?: readonly string[];
  eventId: string;
  now: Date;
}

/**
 * Removes everything a customer could be recognised by, and leaves their ledger under a random id, so that
 * the books still add up. Repeating it changes nothing.
 */
export async function forgetCustomer(
  tx: Tx,
  args: ForgetArgs,
): Promise<{ outcome: "erased" | "nothing_held"; memberId: string | null }> {
  const { shopId, customerId, now } = args;
  // Past orders are settled wholly before this or wholly after, as nobody's: whoever settles them locks the run first, too.
  await tx.query(
    `select 1 from backfill_run where shop_id = $1 and state in ('staging', 'settling') for no key update`,
    [shopId],
  );
  await tx.query(`select 1 from member where shop_id = $1 and customer_id = $2 for no key update`, [
    shopId,
    customerId,
  ]);
  const person = await readPerson(tx, { shopId, customerId, through: false });
  const { memberId } = person;
  // Before the orders forget whose they were.
  await forgetWebhooks(tx, args, person);
  await forgetOrders(tx, args, person);
  await forgetReferrals(tx, args, person);
  await tx.query(`delete from privacy_export where shop_id = $1 and customer_id = any($2)`, [
    shopId,
    person.customerIds,
  ]);
  await forgetImportLines(tx, args, person);
  await forgetJobs(tx, args, person);
  if (memberId === null) return { outcome: "nothing_held", memberId };

  // With whoever was merged into them. The old code is on links that name the person; the new one names nobody and cannot be typed.
  await tx.query(
    `update member
        set customer_id = null, state = case when state = 'merged' then state else 'erased' end, locale = null,
            birthday_month = null, birthday_day = null, referral_code = 'erased:' || member_id, last_active_at = null,
            projected_revision = revision
      where shop_id = $1 and member_id = any($2)`,
    [shopId, person.memberIds],
  );
  // They are what a message is sent by, and nobody is left to send one to.
  for (const table of ["expiry_reminder", "tier_notice"]) {
    await tx.query(`delete from ${table} where shop_id = $1 and member_id = any($2)`, [
      shopId,
      person.memberIds,
    ]);
  }
  await recordAudit(tx, {
    shopId,
    eventId: args.eventId,
    at: now,
    actor: "system",
    action: "member.erase",
    subject: `member:${memberId}`,
  });
  return { outcome: "erased", memberId };
}

async function forgetOrders(tx: Tx, args: ForgetArgs, person: Person): Promise<void> {
  const theirs = [args.shopId, person.customerIds, args.emailHashes ?? []];
  await tx.query(
    `update order_state
        set customer_id = null, email_hash = null,
            document = case when document is null then null else document || '{"customerId": null}'::jsonb end
      where shop_id = $1 and (customer_id = any($2) or email_hash = any($3::text[]) or member_id = any($4))`,
    [...theirs, person.memberIds],
  );
  // Past orders that were read and not settled yet: they will be nobody's.
  await tx.query(
    `update backfill_order set email_hash = null, node = node || '{"customer": null, "forgotten": true}'::jsonb
      where shop_id = $1
        and (email_hash = any($3::text[]) or node -> 'customer' ->> 'legacyResourceId' = any($2::text[]))`,
    theirs,
  );
}

/**
 * As an invited friend. What they invited others to stays with their random id; the others' hashes are not
 * theirs.
 */
async function forgetReferrals(tx: Tx, args: ForgetArgs, person: Person): Promise<void> {
  await tx.query(
    `update referral
        set friend_customer_id = null, friend_email_hash = 'erased:' || referral_id, ip_prefix_hash = null
      where shop_id = $1 and (friend_customer_id = any($2) or friend_email_hash = any($3::text[]))`,
    [args.shopId, person.customerIds, args.emailHashes ?? []],
  );
}

/** Lines of files of points. One that was not applied yet is not to be any more. */
async function forgetImportLines(tx: Tx, args: ForgetArgs, person: Person): Promise<void> {
  await tx.query(
    `update points_import_row
        set contact = null, customer_id = null, note = null,
            state = case when state in ('read', 'ready') then 'bad' else state end,
            problem = case when state in ('read', 'ready') then 'erased' else problem end
      where shop_id = $1
        and (customer_id = any($2) or contact_kind = 'customer' and contact = any($2) or contact = any($3::text[]))`,
    [args.shopId, person.customerIds, args.contacts ?? []],
  );
}

/**
 * Empties every webhook body about the customer and their orders. One that is not settled yet is closed with
 * it: what it would have told us is about somebody we are to forget. Requests for privacy that are still to
 * be read keep theirs until they are. A body is only searched when nothing says what it was about.
 */
async function forgetWebhooks(tx: Tx, args: ForgetArgs, person: Person): Promise<void> {
  await tx.query(
    `with theirs as (
       select 'customer:' || id as subject, id from unnest($2::text[]) as id
        union all
       select 'order:' || order_id, null from order_state
        where shop_id = $1 and (customer_id = any($2) or member_id = any($5) or email_hash = any($6::text[]))
     )
     update inbox_event
        set payload = null,
            subject = case when subject like 'customer:%' then null else subject end,
            status = case when status in ('received', 'parked') then 'ignored' else status end,
            reason = case when status in ('received', 'parked') then 'redacted' else reason end,
            settled_at = coalesce(settled_at, $3)
      where shop_id = $1
        and (subject in (select subject from theirs)
          or (subject is null and exists (
                select 1 from theirs where id is not null and payload ~ ('(^|[^0-9])' || id || '([^0-9]|$)'))))
        and not (status in ('received', 'parked') and topic = any($4::text[]))`,
    [args.shopId, person.customerIds, args.now, PRIVACY_TOPICS, person.memberIds, args.emailHashes ?? []],
  );
}

/** A waiting job that would look the customer up again, e.g. to claim a guest's orders. */
async function forgetJobs(tx: Tx, args: ForgetArgs, person: Person): Promise<void> {
  await tx.query(
    `delete from graphile_worker._private_jobs
      where payload ->> 'shopId' = $1 and payload ->> 'customerId' = any($2)
        and payload ->> 'emailHash' is not null and locked_at is null`,
    [args.shopId, person.customerIds],
  );
}
