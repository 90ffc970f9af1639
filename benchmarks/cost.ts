import type { Database } from "#app/platform/db/database.server.ts";

export interface Cost {
  /** Rows inserted, updated and deleted, in every table. */
  rows: number;
  walBytes: number;
  /** Messages to the server, BEGIN and COMMIT included. */
  statements: number;
}

/** What one piece of work costs the database, averaged over `count` pieces done one after another. */
export async function costPerPiece(
  db: Database,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<Cost> {
  await work(0);
  let statements = 0;
  const client = await db.pool.connect();
  // Every connection's `query` is the prototype's: it is counted there, and put back afterwards.
  const prototype = Object.getPrototypeOf(client) as { query: (...args: unknown[]) => unknown };
  client.release();
  const plain = prototype.query;
  const before = await readCounters(db);
  prototype.query = function counted(this: unknown, ...args: unknown[]) {
    statements += 1;
    return plain.apply(this, args);
  };
  try {
    for (let index = 1; index <= count; index += 1) await work(index);
  } finally {
    prototype.query = plain;
  }
  const after = await readCounters(db);
  return {
    rows: Math.round(((after.rows - before.rows) / count) * 10) / 10,
    walBytes: Math.round((after.wal - before.wal) / count),
    statements: statements / count,
  };
}

async function readCounters(db: Database): Promise<{ rows: number; wal: number }> {
  // The counters of a session are published with a delay; every idle connection is asked to hurry.
  const clients = await Promise.all(Array.from({ length: db.pool.totalCount }, () => db.pool.connect()));
  for (const client of clients) {
    await client.query("select pg_stat_force_next_flush()");
    client.release();
  }
  const [row] = await db.query<{ rows: number; wal: string }>(
    `select (select sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint from pg_stat_user_tables) as rows,
            pg_current_wal_lsn() - '0/0' as wal`,
  );
  return { rows: row?.rows ?? 0, wal: Number(row?.wal ?? 0) };
}
