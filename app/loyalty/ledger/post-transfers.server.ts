/**
 * The writer of points. Everything that moves a point goes through postTransfers, except what goes over whole shops in one
 * statement and keeps the same laws there: the nightly sweeps (app/loyalty/nightly) and imported balances
 * (app/loyalty/importing/grant-set.server.ts).
 */
import { InvariantViolation } from "#app/platform/errors.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { type ExistingTransfer, lockAndLoad } from "./load-states.server.ts";
import type { Posting } from "./plan-transfers.ts";
import { planTransfers } from "./plan-transfers.ts";
import { writePlan } from "./write-plan.server.ts";

export interface PostedTransfer {
  memberId: string;
  seq: number;
  points: number;
  availableAfter: number;
  /** It had been posted before; nothing was written now. */
  replayed: boolean;
}

export type PostResult =
  | { outcome: "posted"; transfers: PostedTransfer[] }
  | { outcome: "insufficient_points"; available: number };

/**
 * Posts all of the postings or none, in order, in the caller's transaction.
 *
 * Locks the members' rows (in id order, held until the transaction ends), plans purely, and writes every transfer, lot,
 * move and balance, and queues each member's storefront projection, in one statement. Idempotent: a posting whose
 * key exists is answered with the transfer that was written then.
 *
 * @param args.allowDebt lets what is taken back or adjusted bring a member below zero (owed); nothing else ever may
 * @throws InvariantViolation when a key is reused for another movement, or a posting breaks a law of the ledger
 */
export async function postTransfers(
  tx: Tx,
  args: { shopId: string; now: Date; postings: readonly Posting[]; allowDebt?: boolean },
): Promise<PostResult> {
  const { shopId, now, postings } = args;
  if (postings.length === 0) return { outcome: "posted", transfers: [] };
  const { existing, states } = await lockAndLoad(tx, shopId, postings);
  const fresh = postings.filter((posting) => !wasPosted(existing, posting));

  const planned = planTransfers(states, fresh, { allowDebt: args.allowDebt ?? false });
  if (planned.outcome === "insufficient_points") {
    return { outcome: "insufficient_points", available: planned.available };
  }
  if (fresh.length > 0) {
    await writePlan(tx, shopId, now, planned.plan);
  }
  const byKey = new Map(planned.plan.transfers.map((entry) => [entry.posting.idempotencyKey, entry]));
  return {
    outcome: "posted",
    transfers: postings.map((posting) => {
      const now = byKey.get(posting.idempotencyKey);
      const before = existing.get(posting.idempotencyKey);
      return {
        memberId: posting.memberId,
        seq: now?.seq ?? before?.seq ?? 0,
        points: posting.points,
        availableAfter: now?.availableAfter ?? before?.availableAfter ?? 0,
        replayed: now === undefined,
      };
    }),
  };
}

function wasPosted(existing: ReadonlyMap<string, ExistingTransfer>, posting: Posting): boolean {
  const before = existing.get(posting.idempotencyKey);
  if (!before) return false;
  const same =
    before.memberId === posting.memberId &&
    before.from === posting.from &&
    before.to === posting.to &&
    before.points === posting.points;
  if (!same) {
    throw new InvariantViolation("ledger_key_reused", {
      data: {
        idempotencyKey: posting.idempotencyKey,
        posted: before.points,
        asked: posting.points,
      },
    });
  }
  return true;
}
