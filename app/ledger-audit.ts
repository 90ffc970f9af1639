/** `npm run ledger:audit`: proves the books of every shop, prints what was checked, exits 1 when anything is off. */
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { getServices } from "#app/services.server.ts";

const services = await getServices();
try {
  const report = await services.db.transaction(async (tx) => {
    await tx.query("set transaction isolation level repeatable read, read only");
    await tx.query("set local statement_timeout = 0");
    return auditLedger(tx);
  });
  for (const { check, promise, rows, discrepancies } of report.checks) {
    const verdict = discrepancies === 0 ? "ok" : `${discrepancies} WRONG`;
    process.stdout.write(
      `${verdict.padEnd(10)} ${check.padEnd(30)} ${String(rows).padStart(10)} rows  ${promise}\n`,
    );
  }
  for (const { check, shopId, subject, expected, actual } of report.discrepancies) {
    process.stdout.write(
      `WRONG      ${check}: ${shopId} ${subject}: expected ${expected}, found ${actual}\n`,
    );
  }
  process.stdout.write(
    report.discrepancies.length === 0
      ? "The books balance.\n"
      : `${report.discrepancies.length} discrepancies. Nothing was changed.\n`,
  );
  process.exitCode = report.discrepancies.length === 0 ? 0 : 1;
} finally {
  await services.db.close();
}
