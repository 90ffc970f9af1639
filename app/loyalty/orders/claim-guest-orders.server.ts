import { isRetryable } from "#app/platform/jobs/classify-failure.ts";
import type { Services } from "#app/services.server.ts";
import { liveProgram } from "../program/program.server.ts";
import { settleOrders } from "./settle-order.server.ts";

/** Orders claimed in one transaction: they are all one member's, who waits for it. */
const CHUNK_ORDERS = 25;

/**
 * Gives a customer the guest orders placed with the same verified e-mail, as far back as the program allows. They settle
 * oldest first, some to a transaction; one that was claimed before is not looked at again. Should one of them fail, those
 * around it are claimed all the same before the failure is thrown.
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
  const ids = orders.map(({ orderId }) => orderId);
  const claim = (orderIds: readonly string[]): Promise<number> =>
    claimSet(services, { shopId, customerId, emailHash, orderIds, now });
  let claimed = 0;
  let failure: unknown;
  for (let from = 0; from < ids.length; from += CHUNK_ORDERS) {
    const chunk = ids.slice(from, from + CHUNK_ORDERS);
    try {
      claimed += await claim(chunk);
    } catch (error) {
      if (isRetryable(error)) throw error;
      for (const orderId of chunk) {
        try {
          claimed += await claim([orderId]);
        } catch (inner) {
          if (isRetryable(inner)) throw inner;
          failure = inner;
        }
      }
    }
  }
  if (failure !== undefined) throw failure;
  return { claimed };
}

/** @returns how many of them were still a guest's */
function claimSet(
  { db, newId, randomBytes }: Services,
  args: { shopId: string; customerId: string; emailHash: string; orderIds: readonly string[]; now: Date },
): Promise<number> {
  const { shopId, customerId, emailHash, now } = args;
  return db.transaction(async (tx) => {
    const taken = await tx.query<{ orderId: string }>(
      `with mine as materialized (
         select order_id from order_state
          where shop_id = $1 and order_id = any($2::text[]) and email_hash = $4 order by order_id for update
       )
       update order_state o set customer_id = $3, email_hash = null
         from mine where o.shop_id = $1 and o.order_id = mine.order_id
        returning o.order_id as "orderId"`,
      [shopId, args.orderIds, customerId, emailHash],
    );
    const orderIds = taken.map(({ orderId }) => orderId);
    await settleOrders(tx, { shopId, orderIds, now, newId, randomBytes });
    return taken.length;
  });
}
