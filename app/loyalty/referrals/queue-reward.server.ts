import type { Queryable } from "#app/platform/db/database.server.ts";
import { addJobsSql, enqueue } from "#app/platform/jobs/enqueue.server.ts";

/**
 * Queues the job that gives the advocate their points, or takes them back: one a referral, and a waiting one keeps its
 * time.
 *
 * @param args.runAt when it is due; at once without
 */
export async function queueReward(
  q: Queryable,
  args: { shopId: string; referralId: string; runAt?: Date },
): Promise<void> {
  const { shopId, referralId, runAt } = args;
  const jobKey = `reward-referral:${shopId}:${referralId}`;
  await enqueue(q, "reward-referral", { shopId, referralId }, { jobKey, ...(runAt && { runAt }) });
}

const DAY_MS = 86_400_000;

/**
 * Gives referrals a job again whose reward has been due for a day, of orders that stand, and rewards of undone orders that
 * nobody has taken back: whatever became of the job they had. One statement; running it twice changes nothing more.
 */
export async function resumeRewards(
  q: Queryable,
  args: { shopId: string; now: Date; holdDays: number },
): Promise<{ resumed: number }> {
  const orderedBefore = new Date(args.now.getTime() - (args.holdDays + 1) * DAY_MS);
  const [row] = await q.query<{ resumed: number }>(RESUME_SQL, [args.shopId, orderedBefore]);
  return { resumed: row?.resumed ?? 0 };
}

const RESUME_SQL = `
with late as (
  select r.referral_id, 'reward-referral:' || r.shop_id || ':' || r.referral_id as key,
         json_build_object('shopId', r.shop_id, 'referralId', r.referral_id) as payload
    from referral r
    join order_state o on o.shop_id = r.shop_id and o.order_id = r.order_id
   where r.shop_id = $1
     and (r.status = 'ordered' and r.ordered_at < $2 and o.outcome = 'settled'
          or r.status = 'rewarded' and r.reason = 'order_undone')
)
select count(*) as resumed from ${addJobsSql({
  task: "'reward-referral'",
  payload: "payload",
  jobKey: "key",
  source: "late",
})}`;
