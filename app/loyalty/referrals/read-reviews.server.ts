import type { Queryable } from "#app/platform/db/database.server.ts";
import { REVIEW_REASONS, type ReviewReason } from "./referral-reasons.ts";

/** A referral that waits for the merchant. */
export interface ReferralUnderReview {
  referralId: string;
  reason: ReviewReason;
  advocateId: string;
  /** Shopify's id of the advocate; null: erased since. */
  customerId: string | null;
  /** What people call the friend's order: #1042. */
  orderName: string | null;
  orderId: string;
  orderedAt: string;
}

const REVIEWS_SHOWN = 50;

/** The shop's referrals under review, those that wait longest first, as many as a page shows. Only reads. */
export async function readReviews(
  q: Queryable,
  shopId: string,
): Promise<{ reviews: ReferralUnderReview[]; more: number }> {
  const rows = await q.query<Omit<ReferralUnderReview, "orderedAt"> & { orderedAt: Date; total: number }>(
    `select r.referral_id as "referralId", r.reason, r.advocate_id as "advocateId",
            advocate.customer_id as "customerId", o.name as "orderName", r.order_id as "orderId",
            r.ordered_at as "orderedAt", count(*) over () as total
       from referral r
       join member advocate on advocate.shop_id = r.shop_id and advocate.member_id = r.advocate_id
       join order_state o on o.shop_id = r.shop_id and o.order_id = r.order_id
      where r.shop_id = $1 and r.status = 'review' and r.reason = any($2::text[])
      order by r.ordered_at, r.referral_id limit $3`,
    [shopId, REVIEW_REASONS, REVIEWS_SHOWN],
  );
  const [first] = rows;
  return {
    reviews: rows.map(({ total: _total, ...row }) => ({ ...row, orderedAt: row.orderedAt.toISOString() })),
    more: first ? first.total - rows.length : 0,
  };
}
