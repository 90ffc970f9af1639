import { z } from "zod";
import type { Queryable } from "#app/platform/db/database.server.ts";

/** Everything that one customer's rows are found by. */
export interface Person {
  /** The member who answers for all; null for somebody who never was one. */
  memberId: string | null;
  /** With everybody who was merged into them. */
  memberIds: string[];
  /** The number that was asked about and those of merged customers. */
  customerIds: string[];
}

/**
 * Who is meant by a customer's number, with whoever was merged into them.
 *
 * @param args.through the number of a merged customer leads to the one who was kept; otherwise it stands for itself
 */
export async function readPerson(
  q: Queryable,
  args: { shopId: string; customerId: string; through: boolean },
): Promise<Person> {
  const { shopId, customerId } = args;
  const rows = await q.query<{ memberId: string; customerId: string | null; first: boolean }>(
    `with asked as (
       select case when $3 then coalesce(merged_into, member_id) else member_id end as member_id
         from member where shop_id = $1 and customer_id = $2
     )
     select m.member_id as "memberId", m.customer_id as "customerId", m.member_id = asked.member_id as first
       from asked join member m
         on m.shop_id = $1 and (m.member_id = asked.member_id or m.merged_into = asked.member_id)
      order by first desc, m.merged_at, m.member_id`,
    [shopId, customerId, args.through],
  );
  const customerIds = rows.flatMap((row) => row.customerId ?? []);
  return {
    memberId: rows[0]?.memberId ?? null,
    memberIds: rows.map(({ memberId }) => memberId),
    customerIds: [...new Set([customerId, ...customerIds])],
  };
}

const requestSchema = z.object({
  customer: z.object({ email: z.string().nullish(), phone: z.string().nullish() }).nullish(),
});

/**
 * The addresses that a privacy request names, as long as its body is kept; only for the length of a job, and never logged.
 */
export async function readAddresses(
  q: Queryable,
  { shopId, webhookId }: { shopId: string; webhookId: string },
): Promise<{ email: string | null; phone: string | null }> {
  const none = { email: null, phone: null };
  const [row] = await q.query<{ payload: string }>(
    `select payload from inbox_event where shop_id = $1 and webhook_id = $2 and payload is not null`,
    [shopId, webhookId],
  );
  if (!row) return none;
  try {
    const { customer } = requestSchema.parse(JSON.parse(row.payload));
    return { email: customer?.email ?? null, phone: customer?.phone ?? null };
  } catch {
    return none;
  }
}
