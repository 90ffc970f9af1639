import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { seedProgram } from "#app/loyalty/program/program.server.ts";
import { type Database, openDatabase } from "#app/platform/db/database.server.ts";
import { startEmbeddedPostgres } from "#app/platform/db/embedded/start-postgres.server.ts";
import { migrate } from "#app/platform/db/migrate.server.ts";
import { seed, type SeededShop } from "./seed.ts";
import { NOW } from "./now.ts";

export interface BenchContext {
  databaseUrl: string;
  db: Database;
  /** A fresh shop with `members` members that have customers "1" … "n" of their own shop. */
  createShop(members: number): Promise<{ shopId: string; memberIds: string[] }>;
  /** Works on a copy of a database with one big shop beside fifty small ones (seed.ts); the copy is dropped afterwards. */
  withSeeded<T>(members: number, work: (copy: SeededCopy) => Promise<T>): Promise<T>;
  /** The same for work that changes nothing: on what the copies are made of. */
  readSeeded<T>(members: number, work: (copy: SeededCopy) => Promise<T>): Promise<T>;
}

export interface SeededCopy {
  db: Database;
  url: string;
  shop: SeededShop;
}

/** Members of the big shop: a million, times DANGOL_BENCH_SCALE (a hundredth by default: minutes); each has ten transfers. */
export const BIG_SHOP = Math.max(
  100,
  Math.round(1_000_000 * Number(process.env["DANGOL_BENCH_SCALE"] ?? "0.01")),
);

/** A PostgreSQL of its own with fsync on, as production has it; gone afterwards. DATABASE_URL, when set, is not used. */
export async function withBenchContext<T>(work: (context: BenchContext) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dangol-bench-"));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, "postgres"),
    port: null,
    settings: { shared_buffers: "512MB", max_wal_size: "4GB", max_connections: "150" },
  });
  // Stopped by hand, it takes its server along.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(1)));
  }
  await migrate(server.url);
  const db = openDatabase({ connectionString: server.url, max: 20 });
  const seeded = new Map<number, SeededShop>();
  const templateOf = async (members: number): Promise<{ template: string; shop: SeededShop }> => {
    const template = `seeded_${members}`;
    const shop = seeded.get(members) ?? (await createSeeded(server.url, template, members));
    seeded.set(members, shop);
    return { template, shop };
  };
  try {
    return await work({
      databaseUrl: server.url,
      db,
      createShop: (members) => createShop(db, members),
      withSeeded: async (members, run) => {
        const { template, shop } = await templateOf(members);
        return withCopy(server.url, template, (copy) => run({ ...copy, shop }));
      },
      readSeeded: async (members, run) => {
        const { template, shop } = await templateOf(members);
        return onDatabase(urlOf(server.url, template), (copy) => run({ ...copy, shop }));
      },
    });
  } finally {
    await db.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Neither seeding nor a whole night's sweep is over in the minute that a request may take. */
const openUnlimited = (url: string): Database =>
  openDatabase({ connectionString: url, max: 20, statementTimeoutMs: 0 });

async function createSeeded(serverUrl: string, name: string, members: number): Promise<SeededShop> {
  await onServer(serverUrl, `create database ${name}`);
  const url = urlOf(serverUrl, name);
  await migrate(url);
  const db = openUnlimited(url);
  try {
    return await seed(db, members);
  } finally {
    await db.close();
  }
}

let copies = 0;

async function withCopy<T>(
  serverUrl: string,
  template: string,
  work: (copy: { db: Database; url: string }) => Promise<T>,
): Promise<T> {
  copies += 1;
  const name = `copy_${copies}`;
  await onServer(serverUrl, `create database ${name} template ${template} strategy file_copy`);
  try {
    return await onDatabase(urlOf(serverUrl, name), work);
  } finally {
    await onServer(serverUrl, `drop database ${name} with (force)`);
  }
}

async function onDatabase<T>(
  url: string,
  work: (copy: { db: Database; url: string }) => Promise<T>,
): Promise<T> {
  const db = openUnlimited(url);
  try {
    return await work({ db, url });
  } finally {
    await db.close();
  }
}

function urlOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function createShop(db: Database, members: number): Promise<{ shopId: string; memberIds: string[] }> {
  const shopId = `bench-${randomBytes(5).toString("hex")}.myshopify.com`;
  await db.query(
    `insert into shop (shop_id, name, currency, currency_exponent, time_zone, locale, storefront_url, installed_at)
     values ($1, 'Bench', 'USD', 2, 'America/New_York', 'en', 'https://' || $1, $2)`,
    [shopId, NOW],
  );
  await db.transaction((tx) => seedProgram(tx, { shopId, currency: "USD", currencyExponent: 2, now: NOW }));
  const memberIds = Array.from({ length: members }, () => randomUUID());
  await db.query(
    `insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id)
     select $1, id, row_number() over (), $3, 'B' || row_number() over (), 'bronze' from unnest($2::uuid[]) as id`,
    [shopId, memberIds, NOW],
  );
  return { shopId, memberIds };
}
