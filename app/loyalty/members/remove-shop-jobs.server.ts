import type { Tx } from "#app/platform/db/database.server.ts";

/**
 * What the law asks of us goes on after an uninstall, and a webhook that has come in is still read (and then
 * ignored).
 */
const KEPT_TASKS = ["erase-customer", "erase-shop", "export-customer", "process-inbox-event"];

/**
 * Takes a shop's waiting jobs out of the queue; jobs that run already end by finding the shop uninstalled.
 *
 * @param args.all also those that would otherwise go on, for a shop that is erased
 */
export async function removeShopJobs(
  tx: Tx,
  args: { shopId: string; all?: boolean },
): Promise<{ removed: number }> {
  const rows = await tx.query(
    `delete from graphile_worker._private_jobs as jobs
      using graphile_worker._private_tasks as tasks
      where tasks.id = jobs.task_id and jobs.payload ->> 'shopId' = $1 and jobs.locked_at is null
        and tasks.identifier <> all($2::text[])
      returning jobs.id`,
    [args.shopId, args.all === true ? [] : KEPT_TASKS],
  );
  return { removed: rows.length };
}
