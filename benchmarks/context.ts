import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedProgram } from "#app/loyalty/program/program.server.ts";
import { type Database, openDatabase } from "#app/platform/db/database.server.ts";
import { startEmbeddedPostgres } from "#app/platform/db/embedded/start-postgres.server.ts";
import { migrate } from "#app/platform/db/migrate.server.ts";

export interface BenchContext {
  databaseUrl: string;
  db: Database;
  /** A fresh shop with `members` members that have customers "1" … "n" of their own shop. */
  createShop(members: number): Promise<{ shopId: string; memberIds: string[] }>;
}

export const NOW = new Date("2026-11-21T03:00:00Z");

/** A PostgreSQL of its own with fsync on, as production has it; gone afterwards. DATABASE_URL, when set, is not used. */
export async function withBenchContext<T>(work: (context: BenchContext) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dangol-bench-"));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, "postgres"),
    port: null,
    settings: { shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  await migrate(server.url);
  const db = openDatabase({ connectionString: server.url, max: 20 });
  try {
    return await work({ databaseUrl: server.url, db, createShop: (members) => createShop(db, members) });
  } finally {
    await db.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
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
