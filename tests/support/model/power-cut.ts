import type { Database, Queryable, Tx } from "#app/platform/db/database.server.ts";

export class PowerCut extends Error {}

/** A database whose power goes before its nth statement, or right after a commit; nothing gets through any more then. */
export function cutPower(db: Database, cutAt: number): Database {
  let count = 0;
  const step = (): void => {
    count += 1;
    if (count >= cutAt) throw new PowerCut();
  };
  const failing =
    (q: Queryable): Queryable["query"] =>
    async (text, values) => {
      step();
      return q.query(text, values);
    };
  return {
    ...db,
    query: failing(db),
    transaction: async (work) => {
      const result = await db.transaction((tx) => work({ kind: "tx", query: failing(tx) } satisfies Tx));
      step();
      return result;
    },
  };
}
