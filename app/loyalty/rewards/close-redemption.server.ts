import type { Services } from "#app/services.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { queueClosing, queueStrayCheck } from "./queue-saga.server.ts";
import { returnHeldPoints } from "./redemption-postings.server.ts";
import { lockRedemptions, readRedemption, type RedemptionInContext } from "./redemption-row.server.ts";
import { isOpen, nextState, type RedemptionStatus } from "./redemption-state.ts";
import { CLOSING_RETRY_MS, later, STRAY_CHECK_MS, UNINSTALLED_RETRY_MS } from "./saga-schedule.ts";
import { findCode, switchOffCode, type CodeFound } from "./shopify-code.server.ts";

export type ClosingOutcome =
  /** The redemption is in this status now, and no code of it can be used any more. */
  | { outcome: RedemptionStatus }
  /** Somebody checked out with the code before it was off: its points stay held until that order arrives. */
  | { outcome: "used_meanwhile" }
  | { outcome: "waiting"; reason: string; retryAfterMs: number }
  | { outcome: "not_closing" }
  | { outcome: "gone" };

export type ClosingServices = Pick<Services, "db" | "shopify">;

/**
 * One attempt to close a redemption: switch the code off in Shopify, see that nobody has used it, and only then give the
 * points back. For a redemption that is closed already it switches off a code that has surfaced since. Repeatable.
 */
export async function attemptClosing(
  services: ClosingServices,
  args: { shopId: string; redemptionId: string; now: Date },
): Promise<ClosingOutcome> {
  const { shopId, redemptionId } = args;
  const redemption = await readRedemption(services.db, shopId, redemptionId);
  if (!redemption) return { outcome: "gone" };
  const open = isOpen(redemption.status);
  if (open && !redemption.closing) return { outcome: "not_closing" };
  if (!redemption.installed)
    return { outcome: "waiting", reason: "uninstalled", retryAfterMs: UNINSTALLED_RETRY_MS };
  const state = await switchOff(services, shopId, redemption);
  if (state.kind === "unknown")
    return { outcome: "waiting", reason: state.reason, retryAfterMs: state.retryAfterMs };
  if (!open) return { outcome: redemption.status };
  if (state.kind === "used") return { outcome: "used_meanwhile" };
  return { outcome: await recordClosed(services, args, redemption) };
}

type SwitchedOff =
  | { kind: "off" }
  | { kind: "used" }
  | { kind: "unknown"; reason: string; retryAfterMs: number };

/**
 * Leaves no usable code behind. The usage is read after the code is off: before that, somebody may still check out.
 */
async function switchOff(
  services: ClosingServices,
  shopId: string,
  redemption: RedemptionInContext,
): Promise<SwitchedOff> {
  const before = await findCode(services, shopId, redemption.code);
  if (before.kind === "unknown") return before;
  if (before.kind === "absent" || !belongsTo(before, redemption)) return { kind: "off" };
  if (!before.active) return usage(before);
  const off = await switchOffCode(services, shopId, before.gid);
  if (off.kind === "unknown") return off;
  const after = await findCode(services, shopId, redemption.code);
  if (after.kind === "unknown") return after;
  if (after.kind === "absent") return { kind: "off" };
  // Shopify refused, and the code still works: its points must not come back yet.
  if (after.active) {
    return { kind: "unknown", reason: off.kind === "refused" ? off.reason : "still_active", retryAfterMs: 0 };
  }
  return usage(after);
}

/** By the title alone: a merged customer changes the binding, and the code is ours all the same. */
function belongsTo(found: Extract<CodeFound, { kind: "found" }>, redemption: RedemptionInContext): boolean {
  return found.gid === redemption.discountGid || found.title === redemption.terms.codeTitle;
}

function usage(found: Extract<CodeFound, { kind: "found" }>): SwitchedOff {
  return { kind: found.usageCount > 0 ? "used" : "off" };
}

/** Points back and status, in one transaction; an order that was faster has the last word. */
async function recordClosed(
  services: ClosingServices,
  args: { shopId: string; redemptionId: string; now: Date },
  { memberId }: RedemptionInContext,
): Promise<RedemptionStatus> {
  const { shopId, redemptionId, now } = args;
  return services.db.transaction(async (tx) => {
    await lockMembers(tx, shopId, [memberId]);
    const [row] = await lockRedemptions(tx, shopId, [redemptionId]);
    if (!row) return "failed";
    const moved = nextState(row, { kind: "switched_off" });
    if (!moved.ok || !row.closing) return row.status;
    await returnHeldPoints(tx, { shopId, now, redemption: row, why: row.closing });
    await tx.query(
      `update redemption set status = $3, closing = null, closed_at = $4 where shop_id = $1 and redemption_id = $2`,
      [shopId, redemptionId, moved.next.status, now],
    );
    // Never ready: an attempt to make the code may still be under way in Shopify, so it is looked for once more.
    if (row.status === "requested") {
      await queueStrayCheck(tx, { shopId, redemptionId, runAt: later(now, STRAY_CHECK_MS) });
    }
    return moved.next.status;
  });
}

/**
 * The job: attempts, and queues itself again for as long as Shopify says neither yes nor no. A code that was used
 * meanwhile is left to its order; the nightly sweep looks again, should that order never come.
 */
export async function closeRedemption(
  services: Services,
  payload: { shopId: string; redemptionId: string },
  run: { now: Date },
): Promise<void> {
  const result = await attemptClosing(services, { ...payload, now: run.now });
  if (result.outcome !== "waiting") return;
  services.log.warn("redemption cannot be closed yet", { ...payload, reason: result.reason });
  const runAt = later(run.now, Math.max(CLOSING_RETRY_MS, result.retryAfterMs));
  await queueClosing(services.db, { ...payload, runAt });
}
