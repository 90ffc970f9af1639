import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { type BenchContext, BIG_SHOP } from "./context.ts";
import { type Result, round } from "./measure.ts";

/** How long proving the books of the seeded database takes; the floor reads every transfer, lot and move once. */
export async function benchAudit({ readSeeded }: BenchContext): Promise<Result> {
  return readSeeded(BIG_SHOP, async ({ db }) => {
    const reading = performance.now();
    await db.query("select sum(points), max(idempotency_key) from points_transfer");
    await db.query("select sum(remaining), max(order_id) from points_lot");
    await db.query("select sum(points) from lot_move");
    const floor = (performance.now() - reading) / 1000;
    const auditing = performance.now();
    const times: string[] = [];
    let last = { check: "", at: auditing };
    const report = await db.transaction(async (tx) => {
      await tx.query("set transaction isolation level repeatable read, read only");
      return auditLedger(tx, {
        onCheck: (shopId, check) => {
          if (process.env["DANGOL_BENCH_VERBOSE"] && shopId.includes("big")) {
            if (last.check) times.push(`${last.check} ${round((performance.now() - last.at) / 1000, 1)}`);
            last = { check, at: performance.now() };
          }
        },
      });
    });
    const value = (performance.now() - auditing) / 1000;
    if (report.discrepancies.length > 0) {
      throw new Error(`seeded wrongly: ${JSON.stringify(report.discrepancies.slice(0, 5))}`);
    }
    return {
      name: "ledger_audit",
      value: round(value, 1),
      unit: "s",
      floor: round(floor, 1),
      ratio: round(floor / value),
      note: `${BIG_SHOP * 10} transfers in the big shop, every check ${times.join(", ")}`,
    };
  });
}
