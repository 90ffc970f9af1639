import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";
import { sqlStateOf, type Queryable } from "./database.server.ts";

const PROJECT = join(import.meta.dirname, "../../..");
const MIGRATIONS = join(PROJECT, "prisma/migrations");
const UNDEFINED_TABLE = "42P01";
const UNDEFINED_SCHEMA = "3F000";
const silent = new Logger(() => () => {});

/** Brings a database up to date: our tables by `prisma migrate deploy`, the queue's by graphile-worker. Safe to repeat. */
export async function migrate(connectionString: string): Promise<{ applied: string[] }> {
  const pool = new pg.Pool({ connectionString, max: 2 });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  try {
    const query: Queryable["query"] = async <Row>(text: string, values: readonly unknown[] = []) =>
      (await pool.query(text, [...values])).rows as Row[];
    const missing = await pendingMigrations({ query });
    if (missing.length > 0) await deploy(connectionString);
    await runMigrations({ pgPool: pool, logger: silent });
    return { applied: missing };
  } finally {
    await pool.end();
  }
}

/** The migrations of this build that the database does not have. */
export async function pendingMigrations(q: Queryable): Promise<string[]> {
  const applied = new Set(await appliedMigrations(q));
  return migrationNames().filter((name) => !applied.has(name));
}

/** Whether the queue's tables are there. */
export async function hasQueue(q: Queryable): Promise<boolean> {
  const rows = await q.query<{ found: boolean }>(
    "select to_regclass('graphile_worker.jobs') is not null as found",
  );
  return rows[0]?.found === true;
}

let names: string[] | undefined;

function migrationNames(): string[] {
  names ??= readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  return names;
}

async function appliedMigrations(q: Queryable): Promise<string[]> {
  try {
    const rows = await q.query<{ migration_name: string }>(
      "select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null",
    );
    return rows.map((row) => row.migration_name);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === UNDEFINED_TABLE || state === UNDEFINED_SCHEMA) return [];
    throw error;
  }
}

// The migration engine's own lock leaves a ten-second timer behind, which would keep the command alive for nothing; while
// it really waits, its connection keeps it alive.
const LET_TIMERS_GO = `data:text/javascript,${encodeURIComponent(`
  const set = globalThis.setTimeout;
  globalThis.setTimeout = (work, ms, ...rest) => {
    const timer = set(work, ms, ...rest);
    return ms >= 10000 ? timer.unref() : timer;
  };`)}`;

async function deploy(connectionString: string): Promise<void> {
  const prisma = join(
    dirname(createRequire(import.meta.url).resolve("prisma/package.json")),
    "build/index.js",
  );
  await promisify(execFile)(process.execPath, ["--import", LET_TIMERS_GO, prisma, "migrate", "deploy"], {
    cwd: PROJECT,
    env: {
      ...process.env,
      DATABASE_URL: connectionString,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
}
