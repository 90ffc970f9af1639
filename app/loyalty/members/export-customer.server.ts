import type { Services } from "#app/services.server.ts";
import type { Queryable } from "#app/platform/db/database.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";

/**
 * Does what `customers/data_request` asks: gathers everything held on exactly this customer of this shop into
 * a document that the merchant can download. The same request twice is one document.
 */
export async function exportCustomer(
  services: Services,
  payload: { shopId: string; customerId: string; requestId: string },
  run: { now: Date },
): Promise<{ outcome: "exported" | "unchanged" }> {
  const { shopId, customerId, requestId } = payload;
  const eventId = services.newId();
  return services.db.transaction(async (tx) => {
    const document = await gather(tx, shopId, customerId);
    const rows = await tx.query(
      `insert into privacy_export (shop_id, request_id, customer_id, created_at, document)
       values ($1, $2, $3, $4, $5::jsonb) on conflict do nothing returning request_id`,
      [shopId, requestId, customerId, run.now, JSON.stringify({ requestedAt: run.now, ...document })],
    );
    if (rows.length === 0) return { outcome: "unchanged" };
    await recordAudit(tx, {
      shopId,
      eventId,
      at: run.now,
      actor: "system",
      action: "privacy.export",
      subject: `request:${requestId}`,
    });
    return { outcome: "exported" };
  });
}

interface HeldOnCustomer {
  customerId: string;
  member: Record<string, unknown> | null;
  transfers: unknown[];
  lots: unknown[];
  orders: unknown[];
  redemptions: unknown[];
  referralsMade: unknown[];
  referralsReceived: unknown[];
  history: unknown[];
}

/**
 * Other people's codes and hashes are theirs: of the friends a member invited only what became of it is told.
 */
async function gather(q: Queryable, shopId: string, customerId: string): Promise<HeldOnCustomer> {
  const [member] = await q.query<{ memberId: string; row: Record<string, unknown> }>(
    `select member_id as "memberId", to_jsonb(member) - 'revision' - 'projected_revision' - 'projected_at' as row
       from member where shop_id = $1 and customer_id = $2`,
    [shopId, customerId],
  );
  const memberId = member?.memberId ?? null;
  const list = async (sql: string, by: string | null): Promise<unknown[]> => {
    if (by === null) return [];
    const rows = await q.query<{ row: unknown }>(sql, [shopId, by]);
    return rows.map(({ row }) => row);
  };
  return {
    customerId,
    member: member?.row ?? null,
    transfers: await list(
      `select to_jsonb(t) as row from points_transfer t where shop_id = $1 and member_id = $2 order by seq`,
      memberId,
    ),
    lots: await list(
      `select to_jsonb(l) as row from points_lot l where shop_id = $1 and member_id = $2 order by lot_seq`,
      memberId,
    ),
    orders: await list(
      `select to_jsonb(o) as row from order_state o
        where shop_id = $1 and (customer_id = $2
          or member_id = (select member_id from member where shop_id = $1 and customer_id = $2))
        order by processed_at`,
      customerId,
    ),
    redemptions: await list(
      `select to_jsonb(r) as row from redemption r where shop_id = $1 and member_id = $2 order by requested_at`,
      memberId,
    ),
    referralsMade: await list(
      `select jsonb_build_object('status', status, 'reason', reason, 'createdAt', created_at, 'rewardedAt', rewarded_at) as row
         from referral where shop_id = $1 and advocate_id = $2 order by created_at`,
      memberId,
    ),
    referralsReceived: await list(
      `select to_jsonb(r) - 'advocate_id' - 'ip_prefix_hash' as row
         from referral r where shop_id = $1 and friend_customer_id = $2 order by created_at`,
      customerId,
    ),
    history: await list(
      `select to_jsonb(a) - 'event_id' as row from audit_event a where shop_id = $1 and subject = 'member:' || $2 order by at`,
      memberId,
    ),
  };
}
