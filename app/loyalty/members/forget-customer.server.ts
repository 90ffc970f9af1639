import type { Tx } from "#app/platform/db/database.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";

const PRIVACY_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"];

export interface ForgetArgs {
  shopId: string;
  customerId: string;
  /** The keyed hashes of addresses the customer is known by, when the request tells them. */
  emailHashes?: readonly string[];
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
  const [member] = await tx.query<{ memberId: string }>(
    `select member_id as "memberId" from member where shop_id = $1 and customer_id = $2 for no key update`,
    [shopId, customerId],
  );
  const memberId = member?.memberId ?? null;
  // Before the orders forget whose they were.
  await forgetWebhooks(tx, args, memberId);
  await forgetOrders(tx, args, memberId);
  await forgetReferrals(tx, args);
  await tx.query(`delete from privacy_export where shop_id = $1 and customer_id = $2`, [shopId, customerId]);
  await tx.query(
    `update points_import_row set contact = null, customer_id = null,
            state = case when state = 'ready' then 'bad' else state end,
            problem = case when state = 'ready' then 'erased' else problem end
      where shop_id = $1 and customer_id = $2`,
    [shopId, customerId],
  );
  await forgetJobs(tx, args);
  if (memberId === null) return { outcome: "nothing_held", memberId };

  // With whoever was merged into them. The old code is on links that name the person; the new one names nobody and cannot be typed.
  await tx.query(
    `update member
        set customer_id = null, state = case when state = 'merged' then state else 'erased' end, locale = null,
            birthday_month = null, birthday_day = null, referral_code = 'erased:' || member_id, last_active_at = null,
            projected_revision = revision
      where shop_id = $1 and (member_id = $2 or merged_into = $2)`,
    [shopId, memberId],
  );
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

async function forgetOrders(tx: Tx, args: ForgetArgs, memberId: string | null): Promise<void> {
  await tx.query(
    `update order_state
        set customer_id = null, email_hash = null,
            document = case when document is null then null else document || '{"customerId": null}'::jsonb end
      where shop_id = $1 and (customer_id = $2 or member_id = $3::uuid or email_hash = any($4::text[]))`,
    [args.shopId, args.customerId, memberId, args.emailHashes ?? []],
  );
}

/**
 * As an invited friend. What they invited others to stays with their random id; the others' hashes are not
 * theirs.
 */
async function forgetReferrals(tx: Tx, args: ForgetArgs): Promise<void> {
  await tx.query(
    `update referral
        set friend_customer_id = null, friend_email_hash = 'erased:' || referral_id, ip_prefix_hash = null
      where shop_id = $1 and (friend_customer_id = $2 or friend_email_hash = any($3::text[]))`,
    [args.shopId, args.customerId, args.emailHashes ?? []],
  );
}

/**
 * Empties every webhook body about the customer and their orders. One that is not settled yet is closed with
 * it: what it would have told us is about somebody we are to forget. Requests for privacy that are still to
 * be read keep theirs until they are. A body is only searched when nothing says what it was about.
 */
async function forgetWebhooks(tx: Tx, args: ForgetArgs, memberId: string | null): Promise<void> {
  await tx.query(
    `with theirs as (
       select 'customer:' || $2::text as subject
        union all
       select 'order:' || order_id from order_state
        where shop_id = $1 and (customer_id = $2 or member_id = $5::uuid or email_hash = any($6::text[]))
     )
     update inbox_event
        set payload = null,
            subject = nullif(subject, 'customer:' || $2::text),
            status = case when status in ('received', 'parked') then 'ignored' else status end,
            reason = case when status in ('received', 'parked') then 'redacted' else reason end,
            settled_at = coalesce(settled_at, $3)
      where shop_id = $1
        and (subject in (select subject from theirs)
          or (subject is null and payload ~ ('(^|[^0-9])' || $2::text || '([^0-9]|$)')))
        and not (status in ('received', 'parked') and topic = any($4::text[]))`,
    [args.shopId, args.customerId, args.now, PRIVACY_TOPICS, memberId, args.emailHashes ?? []],
  );
}

/** A waiting job that would look the customer up again, e.g. to claim a guest's orders. */
async function forgetJobs(tx: Tx, args: ForgetArgs): Promise<void> {
  await tx.query(
    `delete from graphile_worker._private_jobs
      where payload ->> 'shopId' = $1 and payload ->> 'customerId' = $2
        and payload ->> 'emailHash' is not null and locked_at is null`,
    [args.shopId, args.customerId],
  );
}
