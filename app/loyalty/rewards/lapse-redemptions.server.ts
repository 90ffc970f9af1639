import type { Tx } from "#app/platform/db/database.server.ts";
import { addJobsSql } from "#app/platform/jobs/enqueue.server.ts";

/**
 * The nightly sweep of a shop's codes, in one statement however many there are: those past their end begin to close (their
 * points return once the code is off), and sagas that somehow lost their job get one again. Running it twice changes
 * nothing more.
 */
export async function lapseRedemptions(
  tx: Tx,
  args: { shopId: string; now: Date },
): Promise<{ lapsing: number; resumed: number }> {
  const [swept] = await tx.query<{ lapsing: number; queued: number }>(LAPSE_SQL, [args.shopId, args.now]);
  const { lapsing, queued } = swept ?? { lapsing: 0, queued: 0 };
  return { lapsing, resumed: queued - lapsing };
}

// The keys are those of queue-saga.server.ts: a waiting job for the same redemption is not doubled.
const LAPSE_SQL = `
with lapsing as (
  update redemption set closing = 'lapse'
   where shop_id = $1 and status in ('requested', 'ready') and closing is null and expires_at < $2
  returning redemption_id
), unfinished as (
  select redemption_id, 'close-redemption' as task from lapsing
  union all
  select redemption_id, case when closing is null then 'fulfil-redemption' else 'close-redemption' end
    from redemption
   where shop_id = $1 and (status = 'requested' and closing is null and (expires_at < $2) is not true
                           or status in ('requested', 'ready') and closing is not null)
), jobs as (
  select task, task || ':' || $1 || ':' || redemption_id as key,
         json_build_object('shopId', $1::text, 'redemptionId', redemption_id) as payload
    from unfinished
)
select (select count(*) from lapsing) as lapsing, count(*) as queued
  from ${addJobsSql({ task: "task", payload: "payload", jobKey: "key", source: "jobs" })}`;
