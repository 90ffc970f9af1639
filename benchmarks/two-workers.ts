import { spawn } from "node:child_process";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { type BenchContext, BIG_SHOP, type SeededCopy } from "./context.ts";
import { type Result, round } from "./measure.ts";

const MEMBERS = Math.min(5_000, BIG_SHOP);
const OPERATIONS = Math.max(2_000, Math.round(BIG_SHOP / 25));

/**
 * A mixed load (mixed-load.ts) done by one process and then, on a fresh copy, by two that share it and settle some of the
 * same orders. Afterwards the books balance, every order was awarded once, and PostgreSQL counted no deadlock (40P01).
 */
export async function benchTwoWorkers({ withSeeded }: BenchContext): Promise<Result> {
  const one = await withSeeded(MEMBERS, (copy) => run(copy, 1));
  const two = await withSeeded(MEMBERS, (copy) => run(copy, 2));
  return {
    name: "two_workers",
    value: round(two.perSecond, 0),
    unit: "operations/s",
    floor: round(one.perSecond, 0),
    ratio: round(two.perSecond / one.perSecond),
    note: `${OPERATIONS} operations; deadlocks: one process ${one.deadlocks}, two ${two.deadlocks}; doubled: ${one.doubled}, ${two.doubled}; the books balance`,
  };
}

async function run(
  { db, url, shop }: SeededCopy,
  processes: number,
): Promise<{ perSecond: number; deadlocks: number; doubled: number }> {
  const share = Math.ceil(OPERATIONS / processes);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      child(url, [shop.shopId, String(shop.members), String(index * share), String(share)]),
    ),
  );
  const perSecond = OPERATIONS / ((performance.now() - started) / 1000);
  const { discrepancies } = await auditLedger(db, { shopIds: [shop.shopId] });
  if (discrepancies.length > 0) throw new Error(`the books: ${JSON.stringify(discrepancies.slice(0, 3))}`);
  return { perSecond, deadlocks: await deadlocksIn(db), doubled: await doubledIn(db, shop.shopId) };
}

async function deadlocksIn(db: Database): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    "select deadlocks as n from pg_stat_database where datname = current_database()",
  );
  return row?.n ?? 0;
}

/** Orders of the load that were awarded more than once. */
async function doubledIn(db: Database, shopId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `select count(*) as n from (
       select 1 from points_transfer where shop_id = $1 and source = 'order' and reason = 'earn'
        group by source_id having count(*) > 1) as more`,
    [shopId],
  );
  return row?.n ?? 0;
}

function child(url: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = spawn(process.execPath, ["benchmarks/mixed-load.ts", ...args], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: "inherit",
    });
    worker.once("error", reject);
    worker.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`a worker of the load ended with ${code}`)),
    );
  });
}
