import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { Tasks } from "#app/platform/jobs/tasks.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { tiersWithNext } from "#app/loyalty/tiers/tier-at.ts";
import type { Services } from "#app/services.server.ts";

/** Members that a job raises, and that may wait to be written before the next ones are raised. */
const BATCH_SIZE = 5_000;
const WAIT_MS = 15_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";
/** Those whom a projection writes. */
const SHOWN = `m.state in ('active', 'blocked') and m.customer_id is not null`;

type Payload = Tasks["renew-projections"];

export interface RenewResult {
  /** more: the next job goes on. waiting: it does later, since as many are still to be written. */
  outcome: "more" | "waiting" | "done" | "uninstalled";
  renewed: number;
}

/**
 * Raises the revisions of members whose metafields are to be written again though nothing of their own has changed, a batch
 * a job: locked in the order of their ids like everywhere, and with the next job queued in the same transaction, so that a
 * crash anywhere goes on from there. It keeps behind the writing, so that somebody's new points never wait for a whole
 * shop. A batch that is raised twice is written twice, with the same words.
 */
export async function renewProjections(
  services: Pick<Services, "db" | "log">,
  payload: Payload,
  run: { now: Date; batchSize?: number },
): Promise<RenewResult> {
  const { db } = services;
  const { shopId } = payload;
  const limit = run.batchSize ?? BATCH_SIZE;
  const [shop] = await db.query(`select 1 from shop where shop_id = $1 and uninstalled_at is null`, [shopId]);
  if (!shop) return { outcome: "uninstalled", renewed: 0 };
  if (await isBehind(db, shopId, limit)) {
    await goOn(db, payload, new Date(run.now.getTime() + WAIT_MS));
    return { outcome: "waiting", renewed: 0 };
  }
  const { settings } = await liveProgram(db, shopId);
  const result = await db.transaction((tx) => renewBatch(tx, payload, tiersWithNext(settings), limit));
  services.log.debug("Members' metafields are due to be written again.", { shopId, count: result.renewed });
  return result;
}

async function isBehind(q: Queryable, shopId: string, limit: number): Promise<boolean> {
  const rows = await q.query(
    `select 1 from member m where m.shop_id = $1 and m.revision <> m.projected_revision and ${SHOWN} limit $2`,
    [shopId, limit],
  );
  return rows.length >= limit;
}

async function renewBatch(
  tx: Tx,
  payload: Payload,
  belowTop: readonly string[],
  limit: number,
): Promise<RenewResult> {
  const { shopId, who } = payload;
  const values: unknown[] = [shopId, payload.after ?? NOBODY, limit];
  if (who.kind !== "all") values.push(belowTop);
  if (who.kind === "ordered_between") values.push(who.from, who.to);
  const members = await tx.query<{ memberId: string }>(pageSql(who), values);
  const last = members.at(-1)?.memberId;
  if (last === undefined) return { outcome: "done", renewed: 0 };
  await tx.query(
    `update member set revision = revision + 1 where shop_id = $1 and member_id = any($2::uuid[])`,
    [shopId, members.map(({ memberId }) => memberId)],
  );
  await enqueue(tx, "project-member", { shopId, memberId: "" }, { jobKey: `project:${shopId}:rest` });
  if (members.length < limit) return { outcome: "done", renewed: members.length };
  await goOn(tx, { ...payload, after: last });
  return { outcome: "more", renewed: members.length };
}

/** The next members of these, locked. $1 is the shop, $2 the last one before, $3 how many. */
function pageSql(who: Payload["who"]): string {
  const conditions = [SHOWN];
  if (who.kind !== "all") conditions.push("m.tier_id = any($4::text[])");
  if (who.kind === "ordered_between") {
    conditions.push(`exists (select from order_state o where o.shop_id = $1 and o.member_id = m.member_id
      and o.processed_at >= $5 and o.processed_at < $6)`);
  }
  return `
select m.member_id as "memberId" from member m
 where m.shop_id = $1 and m.member_id > $2 and ${conditions.join(" and ")}
 order by m.member_id limit $3 for no key update of m`;
}

/** A cause has a chain of jobs of its own: another one that comes meanwhile begins with the first member again. */
async function goOn(q: Queryable, payload: Payload, runAt?: Date): Promise<void> {
  const jobKey = `renew:${payload.shopId}:${payload.cause}`;
  await enqueue(q, "renew-projections", payload, runAt ? { jobKey, runAt } : { jobKey });
}
