import type { Queryable } from "#app/platform/db/database.server.ts";
import { explainOrder } from "./explain-order.ts";
import type { OrderStory, StoredOrder } from "./explain-order.ts";

const COLUMNS = `order_id as "orderId", member_id as "memberId", customer_id as "customerId", name,
  processed_at as "processedAt", settled_at as "settledAt", document, refunds, snapshot,
  points_held as "pointsHeld", outcome`;

/** The orders settled last, each with why it holds what it holds. Only reads. */
export async function readRecentOrders(
  q: Queryable,
  args: { shopId: string; limit: number },
): Promise<OrderStory[]> {
  const rows = await q.query<StoredOrder>(
    `select ${COLUMNS} from order_state
      where shop_id = $1 and settled_at is not null order by settled_at desc limit $2`,
    [args.shopId, args.limit],
  );
  return rows.map(explainOrder);
}

/** A member's orders, newest first. Only reads. */
export async function readMemberOrders(
  q: Queryable,
  args: { shopId: string; memberId: string; limit: number },
): Promise<OrderStory[]> {
  const rows = await q.query<StoredOrder>(
    `select ${COLUMNS} from order_state
      where shop_id = $1 and member_id = $2 order by processed_at desc nulls last limit $3`,
    [args.shopId, args.memberId, args.limit],
  );
  return rows.map(explainOrder);
}
