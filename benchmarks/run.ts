/**
 * `npm run bench [-- --json] [name …]`: figures of this machine, each as a ratio to a floor measured in the same run.
 * Ratios travel between machines; the absolute figures do not.
 */
import { cpus } from "node:os";
import { withBenchContext } from "./context.ts";
import type { BenchContext } from "./context.ts";
import type { Result } from "./measure.ts";
import { benchAudit } from "./audit.ts";
import { benchBackfillOrders } from "./backfill.ts";
import {
  benchGrowthBalance,
  benchGrowthHistory,
  benchGrowthMe,
  benchGrowthSearch,
  benchGrowthSettlement,
} from "./growth.ts";
import { benchImportRows } from "./import.ts";
import { benchLedgerPosting } from "./ledger-posting.ts";
import { benchExpireLots, benchReleaseHolds, benchReviewTiers } from "./nightly.ts";
import { benchOrderSettlement, benchSettlementBatched } from "./order-settlement.ts";
import { benchRedemption } from "./redemption.ts";
import { benchTwoWorkers } from "./two-workers.ts";
import { benchWebhookAck } from "./webhook-ack.ts";

const BENCHMARKS: Record<string, (context: BenchContext) => Promise<Result>> = {
  webhook_ack: benchWebhookAck,
  order_settlement: benchOrderSettlement,
  redemption: benchRedemption,
  ledger_posting: benchLedgerPosting,
  settlement_batched: benchSettlementBatched,
  growth_balance_p99: benchGrowthBalance,
  growth_me_p99: benchGrowthMe,
  growth_history_p99: benchGrowthHistory,
  growth_search_p99: benchGrowthSearch,
  growth_settlement_p99: benchGrowthSettlement,
  release_holds: benchReleaseHolds,
  expire_lots: benchExpireLots,
  review_tiers: benchReviewTiers,
  import_rows: benchImportRows,
  backfill_orders: benchBackfillOrders,
  two_workers: benchTwoWorkers,
  ledger_audit: benchAudit,
};

const asked = process.argv.slice(2);
const json = asked.includes("--json");
const names = asked.filter((name) => name in BENCHMARKS);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

if (!json) print(`${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}\n`);
await withBenchContext(async (context) => {
  for (const [name, bench] of Object.entries(BENCHMARKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const before = memoryMb();
    const { note, ...result } = await bench(context);
    const memory = `memory of this process ${before} MB before, ${memoryMb()} MB after`;
    if (json) print(JSON.stringify(result));
    else {
      print(
        `${name.padEnd(20)} ${result.value} ${result.unit}   floor ${result.floor}   ratio ${result.ratio}`,
      );
      print(`${"".padEnd(20)} ${note}; ${memory}`);
    }
  }
});

function memoryMb(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}
