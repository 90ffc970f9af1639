import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import type { Closing, RedemptionStatus } from "./redemption-state.ts";
import type { RedemptionTerms } from "./redemption-terms.ts";

export interface RedemptionRow {
  redemptionId: string;
  memberId: string;
  rewardId: string;
  kind: RedemptionTerms["kind"];
  points: number;
  terms: RedemptionTerms;
  status: RedemptionStatus;
  failure: string | null;
  code: string;
  discountGid: string | null;
  idempotencyKey: string;
  requestHash: string;
  requestedAt: Date;
  readyAt: Date | null;
  expiresAt: Date | null;
  closedAt: Date | null;
  closing: Closing | null;
  usedOrderId: string | null;
  restoredAt: Date | null;
}

export const REDEMPTION_COLUMNS = `r.redemption_id as "redemptionId", r.member_id as "memberId", r.reward_id as "rewardId",
  r.kind, r.points, r.terms, r.status, r.failure, r.code, r.discount_gid as "discountGid",
  r.idempotency_key as "idempotencyKey", r.request_hash as "requestHash", r.requested_at as "requestedAt",
  r.ready_at as "readyAt", r.expires_at as "expiresAt", r.closed_at as "closedAt", r.closing,
  r.used_order_id as "usedOrderId", r.restored_at as "restoredAt"`;

/** A redemption with what its saga needs to know around it. */
export interface RedemptionInContext extends RedemptionRow {
  /** Whose code it is; null once the customer is erased. */
  customerId: string | null;
  /** Shopify is not asked for a shop that has uninstalled us. */
  installed: boolean;
}

/** Reads a redemption without locking it. */
export async function readRedemption(
  q: Queryable,
  shopId: string,
  redemptionId: string,
): Promise<RedemptionInContext | null> {
  const [row] = await q.query<RedemptionInContext>(
    `select ${REDEMPTION_COLUMNS}, m.customer_id as "customerId", s.uninstalled_at is null as installed
       from redemption r
       join member m on m.shop_id = $1 and m.member_id = r.member_id
       join shop s on s.shop_id = $1
      where r.shop_id = $1 and r.redemption_id = $2`,
    [shopId, redemptionId],
  );
  return row ?? null;
}

/**
 * Locks redemptions until the transaction ends, in the order of their ids. Whoever will also move points locks the
 * member first (lockMembers), so that no two transactions wait for each other in a circle.
 */
export async function lockRedemptions(
  tx: Tx,
  shopId: string,
  redemptionIds: readonly string[],
): Promise<RedemptionRow[]> {
  return tx.query<RedemptionRow>(
    `select ${REDEMPTION_COLUMNS} from redemption r
      where r.shop_id = $1 and r.redemption_id = any($2::uuid[])
      order by r.redemption_id
        for update`,
    [shopId, [...redemptionIds]],
  );
}
