import type { Database } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { queueClosing, queueStrayCheck } from "./queue-saga.server.ts";
import { returnHeldPoints } from "./redemption-postings.server.ts";
import { lockRedemptions, type RedemptionRow } from "./redemption-row.server.ts";
import { nextState, type RedemptionStatus } from "./redemption-state.ts";
import { later, STRAY_CHECK_MS } from "./saga-schedule.ts";

interface Attempt {
  shopId: string;
  redemption: Pick<RedemptionRow, "redemptionId" | "memberId">;
  now: Date;
}

/**
 * Notes that Shopify has the code: requested → ready. When the redemption was closed in the meantime its points are
 * back already, so the code that has just appeared is switched off.
 *
 * @returns the status the redemption has now
 */
export async function recordMade(db: Database, args: Attempt & { gid: string }): Promise<RedemptionStatus> {
  const { shopId, now, gid } = args;
  const { redemptionId } = args.redemption;
  return db.transaction(async (tx) => {
    const [row] = await lockRedemptions(tx, shopId, [redemptionId]);
    if (!row) return "failed";
    const moved = nextState(row, { kind: "created" });
    if (moved.ok) {
      await tx.query(
        `update redemption set status = $3, discount_gid = $4, ready_at = $5, failure = null
          where shop_id = $1 and redemption_id = $2`,
        [shopId, redemptionId, moved.next.status, gid, now],
      );
      return moved.next.status;
    }
    if (row.status !== "ready" && row.status !== "used") await queueClosing(tx, { shopId, redemptionId });
    return row.status;
  });
}

/**
 * Notes that Shopify will not make the code, and gives the points back in the same transaction: requested → failed.
 * An earlier attempt of unknown outcome may still surface, so the code is looked for once more a little later.
 *
 * @returns the status the redemption has now
 */
export async function recordRefused(
  db: Database,
  args: Attempt & { reason: string },
): Promise<RedemptionStatus> {
  const { shopId, now, reason } = args;
  const { redemptionId, memberId } = args.redemption;
  return db.transaction(async (tx) => {
    await lockMembers(tx, shopId, [memberId]);
    const [row] = await lockRedemptions(tx, shopId, [redemptionId]);
    if (!row) return "failed";
    const moved = nextState(row, { kind: "refused" });
    if (!moved.ok) return row.status;
    await returnHeldPoints(tx, { shopId, now, redemption: row, why: "failed", failure: reason });
    await tx.query(
      `update redemption set status = $3, failure = $4, closed_at = $5 where shop_id = $1 and redemption_id = $2`,
      [shopId, redemptionId, moved.next.status, reason, now],
    );
    await queueStrayCheck(tx, { shopId, redemptionId, runAt: later(now, STRAY_CHECK_MS) });
    return moved.next.status;
  });
}

/** Notes why a redemption is still waiting, for whoever looks at it in the admin. */
export async function recordWaiting(db: Database, args: Attempt & { reason: string }): Promise<void> {
  await db.query(
    `update redemption set failure = $3 where shop_id = $1 and redemption_id = $2 and status = 'requested'`,
    [args.shopId, args.redemption.redemptionId, args.reason],
  );
}
