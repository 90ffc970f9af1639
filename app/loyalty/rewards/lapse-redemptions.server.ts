import type { Tx } from "#app/platform/db/database.server.ts";
import { queueClosing, queueFulfilment } from "./queue-saga.server.ts";

/**
 * The nightly sweep of a shop's codes, in one statement: those past their end begin to close (their points return once
 * the code is off), and sagas that somehow lost their job get one again. Running it twice changes nothing more.
 */
export async function lapseRedemptions(
  tx: Tx,
  args: { shopId: string; now: Date },
): Promise<{ lapsing: number; resumed: number }> {
  const { shopId, now } = args;
  const lapsing = await tx.query<{ redemptionId: string }>(
    `update redemption set closing = 'lapse'
      where shop_id = $1 and status in ('requested', 'ready') and closing is null and expires_at < $2
      returning redemption_id as "redemptionId"`,
    [shopId, now],
  );
  const unfinished = await tx.query<{ redemptionId: string; closing: string | null }>(
    `select redemption_id as "redemptionId", closing from redemption
      where shop_id = $1 and (status = 'requested' and closing is null
                              or status in ('requested', 'ready') and closing is not null)`,
    [shopId],
  );
  for (const { redemptionId, closing } of unfinished) {
    if (closing === null) await queueFulfilment(tx, { shopId, redemptionId });
    else await queueClosing(tx, { shopId, redemptionId });
  }
  return { lapsing: lapsing.length, resumed: unfinished.length - lapsing.length };
}
