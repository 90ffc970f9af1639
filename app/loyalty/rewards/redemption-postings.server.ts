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
  const base = {
    ...subject(redemption),
    from: "held" as const,
    reason: "redeem_return" as const,
    idempotencyKey: redemptionKeys.giveBack(redemption.redemptionId),
    occurredAt: now,
    detail: {
      title: redemption.terms.title,
      why,
      ...(args.failure !== undefined && { failure: args.failure }),
    },
  };
  return postTransfers(tx, {
    shopId,
    now,
    postings: await givingBack(tx, { shopId, redemption, hold, base }),
  });
}

/** Where the points of a redemption were taken from. */
export interface Hold {
  seq: number;
  /** Another than the redemption's when that member has been merged since. */
  memberId: string;
}

/** The newest transfer that took points for this redemption: what a return gives back. */
export async function lastHold(tx: Tx, shopId: string, redemption: Redeemed): Promise<Hold> {
  const { redemptionId } = redemption;
  const again = redemptionKeys.holdAgain(redemptionId);
  const [hold] = await tx.query<Hold>(
    `select seq, member_id as "memberId" from points_transfer
      where shop_id = $1 and idempotency_key = any($2)
      order by idempotency_key = $3 desc limit 1`,
    [shopId, [redemptionKeys.hold(redemptionId), again], again],
  );
  if (!hold) throw new InvariantViolation("redemption_without_hold", { data: { shopId, redemptionId } });
  return hold;
}

/**
 * The postings that give a redemption's points back: into the lots they were taken from, or, when those are a merged
 * member's, into lots like them.
 */
export async function givingBack(
  tx: Tx,
  args: {
    shopId: string;
    redemption: Redeemed;
    hold: Hold;
    base: Omit<Posting, "to" | "points">;
    minExpiresAt?: Date;
  },
): Promise<Posting[]> {
  const { shopId, redemption, hold, base, minExpiresAt } = args;
  if (hold.memberId === redemption.memberId) {
    const returnOf = { transferSeq: hold.seq, ...(minExpiresAt && { minExpiresAt }) };
    const { seq: reversesSeq } = hold;
    return [{ reversesSeq, ...base, to: "available", points: redemption.points, returnOf }];
  }
  const lots = await tx.query<{
    points: number;
    earnedAt: Date;
    expiresAt: Date | null;
    orderId: string | null;
  }>(
    `select -moved.points as points, lot.earned_at as "earnedAt", lot.expires_at as "expiresAt", lot.order_id as "orderId"
       from lot_move moved
       join points_lot lot on lot.shop_id = $1 and lot.member_id = $2 and lot.lot_seq = moved.lot_seq
      where moved.shop_id = $1 and moved.member_id = $2 and moved.transfer_seq = $3
      order by lot.expires_at nulls last, lot.lot_seq`,
    [shopId, hold.memberId, hold.seq],
  );
  return lots.map(({ points, earnedAt, expiresAt, orderId }, index) => {
    const tooSoon = expiresAt && minExpiresAt && expiresAt < minExpiresAt;
    return {
      ...base,
      to: "available",
      points,
      idempotencyKey: index === 0 ? base.idempotencyKey : `${base.idempotencyKey}:${index}`,
      lot: {
        earnedAt,
        expiresAt: tooSoon ? minExpiresAt : expiresAt,
        ...(orderId !== null && { orderId }),
      },
    };
  });
}

/** What every transfer of a redemption says of itself. */
export function subject(redemption: Redeemed): Pick<Posting, "memberId" | "source" | "sourceId"> {
  return { memberId: redemption.memberId, source: "redemption", sourceId: redemption.redemptionId };
}
