import type { Tx } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { queueClosing } from "./queue-saga.server.ts";
import { givingBack, lastHold, redemptionKeys, subject } from "./redemption-postings.server.ts";
import { lockRedemptions, type RedemptionRow } from "./redemption-row.server.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Points that come back from a cancelled order live at least this long, however close to their end they were. */
export const RESTORED_LIFE_DAYS = 14;

/**
 * The order was cancelled or fully refunded: the points of the rewards it used go back to the lots they came from, each
 * with at least 14 days to live, and the code is switched off should it still work. Once per redemption.
 *
 * @returns how many rewards were given back now
 */
export async function restoreForOrder(
  tx: Tx,
  args: { shopId: string; orderId: string; now: Date },
): Promise<{ restored: number }> {
  const { shopId, orderId, now } = args;
  const used = await tx.query<{ redemptionId: string; memberId: string }>(
    `select redemption_id as "redemptionId", member_id as "memberId" from redemption
      where shop_id = $1 and used_order_id = $2 and status = 'used' and restored_at is null`,
    [shopId, orderId],
  );
  if (used.length === 0) return { restored: 0 };
  await lockMembers(
    tx,
    shopId,
    used.map(({ memberId }) => memberId),
  );
  const rows = await lockRedemptions(
    tx,
    shopId,
    used.map(({ redemptionId }) => redemptionId),
  );
  const due = rows.filter((row) => row.status === "used" && row.restoredAt === null);
  for (const row of due) {
    const postings = await giveBack(tx, args, row);
    await postTransfers(tx, { shopId, now, postings });
    await tx.query(`update redemption set restored_at = $3 where shop_id = $1 and redemption_id = $2`, [
      shopId,
      row.redemptionId,
      now,
    ]);
    await queueClosing(tx, { shopId, redemptionId: row.redemptionId });
  }
  return { restored: due.length };
}

async function giveBack(
  tx: Tx,
  { shopId, orderId, now }: { shopId: string; orderId: string; now: Date },
  redemption: RedemptionRow,
): Promise<Posting[]> {
  const { redemptionId } = redemption;
  const minExpiresAt = new Date(now.getTime() + RESTORED_LIFE_DAYS * DAY_MS);
  const base = {
    ...subject(redemption),
    reason: "redeem_restore" as const,
    idempotencyKey: redemptionKeys.restore(redemptionId),
    occurredAt: now,
    detail: { title: redemption.terms.title, orderId },
  };
  const [spent] = await tx.query<{ seq: number; memberId: string; to: string; points: number }>(
    `select seq, member_id as "memberId", to_account as "to", points from points_transfer
      where shop_id = $1 and idempotency_key = any($2)`,
    [shopId, [redemptionKeys.use(redemptionId), redemptionKeys.owe(redemptionId)]],
  );
  // Used too late, and nothing was left to take: the shop bore it, and nothing comes back.
  if (!spent) return [];
  const reverses = spent.memberId === redemption.memberId ? { reversesSeq: spent.seq } : {};
  if (spent.to === "redeemed") {
    const hold = await lastHold(tx, shopId, redemption);
    return givingBack(tx, {
      shopId,
      redemption,
      hold,
      minExpiresAt,
      base: { ...base, ...reverses, from: "redeemed" },
    });
  }
  // Used too late and owed: no lot was held, so what was owed is granted anew.
  return [
    {
      ...base,
      from: "issued",
      to: "available",
      points: spent.points,
      ...reverses,
      lot: { availableAt: now, expiresAt: minExpiresAt },
    },
  ];
}
