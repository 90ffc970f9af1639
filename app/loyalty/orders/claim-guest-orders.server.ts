import type { Services } from "#app/services.server.ts";
import { liveProgram } from "../program/program.server.ts";
import { settleOrder } from "./settle-order.server.ts";

/**
 * Gives a customer the guest orders placed with the same verified e-mail, as far back as the program allows. Each order
 * settles in a transaction of its own, oldest first; one that was claimed before is not looked at again.
 */
export async function claimGuestOrders(
  services: Services,
  { shopId, customerId, emailHash }: { shopId: string; customerId: string; emailHash: string },
  { now }: { now: Date },
): Promise<{ claimed: number }> {
  const { settings } = await liveProgram(services.db, shopId);
  const since = new Date(now.getTime() - settings.guestClaimDays * 86_400_000);
  const orders = await services.db.query<{ orderId: string }>(
    `select order_id as "orderId" from order_state
      where shop_id = $1 and email_hash = $2 and processed_at >= $3 order by processed_at limit 500`,
    [shopId, emailHash, since],
  );
  let claimed = 0;
  for (const { orderId } of orders) {
    claimed += await services.db.transaction(async (tx) => {
      const taken = await tx.query(
        `update order_state set customer_id = $3, email_hash = null
          where shop_id = $1 and order_id = $2 and email_hash = $4 returning 1`,
        [shopId, orderId, customerId, emailHash],
      );
      if (taken.length === 0) return 0;
      const { newId, randomBytes } = services;
      await settleOrder(tx, { shopId, orderId, now, newId, randomBytes });
      return 1;
    });
  }
  return { claimed };
}
