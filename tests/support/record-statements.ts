import type { Database, Queryable } from "#app/platform/db/database.server.ts";

export interface RecordedStatement {
  text: string;
  values: readonly unknown[];
}

/** The same database, noting every statement that goes through `query` and `transaction`. */
export function recordStatements(db: Database): { db: Database; statements: RecordedStatement[] } {
  const statements: RecordedStatement[] = [];
  const recorded =
    (query: Queryable["query"]): Queryable["query"] =>
    (text, values = []) => {
      statements.push({ text, values });
      return query(text, values);
    };
  return {
    statements,
    db: {
      ...db,
      query: recorded((text, values) => db.query(text, values)),
      transaction: (work) =>
        db.transaction((tx) =>
          work({ kind: "tx", query: recorded((text, values) => tx.query(text, values)) }),
        ),
    },
  };
}
