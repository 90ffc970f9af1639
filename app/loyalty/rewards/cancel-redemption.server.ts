import type { Services } from "#app/services.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { attemptClosing } from "./close-redemption.server.ts";
import { queueClosing } from "./queue-saga.server.ts";
import { lockRedemptions, type RedemptionRow } from "./redemption-row.server.ts";
import { nextState } from "./redemption-state.ts";
import { later, PATIENCE_MS, REQUEST_LEASE_MS } from "./saga-schedule.ts";
import { withPatience } from "./with-patience.server.ts";

export type CancelOutcome =
  /** The code is off and the points are back; also on replay. */
  | { outcome: "cancelled"; points: number }
  /** Asked for; the points return as soon as Shopify has confirmed that the code is off. */
  | { outcome: "closing"; points: number }
  | { outcome: "already_used" }
  /** It lapsed or failed before: its points are back. */
  | { outcome: "already_closed" }
  | { outcome: "not_allowed" }
  | { outcome: "unknown_redemption" };

export interface CancelArgs {
  shopId: string;
  memberId: string;
  redemptionId: string;
  now: Date;
  /** A staff member's Shopify user id; the program's "shoppers may cancel" does not bind the merchant. */
  actor?: string;
}

/**
 * Cancels an unused code: it is switched off in Shopify first, and only then do the points return. Answers within a few
 * seconds; what is not done by then a job finishes. Cancelling twice is the same as once.
 */
export async function cancelRedemption(services: Services, args: CancelArgs): Promise<CancelOutcome> {
  const asked = await askToClose(services, args);
  if (asked.outcome !== "closing") return asked;
  const attempt = attemptClosing(services, args);
  const result = await withPatience(attempt, PATIENCE_MS, (error) =>
    services.log.error("cancelling a redemption failed; its job will finish it", {
      ...subjectOf(args),
      error,
    }),
  );
  if (result?.outcome === "cancelled") return { outcome: "cancelled", points: asked.points };
  if (result?.outcome === "used" || result?.outcome === "used_meanwhile") return { outcome: "already_used" };
  return asked;
}

async function askToClose(services: Services, args: CancelArgs): Promise<CancelOutcome> {
  const { shopId, memberId, redemptionId, now } = args;
  return services.db.transaction(async (tx) => {
    await lockMembers(tx, shopId, [memberId]);
    const [row] = await lockRedemptions(tx, shopId, [redemptionId]);
    if (!row || row.memberId !== memberId) return { outcome: "unknown_redemption" };
    const moved = nextState(row, { kind: "close", why: "cancel" });
    if (!moved.ok) return standing(row);
    if (args.actor === undefined) {
      const { settings } = await liveProgram(tx, shopId);
      if (!settings.cancelAllowed) return { outcome: "not_allowed" };
    } else {
      await recordAudit(tx, {
        shopId,
        eventId: services.newId(),
        at: now,
        actor: args.actor,
        action: "redemption.cancel",
        subject: `redemption:${redemptionId}`,
      });
    }
    await tx.query(`update redemption set closing = 'cancel' where shop_id = $1 and redemption_id = $2`, [
      shopId,
      redemptionId,
    ]);
    await queueClosing(tx, { shopId, redemptionId, runAt: later(now, REQUEST_LEASE_MS) });
    return { outcome: "closing", points: row.points };
  });
}

function standing(row: RedemptionRow): CancelOutcome {
  if (row.status === "used") return { outcome: "already_used" };
  if (row.status === "cancelled") return { outcome: "cancelled", points: row.points };
  if (row.closing) return { outcome: "closing", points: row.points };
  return { outcome: "already_closed" };
}

function subjectOf({ shopId, redemptionId }: CancelArgs): { shopId: string; redemptionId: string } {
  return { shopId, redemptionId };
}
