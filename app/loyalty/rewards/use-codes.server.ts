import type { Tx } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { normaliseCode } from "./code.ts";
import { usePosting } from "./redemption-postings.server.ts";
import { lockRedemptions, type RedemptionRow } from "./redemption-row.server.ts";
import { nextState } from "./redemption-state.ts";
import { takeAgain } from "./take-points-again.server.ts";

/**
 * Spends the points of the codes that an order carries: held → redeemed, once, whatever is repeated. Codes that are not
 * ours are passed over. The points are those of the member who redeemed, whoever placed the order.
 *
 * A code whose points had been returned already (it was being closed while somebody checked out) takes them again, so
 * that nobody ends up with both. Locks the members and redemptions concerned.
 *
 * @returns the codes of ours that this order has used, now or before
 */
export async function useCodesOnOrder(
  tx: Tx,
  args: {
    shopId: string;
    orderId: string;
    codes: string[];
    memberId: string | null;
    now: Date;
    occurredAt: Date;
  },
): Promise<{ used: string[] }> {
  const codes = [...new Set(args.codes.map(normaliseCode))];
  if (codes.length === 0) return { used: [] };
  const { shopId } = args;
  const ours = await tx.query<{ redemptionId: string; memberId: string }>(
    `select redemption_id as "redemptionId", member_id as "memberId" from redemption
      where shop_id = $1 and code = any($2)`,
    [shopId, codes],
  );
  if (ours.length === 0) return { used: [] };
  await lockMembers(
    tx,
    shopId,
    ours.map(({ memberId }) => memberId),
  );
  const rows = await lockRedemptions(
    tx,
    shopId,
    ours.map(({ redemptionId }) => redemptionId),
  );
  const used: string[] = [];
  for (const row of rows) if (await useOne(tx, args, row)) used.push(row.code);
  return { used };
}

async function useOne(
  tx: Tx,
  args: { shopId: string; orderId: string; now: Date; occurredAt: Date },
  row: RedemptionRow,
): Promise<boolean> {
  const { shopId, orderId, now, occurredAt } = args;
  const moved = nextState(row, { kind: "used" });
  // Used before: by this order it is a repetition; by another, Shopify let a single-use code through twice and the
  // points are spent all the same.
  if (!moved.ok) return row.usedOrderId === orderId;
  if (moved.points === "take_again") await takeAgain(tx, args, row);
  else await postTransfers(tx, { shopId, now, postings: [usePosting(row, orderId, occurredAt)] });
  await tx.query(
    `update redemption set status = $3, closing = null, used_order_id = $4, closed_at = $5
      where shop_id = $1 and redemption_id = $2`,
    [shopId, row.redemptionId, moved.next.status, orderId, now],
  );
  return true;
}
