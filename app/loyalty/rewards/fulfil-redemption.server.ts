import type { Services } from "#app/services.server.ts";
import { queueClosing, queueFulfilment } from "./queue-saga.server.ts";
import { recordMade, recordRefused, recordWaiting } from "./record-fulfilment.server.ts";
import { readRedemption, type RedemptionInContext } from "./redemption-row.server.ts";
import type { RedemptionStatus } from "./redemption-state.ts";
import { nextAttemptAt, UNINSTALLED_RETRY_MS } from "./saga-schedule.ts";
import { findCode, isOurs, makeCode, type Unknown } from "./shopify-code.server.ts";

export type FulfilmentOutcome =
  /** The redemption is in this status now; `ready` when the code can be used. */
  | { outcome: RedemptionStatus }
  /** Being closed: no code is made any more. */
  | { outcome: "closing" }
  /** Shopify has not said yes or no. The points stay held; somebody has to look again. */
  | { outcome: "waiting"; reason: string; retryAfterMs: number }
  | { outcome: "gone" };

export type FulfilmentServices = Pick<Services, "db" | "shopify">;

/**
 * One attempt to give a requested redemption its code. Repeating it, at once or after a crash at any step, ends with one
 * code for the held points, or with the points back: the code was fixed before Shopify was asked, an attempt that may
 * have had an effect is looked up first, and every status is written from the status it expects.
 *
 * @param args.firstAttempt nobody has asked Shopify for this code yet, so there is nothing to look up
 */
export async function attemptFulfilment(
  services: FulfilmentServices,
  args: { shopId: string; redemptionId: string; now: Date; firstAttempt: boolean; timeoutMs?: number },
): Promise<FulfilmentOutcome> {
  const { shopId, redemptionId, now } = args;
  const redemption = await readRedemption(services.db, shopId, redemptionId);
  if (!redemption) return { outcome: "gone" };
  if (redemption.status !== "requested") return { outcome: redemption.status };
  if (redemption.closing) return { outcome: "closing" };
  if (!redemption.installed)
    return { outcome: "waiting", reason: "uninstalled", retryAfterMs: UNINSTALLED_RETRY_MS };
  const attempt = { ...args, redemption };
  if (redemption.expiresAt && redemption.expiresAt <= now) return lapse(services, attempt);
  const { customerId } = redemption;
  if (customerId === null) return refuse(services, attempt, "member_closed");
  if (!args.firstAttempt) {
    const earlier = await lookUp(services, { ...attempt, customerId });
    if (earlier !== "absent") return earlier;
  }
  return make(services, { ...attempt, customerId });
}

interface Attempt {
  shopId: string;
  now: Date;
  timeoutMs?: number;
  redemption: RedemptionInContext;
}

/** Asks Shopify for the code. A refusal counts only once a look-up has shown that no attempt of ours got through. */
async function make(
  services: FulfilmentServices,
  attempt: Attempt & { customerId: string },
): Promise<FulfilmentOutcome> {
  const { shopId, redemption, customerId, timeoutMs } = attempt;
  const { terms, code } = redemption;
  const made = await makeCode(services, shopId, { terms, code, customerId }, timeoutMs);
  switch (made.kind) {
    case "made":
      return ready(services, attempt, made.gid);
    case "unknown":
      return wait(services, attempt, made);
    case "taken": {
      const found = await lookUp(services, attempt);
      // Taken, and yet not there: Shopify's look-up lags behind. The next attempt will find it.
      return found === "absent" ? wait(services, attempt, lagging) : found;
    }
    case "refused": {
      const found = await lookUp(services, attempt);
      return found === "absent" ? refuse(services, attempt, made.reason) : found;
    }
  }
}

const lagging: Unknown = { kind: "unknown", reason: "code_not_visible_yet", retryAfterMs: 0 };

/** What an earlier attempt left behind, or `absent`. */
async function lookUp(
  services: FulfilmentServices,
  attempt: Attempt & { customerId: string },
): Promise<FulfilmentOutcome | "absent"> {
  const { shopId, redemption, customerId, timeoutMs } = attempt;
  const found = await findCode(services, shopId, redemption.code, timeoutMs);
  if (found.kind === "absent") return "absent";
  if (found.kind === "unknown") return wait(services, attempt, found);
  if (isOurs(found, redemption.terms, customerId)) return ready(services, attempt, found.gid);
  return refuse(services, attempt, "code_taken");
}

async function ready(
  services: FulfilmentServices,
  attempt: Attempt,
  gid: string,
): Promise<FulfilmentOutcome> {
  return { outcome: await recordMade(services.db, { ...attempt, gid }) };
}

async function refuse(
  services: FulfilmentServices,
  attempt: Attempt,
  reason: string,
): Promise<FulfilmentOutcome> {
  return { outcome: await recordRefused(services.db, { ...attempt, reason }) };
}

async function wait(
  services: FulfilmentServices,
  attempt: Attempt,
  why: Unknown,
): Promise<FulfilmentOutcome> {
  await recordWaiting(services.db, { ...attempt, reason: why.reason });
  return { outcome: "waiting", reason: why.reason, retryAfterMs: why.retryAfterMs };
}

/** Shopify was away for the whole life of the code: there is no point in making it now. */
async function lapse(services: FulfilmentServices, attempt: Attempt): Promise<FulfilmentOutcome> {
  const { shopId, redemption } = attempt;
  const { redemptionId } = redemption;
  await services.db.transaction(async (tx) => {
    await tx.query(
      `update redemption set closing = 'lapse'
        where shop_id = $1 and redemption_id = $2 and status = 'requested' and closing is null`,
      [shopId, redemptionId],
    );
    await queueClosing(tx, { shopId, redemptionId });
  });
  return { outcome: "closing" };
}

/**
 * The job: attempts, and queues itself again for as long as Shopify says neither yes nor no, every five minutes at most.
 * It never gives up by itself: points are held until it is known whether the code exists.
 */
export async function fulfilRedemption(
  services: Services,
  payload: { shopId: string; redemptionId: string },
  run: { now: Date },
): Promise<void> {
  const result = await attemptFulfilment(services, { ...payload, now: run.now, firstAttempt: false });
  if (result.outcome !== "waiting") return;
  services.log.warn("redemption is waiting for Shopify", { ...payload, reason: result.reason });
  const redemption = await readRedemption(services.db, payload.shopId, payload.redemptionId);
  if (!redemption) return;
  const runAt = nextAttemptAt(run.now, redemption.requestedAt, result.retryAfterMs);
  await queueFulfilment(services.db, { ...payload, runAt });
}
