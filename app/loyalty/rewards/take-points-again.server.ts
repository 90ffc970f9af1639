import type { Tx } from "#app/platform/db/database.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { holdPosting, redemptionKeys, subject, usePosting } from "./redemption-postings.server.ts";
import type { RedemptionRow } from "./redemption-row.server.ts";

/**
 * An order has used a code whose points had been returned: they are taken once more. Spent elsewhere by now, they are
 * owed, or the shop bears what is missing (the program's `shortfall`), as with a refund. Locks are the caller's.
 */
export async function takeAgain(
  tx: Tx,
  args: { shopId: string; orderId: string; now: Date; occurredAt: Date },
  redemption: RedemptionRow,
): Promise<void> {
  const { shopId, orderId, now, occurredAt } = args;
  const { redemptionId, points } = redemption;
  const again = holdPosting(redemption, occurredAt, redemptionKeys.holdAgain(redemptionId));
  const posted = await postTransfers(tx, {
    shopId,
    now,
    postings: [
      { ...again, detail: { ...again.detail, lateUse: true, orderId } },
      usePosting(redemption, orderId, occurredAt),
    ],
  });
  if (posted.outcome === "posted") return;
  const { settings } = await liveProgram(tx, shopId);
  const affordable = Math.max(0, posted.available);
  const taken = settings.shortfall === "owed" ? points : Math.min(points, affordable);
  if (taken === 0) return;
  await postTransfers(tx, {
    shopId,
    now,
    allowDebt: true,
    postings: [
      {
        ...subject(redemption),
        from: "available",
        to: "reversed",
        points: taken,
        reason: "redeem_use",
        idempotencyKey: redemptionKeys.owe(redemptionId),
        occurredAt,
        detail: { title: redemption.terms.title, lateUse: true, orderId },
      },
    ],
  });
}
