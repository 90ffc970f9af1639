import { InvariantViolation } from "#app/platform/errors.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { postTransfers, type PostResult } from "#app/loyalty/ledger/post-transfers.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import type { RedemptionRow } from "./redemption-row.server.ts";

type Redeemed = Pick<RedemptionRow, "redemptionId" | "memberId" | "points" | "terms">;

/** Every transfer of a redemption has its key from here, so that none can be posted twice. */
export const redemptionKeys = {
  hold: (id: string) => `redemption:${id}:hold`,
  use: (id: string) => `redemption:${id}:use`,
  giveBack: (id: string) => `redemption:${id}:return`,
  restore: (id: string) => `redemption:${id}:restore`,
  /** Points taken again for a code that was used after they had been returned. */
  holdAgain: (id: string) => `redemption:${id}:hold_again`,
  owe: (id: string) => `redemption:${id}:owe`,
} as const;

/** available → held, when the member asks for the reward. */
export function holdPosting(redemption: Redeemed, at: Date, idempotencyKey: string): Posting {
  return {
    ...subject(redemption),
    from: "available",
    to: "held",
    points: redemption.points,
    reason: "redeem_hold",
    idempotencyKey,
    occurredAt: at,
    detail: { title: redemption.terms.title },
  };
}

/** held → redeemed, when an order uses the code. */
export function usePosting(redemption: Redeemed, orderId: string, at: Date): Posting {
  return {
    ...subject(redemption),
    from: "held",
    to: "redeemed",
    points: redemption.points,
    reason: "redeem_use",
    idempotencyKey: redemptionKeys.use(redemption.redemptionId),
    occurredAt: at,
    detail: { title: redemption.terms.title, orderId },
  };
}

/** held → available, into the lots the points came from. */
export async function returnHeldPoints(
  tx: Tx,
  args: {
    shopId: string;
    now: Date;
    redemption: Redeemed;
    why: "cancel" | "lapse" | "failed";
    failure?: string;
  },
): Promise<PostResult> {
  const { shopId, now, redemption, why } = args;
  const hold = await lastHold(tx, shopId, redemption);
  return postTransfers(tx, {
    shopId,
    now,
    postings: [
      {
        ...subject(redemption),
        from: "held",
        to: "available",
        points: redemption.points,
        reason: "redeem_return",
        idempotencyKey: redemptionKeys.giveBack(redemption.redemptionId),
        occurredAt: now,
        reversesSeq: hold.seq,
        returnOf: { transferSeq: hold.seq },
        detail: {
          title: redemption.terms.title,
          why,
          ...(args.failure !== undefined && { failure: args.failure }),
        },
      },
    ],
  });
}

/** The newest transfer that took points for this redemption: what a return gives back. */
export async function lastHold(tx: Tx, shopId: string, redemption: Redeemed): Promise<{ seq: number }> {
  const { redemptionId, memberId } = redemption;
  const [hold] = await tx.query<{ seq: number }>(
    `select seq from points_transfer
      where shop_id = $1 and member_id = $2 and idempotency_key = any($3)
      order by seq desc limit 1`,
    [shopId, memberId, [redemptionKeys.hold(redemptionId), redemptionKeys.holdAgain(redemptionId)]],
  );
  if (!hold) throw new InvariantViolation("redemption_without_hold", { data: { shopId, redemptionId } });
  return hold;
}

/** What every transfer of a redemption says of itself. */
export function subject(redemption: Redeemed): Pick<Posting, "memberId" | "source" | "sourceId"> {
  return { memberId: redemption.memberId, source: "redemption", sourceId: redemption.redemptionId };
}
