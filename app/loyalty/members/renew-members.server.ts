import type { Queryable } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { Tasks } from "#app/platform/jobs/tasks.ts";

/**
 * Has the metafields of many members written again, in jobs (renewProjections).
 *
 * @param cause tells this time from others: asking again for the same cause, before its jobs have begun, adds nothing
 * @param who everybody, unless it says who
 */
export async function renewMembers(
  q: Queryable,
  shopId: string,
  cause: string,
  who: Tasks["renew-projections"]["who"] = { kind: "all" },
): Promise<void> {
  const jobKey = `renew:${shopId}:${cause}`;
  await enqueue(q, "renew-projections", { shopId, cause, who, after: null }, { jobKey });
}
