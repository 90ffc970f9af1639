import type { Tx } from "#app/platform/db/database.server.ts";
import { addJobsSql } from "#app/platform/jobs/enqueue.server.ts";

/**
 * Queues again what was waiting when a shop uninstalled us and nothing else would go on with: orders that wait for facts,
 * referrals, imports, past orders, settling again, members whom a new program raises. Jobs of one key are one, and every
 * job looks for itself whether there is something to do, so that doing this twice is once.
 */
export async function resumeShopJobs(tx: Tx, shopId: string): Promise<void> {
  await tx.query(RESUME_SQL, [shopId]);
}

/** The waiting rows of a table as jobs. */
function waiting(job: {
  task: string;
  key: string;
  /** The column that says which, and what the payload calls it. */
  id: string;
  name: string;
  from: string;
}): string {
  const { task, key, id, name, from } = job;
  return `select '${task}' as task, json_build_object('shopId', $1::text, '${name}', ${id}) as payload,
                 '${key}:' || $1::text || ':' || ${id} as key
            from ${from}`;
}

const RESUME_SQL = `
with waiting as (
  ${[
    waiting({
      task: "settle-order",
      key: "settle",
      id: "order_id",
      name: "orderId",
      from: `order_state where shop_id = $1 and outcome = 'awaiting_facts'`,
    }),
    waiting({
      task: "fulfil-referral",
      key: "fulfil-referral",
      id: "referral_id",
      name: "referralId",
      from: `referral where shop_id = $1 and status = 'requested'`,
    }),
    // Before its day the job only queues itself for it.
    waiting({
      task: "reward-referral",
      key: "reward-referral",
      id: "referral_id",
      name: "referralId",
      from: `referral where shop_id = $1 and (status = 'ordered' or status = 'rewarded' and reason = 'order_undone')`,
    }),
    waiting({
      task: "run-import",
      key: "import",
      id: "import_id",
      name: "importId",
      from: `points_import where shop_id = $1 and status in ('checking', 'applying')`,
    }),
    waiting({
      task: "backfill-orders",
      key: "backfill",
      id: "run_id",
      name: "runId",
      from: `backfill_run
              where shop_id = $1 and not paused and state in ('requested', 'exporting', 'staging', 'settling')`,
    }),
    waiting({
      task: "resettle-orders",
      key: "resettle",
      id: "run_id",
      name: "runId",
      from: `resettlement_run where shop_id = $1 and state in ('previewing', 'applying')`,
    }),
    `select 'raise-tiers', json_build_object('shopId', $1::text), 'raise-tiers:' || $1::text`,
  ].join("\n  union all\n  ")}
)
select 1 from ${addJobsSql({ task: "task", payload: "payload", jobKey: "key", source: "waiting" })}`;
