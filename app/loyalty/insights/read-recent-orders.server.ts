import type { Queryable } from "#app/platform/db/database.server.ts";
import type { AwardSnapshot, OrderDocument, Refunds } from "#app/loyalty/orders/order.ts";
import { explainOrder } from "./explain-order.ts";
import type { OrderStory } from "./explain-order.ts";

interface OrderRow {
  orderId: string;
  memberId: string | null;
  customerId: string | null;
  name: string | null;
  processedAt: Date | null;
  settledAt: Date | null;
  document: OrderDocument | null;
  refunds: Refunds;
  snapshot: AwardSnapshot | null;
  pointsHeld: number;
  outcome: string;
}

const COLUMNS = `order_id as "orderId", member_id as "memberId", customer_id as "customerId", name,
  processed_at as "processedAt", settled_at as "settledAt", document, refunds, snapshot,
  points_held as "pointsHeld", outcome`;

/** The orders settled last, each with why it holds what it holds. Only reads. */
export async function readRecentOrders(
  q: Queryable,
  args: { shopId: string; limit: number },
): Promise<OrderStory[]> {
  const rows = await q.query<OrderRow>(
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
  const rows = await q.query<OrderRow>(
    `select ${COLUMNS} from order_state
      where shop_id = $1 and member_id = $2 order by processed_at desc nulls last limit $3`,
    [args.shopId, args.memberId, args.limit],
  );
  return rows.map(explainOrder);
}
