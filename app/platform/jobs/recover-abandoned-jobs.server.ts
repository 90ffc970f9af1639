import type { PoolClient } from "pg";
import type { WorkerEvents } from "graphile-worker";
import type { Services } from "#app/services.server.ts";

const SWEEP_MS = 5_000;
/** A worker's proof of life is taken right after its start; a job younger than this may be ahead of it. */
const GRACE_SECONDS = 5;
/** Sets these advisory locks apart from any others in the database. */
const LOCK_CLASS = 727_001_985;

/**
 * Frees the jobs of workers whose process was killed. The queue alone would wait four hours before it believed that.
 *
 * Proof of life is an advisory lock per pool of workers on one connection of this process: PostgreSQL drops it the moment the process
 * dies, however it dies. A sweep looks for jobs whose pool has no such lock any more. Any number of processes may sweep at once. Needs a session of its own, so not through a pooler in transaction mode.
 */
export async function recoverAbandonedJobs(
  services: Pick<Services, "db" | "log">,
  events: WorkerEvents,
): Promise<{ stop(): Promise<void> }> {
  const alive = new Set<string>();
  let session: PoolClient | undefined;
  let work: Promise<unknown> = Promise.resolve();
  // A lost connection lost the locks as well: the next task opens another one and proves every pool alive again.
  const inSession = async (task: (client: PoolClient) => Promise<void>): Promise<void> => {
    if (session === undefined) {
      const fresh = await services.db.pool.connect();
      fresh.once("error", () => {
        if (session === fresh) session = undefined;
        fresh.release(true);
      });
      session = fresh;
      for (const poolId of alive) await proveAlive(fresh, poolId);
    }
    await task(session);
  };
  const enlist = (task: (client: PoolClient) => Promise<void>): void => {
    work = work
      .then(() => inSession(task))
      .catch((error: unknown) => services.log.error("looking for abandoned jobs failed", { error }));
  };
  events.on("pool:create", ({ workerPool }) => {
    alive.add(workerPool.id);
    enlist((client) => proveAlive(client, workerPool.id));
  });
  const timer = setInterval(() => enlist((client) => sweep(client, services)), SWEEP_MS);
  enlist((client) => sweep(client, services));
  await work;
  return {
    async stop() {
      clearInterval(timer);
      await work;
      // Ends the session, and with it every lock.
      session?.release(true);
      session = undefined;
    },
  };
}

async function proveAlive(session: PoolClient, poolId: string): Promise<void> {
  await session.query("select pg_advisory_lock($1::int, hashtext($2))", [LOCK_CLASS, poolId]);
}

async function sweep(session: PoolClient, { log }: Pick<Services, "log">): Promise<void> {
  const { rows } = await session.query<{ poolId: string }>(
    `select distinct j.locked_by as "poolId"
       from graphile_worker._private_jobs j
      where j.locked_at < now() - make_interval(secs => $2)
        and not exists (
          select from pg_locks l
           where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database())
             and l.classid = $1::int::oid and l.objid = (hashtext(j.locked_by)::bigint & 4294967295)::oid and l.granted)`,
    [LOCK_CLASS, GRACE_SECONDS],
  );
  if (rows.length === 0) return;
  const dead = rows.map((row) => row.poolId);
  await session.query("select graphile_worker.force_unlock_workers($1::text[])", [dead]);
  log.warn("jobs of killed workers were taken up again", { count: dead.length });
}
