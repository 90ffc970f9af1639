import { spawn } from "node:child_process";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { type BenchContext, BIG_SHOP, type SeededCopy } from "./context.ts";
import { runHttpLoad } from "./http-load.ts";
import { median, type Result, round } from "./measure.ts";

const MEMBERS = Math.min(5_000, BIG_SHOP);
/** At scale 1 an hour of eleven operations a second. */
const OPERATIONS = Math.max(2_000, 10 * Math.round(BIG_SHOP / 250));
/** Connections of the mixed load, whatever the number of processes. */
const CONNECTIONS = 12;

/**
 * Requests (http-load.ts) to one web process with one worker, and to two of each, over fresh copies of one database, in
 * turns. Each process has the settings it has in production; the requests under way at a time are the same, so that two
 * answer no longer queue than one.
 *
 * Then a mixed load of what requests alone do not bring (mixed-load.ts: holds, whole-shop sweeps, orders that both settle at
 * once) by one process with all the connections, and by two with half each.
 *
 * After every run the books balance, every order was awarded once, and PostgreSQL counted no deadlock (40P01).
 */
export async function benchTwoWorkers({ withSeeded }: BenchContext): Promise<Result> {
  const runs: { one: Run[]; two: Run[] } = { one: [], two: [] };
  // One, two, two, one: a machine that gets slower or faster meanwhile favours neither.
  for (const side of ["one", "two", "two", "one"] as const) {
    runs[side].push(await withSeeded(MEMBERS, (copy) => throughHttp(copy, side === "one" ? 1 : 2)));
  }
  const mixed = {
    one: await withSeeded(MEMBERS, (copy) => mixedLoad(copy, 1)),
    two: await withSeeded(MEMBERS, (copy) => mixedLoad(copy, 2)),
  };
  const [one, two] = [median(runs.one.map(perSecondOf)), median(runs.two.map(perSecondOf))];
  const all = [...runs.one, ...runs.two, mixed.one, mixed.two];
  const sum = (of: (run: Run) => number): number => all.reduce((total, run) => total + of(run), 0);
  return {
    name: "two_workers",
    value: round(two, 0),
    unit: "requests/s",
    floor: round(one, 0),
    ratio: round(two / one),
    note:
      `2 web processes and 2 workers over 1 and 1, ${OPERATIONS} requests a run; mixed load of ${OPERATIONS} operations: ` +
      `${round(mixed.two.perSecond, 0)}/s over ${round(mixed.one.perSecond, 0)}/s, ratio ${round(mixed.two.perSecond / mixed.one.perSecond)}; ` +
      `in all ${OPERATIONS * all.length} operations, ${sum((run) => run.deadlocks)} deadlocks, ${sum((run) => run.doubled)} orders doubled; the books balance`,
  };
}

interface Run {
  perSecond: number;
  deadlocks: number;
  doubled: number;
}

const perSecondOf = (run: Run): number => run.perSecond;

async function throughHttp(copy: SeededCopy, processes: number): Promise<Run> {
  const { perSecond, orders } = await runHttpLoad(copy, { processes, requests: OPERATIONS });
  const awarded = await count(
    copy.db,
    `select count(*) as n from points_transfer
      where shop_id = $1 and source = 'order' and reason = 'earn' and source_id::bigint >= 9000000000`,
    copy.shop.shopId,
  );
  if (awarded !== orders) throw new Error(`${orders} orders, but ${awarded} were awarded`);
  return { perSecond, ...(await proven(copy)) };
}

async function mixedLoad(copy: SeededCopy, processes: number): Promise<Run> {
  const share = Math.ceil(OPERATIONS / processes);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      child(
        copy.url,
        [copy.shop.shopId, copy.shop.members, index * share, share, CONNECTIONS / processes].map(String),
      ),
    ),
  );
  const perSecond = OPERATIONS / ((performance.now() - started) / 1000);
  return { perSecond, ...(await proven(copy)) };
}

/** What the database says afterwards. */
async function proven({ db, shop }: SeededCopy): Promise<Omit<Run, "perSecond">> {
  const { discrepancies } = await auditLedger(db, { shopIds: [shop.shopId] });
  if (discrepancies.length > 0) throw new Error(`the books: ${JSON.stringify(discrepancies.slice(0, 3))}`);
  return {
    deadlocks: await count(
      db,
      "select deadlocks as n from pg_stat_database where datname = current_database() and $1 <> ''",
      shop.shopId,
    ),
    doubled: await count(
      db,
      `select count(*) as n from (
         select 1 from points_transfer where shop_id = $1 and source = 'order' and reason = 'earn'
          group by source_id having count(*) > 1) as more`,
      shop.shopId,
    ),
  };
}

async function count(db: Database, sql: string, shopId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql, [shopId]);
  return row?.n ?? 0;
}

function child(url: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = spawn(process.execPath, ["benchmarks/mixed-load.ts", ...args], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["ignore", process.stderr, process.stderr],
    });
    worker.once("error", reject);
    worker.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`a worker of the load ended with ${code}`)),
    );
  });
}
