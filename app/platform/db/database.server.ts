import pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { InvariantViolation } from "#app/platform/errors.ts";

export interface Queryable {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A connection inside an open transaction. */
export interface Tx extends Queryable {
  readonly kind: "tx";
}

/** The one pool of the process: our SQL, Prisma's adapter and graphile-worker share it. */
export interface Database extends Queryable {
  readonly pool: pg.Pool;
  /**
   * BEGIN … COMMIT at READ COMMITTED; rolls back when the work throws. A serialization failure or deadlock is run again
   * up to five times, so the work must have no effect outside the database.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  connectionString: string;
  max?: number;
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
}

const MAX_TRANSACTION_ATTEMPTS = 5;
const RETRYABLE_SQLSTATES = new Set(["40001", "40P01"]);
const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

/** Opens the pool; nothing connects before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.max ?? 20,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    application_name: "dangol",
    types: { getTypeParser: parserFor },
  });
  // An idle connection that PostgreSQL drops must not end the process: the pool replaces it, and /readyz tells.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    pool,
    query: queryWith(pool),
    transaction: (work) => runTransaction(pool, work),
    close: () => pool.end(),
  };
}

/** The SQLSTATE of a PostgreSQL error, e.g. 23505; undefined for anything else. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** Whether the database can be asked at all, to tell a failure of it from a failure of a query. */
export async function answers(db: Database): Promise<boolean> {
  try {
    await db.query("select 1");
    return true;
  } catch {
    return false;
  }
}

type Client = Pick<pg.Pool | pg.PoolClient, "query">;

function queryWith(client: Client): Queryable["query"] {
  return async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const result = await client.query(preparable(text, [...values]));
    return result.rows as Row[];
  };
}

/** Far more statements than we have; the texts that a filter puts together at run time do not push them out. */
const MAX_STATEMENTS = 500;
const statements = new Map<string, string>();

// A statement with parameters is parsed and planned once for each connection. (Behind PgBouncer in transaction mode this
// needs its max_prepared_statements, which is on by default.)
function preparable(text: string, values: unknown[]): pg.QueryConfig {
  if (values.length === 0) return { text };
  const known = statements.get(text);
  if (known !== undefined) return { name: known, text, values };
  if (statements.size >= MAX_STATEMENTS) return { text, values };
  const name = `dangol_${statements.size}`;
  statements.set(text, name);
  return { name, text, values };
}

/** Thrown in a transaction that found the world changed under it: it is rolled back and run again, as after a deadlock. */
export class TransactionConflict extends Error {}

function isConflict(error: unknown): boolean {
  return error instanceof TransactionConflict || RETRYABLE_SQLSTATES.has(sqlStateOf(error) ?? "");
}

async function runTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(pool, work);
    } catch (error) {
      if (!isConflict(error) || attempt >= MAX_TRANSACTION_ATTEMPTS) throw error;
      await sleep(Math.random() * 20 * 2 ** attempt);
    }
  }
}

async function attemptTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const result = await work({ kind: "tx", query: queryWith(client) });
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    // A connection that cannot even roll back is not given to the next caller.
    client.release(broken);
  }
}

// Per pool rather than global, so that libraries with pools of their own keep pg's defaults.
// The return type is pg's own: each parser gives what its column type holds.
const parserFor: typeof pg.types.getTypeParser = ((oid: number, format?: "text" | "binary") => {
  if (oid === INT8) return parseSafeInteger;
  if (oid === INT8_ARRAY) return parseSafeIntegerArray;
  if (oid === DATE) return (value: string) => value;
  return format === "binary" ? pg.types.getTypeParser(oid, "binary") : pg.types.getTypeParser(oid, "text");
}) as typeof pg.types.getTypeParser;

// pg-types knows the parser of text[] but leaves its oid out of the type of known ones.
const TEXT_ARRAY = 1009 as number as Parameters<typeof pg.types.getTypeParser>[0];
const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY, "text");

function parseSafeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new InvariantViolation(`The database holds ${value}, which no safe integer can carry.`);
  return number;
}

function parseSafeIntegerArray(value: string): (number | null)[] {
  const items = parseTextArray(value) as (string | null)[];
  return items.map((item) => (item === null ? null : parseSafeInteger(item)));
}
