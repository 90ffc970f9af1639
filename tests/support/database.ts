import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { openDatabase, type Database } from "#app/platform/db/database.server.ts";

export interface TestDatabase {
  db: Database;
  url: string;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

/** A database of one's own, cloned from the migrated template. */
export async function createTestDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  const name = `dangol_${randomBytes(6).toString("hex")}`;
  await onServer(`create database ${name} template dangol_template`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const db = openDatabase({ connectionString: url.href, max: options.max ?? 20 });
  const drop = async () => {
    await db.close();
    await onServer(`drop database if exists ${name} with (force)`);
  };
  return { db, url: url.href, drop };
}

/**
 * For a test file: makes its database before its tests and drops it after them. Read `.db` inside tests only.
 *
 *     const database = useTestDatabase();
 *     test("…", async () => { await database.db.query("select 1"); });
 */
export function useTestDatabase(options: { max?: number } = {}): {
  readonly db: Database;
  readonly url: string;
} {
  let current: TestDatabase | undefined;
  beforeAll(async () => {
    current = await createTestDatabase(options);
  });
  afterAll(async () => {
    await current?.drop();
  });
  const ready = (): TestDatabase => {
    if (current === undefined) throw new Error("The test database is there only while tests run.");
    return current;
  };
  return {
    get db() {
      return ready().db;
    },
    get url() {
      return ready().url;
    },
  };
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
