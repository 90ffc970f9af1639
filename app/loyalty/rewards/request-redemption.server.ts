import { createHash } from "node:crypto";
import type { Tx } from "#app/platform/db/database.server.ts";
import { InvariantViolation } from "#app/platform/errors.ts";
import type { Services } from "#app/services.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { Reward } from "#app/loyalty/program/settings.ts";
import { CODE_BYTES, codeFromBytes } from "./code.ts";
import { attemptFulfilment } from "./fulfil-redemption.server.ts";
import { queueFulfilment } from "./queue-saga.server.ts";
import { holdPosting, redemptionKeys } from "./redemption-postings.server.ts";
import { readRedemption, REDEMPTION_COLUMNS, type RedemptionRow } from "./redemption-row.server.ts";
import { freezeTerms, priceReward, type PointsRefusal, type RedemptionTerms } from "./redemption-terms.ts";
import { later, PATIENCE_MS, REQUEST_LEASE_MS } from "./saga-schedule.ts";
import { withPatience } from "./with-patience.server.ts";

export interface RedemptionRequest {
  shopId: string;
  memberId: string;
  rewardId: string;
  /** For points-as-cash: how many. For any other reward: its cost, or left out. */
  points?: number;
  /** Chosen by the client, 1–128 characters; the same key is the same redemption for ever. */
  idempotencyKey: string;
  now: Date;
}

export type RedemptionOutcome =
  | { outcome: "redeemed"; replayed: boolean; redemption: RedemptionRow; available: number }
  /** Shopify refused for good; the points are back. */
  | { outcome: "failed"; replayed: boolean; redemption: RedemptionRow; available: number }
  | { outcome: "idempotency_key_reused" }
  | { outcome: "unknown_reward" }
  | { outcome: "reward_unavailable" }
  | { outcome: "invalid_points"; reason: PointsRefusal; reward: Reward }
  | { outcome: "insufficient_points"; available: number; needed: number }
  | { outcome: "blocked" }
  | { outcome: "unknown_member" };

/**
 * Redeems a reward: holds the points and fixes the code in one transaction, then tries to get the code from Shopify while
 * the shopper waits. Shopify slow or down: the redemption stays `requested`, and its job finishes it.
 *
 * Locks the member's row, so that any number of requests at once spend the same points once. The same key with the same
 * request gives the same redemption; with another request it is refused.
 *
 * @param options.patienceMs how long the answer may wait for Shopify
 */
export async function requestRedemption(
  services: Services,
  request: RedemptionRequest,
  options: { patienceMs?: number } = {},
): Promise<RedemptionOutcome> {
  const { shopId, now } = request;
  const held = await services.db.transaction((tx) => holdPoints(tx, services, request));
  if (held.outcome !== "held") return held;
  const { redemptionId } = held;
  const patienceMs = options.patienceMs ?? PATIENCE_MS;
  const attempt = attemptFulfilment(services, {
    shopId,
    redemptionId,
    now,
    firstAttempt: true,
    timeoutMs: patienceMs,
  });
  await withPatience(attempt, patienceMs, (error) =>
    services.log.error("fulfilling a redemption failed; its job will finish it", {
      shopId,
      redemptionId,
      error,
    }),
  );
  return standing(services, request, redemptionId);
}

type Held = { outcome: "held"; redemptionId: string } | RedemptionOutcome;

async function holdPoints(tx: Tx, services: Services, request: RedemptionRequest): Promise<Held> {
  const { shopId, memberId } = request;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  if (!member) return { outcome: "unknown_member" };
  const earlier = await findByKey(tx, request);
  if (earlier) return replay(earlier, request, member.available);
  if (member.state !== "active")
    return { outcome: member.state === "blocked" ? "blocked" : "unknown_member" };
  const { version, settings } = await liveProgram(tx, shopId);
  const reward = settings.rewards.find(({ id }) => id === request.rewardId);
  if (!reward) return { outcome: "unknown_reward" };
  if (!reward.enabled) return { outcome: "reward_unavailable" };
  const priced = priceReward(reward, request.points);
  if (!priced.ok) return { outcome: "invalid_points", reason: priced.reason, reward };
  const redemptionId = services.newId();
  const terms = freezeTerms(reward, priced, {
    redemptionId,
    programVersion: version,
    now: request.now,
    shop: await readShop(tx, shopId),
  });
  const posted = await postTransfers(tx, {
    shopId,
    now: request.now,
    postings: [
      holdPosting(
        { redemptionId, memberId, points: terms.points, terms },
        request.now,
        redemptionKeys.hold(redemptionId),
      ),
    ],
  });
  if (posted.outcome === "insufficient_points") {
    return { outcome: "insufficient_points", available: posted.available, needed: terms.points };
  }
  await insertRedemption(tx, request, {
    redemptionId,
    terms,
    code: codeFromBytes(services.randomBytes(CODE_BYTES)),
  });
  await queueFulfilment(tx, { shopId, redemptionId, runAt: later(request.now, REQUEST_LEASE_MS) });
  return { outcome: "held", redemptionId };
}

async function insertRedemption(
  tx: Tx,
  request: RedemptionRequest,
  made: { redemptionId: string; terms: RedemptionTerms; code: string },
): Promise<void> {
  const { terms } = made;
  await tx.query(
    `insert into redemption (shop_id, redemption_id, member_id, reward_id, kind, points, terms, status, code,
        idempotency_key, request_hash, requested_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, 'requested', $8, $9, $10, $11, $12)`,
    [
      request.shopId,
      made.redemptionId,
      request.memberId,
      terms.rewardId,
      terms.kind,
      terms.points,
      JSON.stringify(terms),
      made.code,
      request.idempotencyKey,
      requestHash(request),
      request.now,
      new Date(terms.endsAt),
    ],
  );
}

async function findByKey(tx: Tx, request: RedemptionRequest): Promise<RedemptionRow | undefined> {
  const [row] = await tx.query<RedemptionRow>(
    `select ${REDEMPTION_COLUMNS} from redemption r
      where r.shop_id = $1 and r.member_id = $2 and r.idempotency_key = $3`,
    [request.shopId, request.memberId, request.idempotencyKey],
  );
  return row;
}

function replay(earlier: RedemptionRow, request: RedemptionRequest, available: number): RedemptionOutcome {
  if (earlier.requestHash !== requestHash(request)) return { outcome: "idempotency_key_reused" };
  const outcome = earlier.status === "failed" ? "failed" : "redeemed";
  return { outcome, replayed: true, redemption: earlier, available };
}

/** What a key stands for. Only what the client chose: neither price nor program may turn a replay into a conflict. */
function requestHash({ rewardId, points }: RedemptionRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([rewardId, points ?? null]))
    .digest("hex");
}

async function readShop(
  tx: Tx,
  shopId: string,
): Promise<{ currency: string; currencyExponent: number; timeZone: string }> {
  const [shop] = await tx.query<{ currency: string; currencyExponent: number; timeZone: string }>(
    `select currency, currency_exponent as "currencyExponent", time_zone as "timeZone" from shop where shop_id = $1`,
    [shopId],
  );
  if (!shop) throw new InvariantViolation("member_without_shop", { data: { shopId } });
  return shop;
}

/** What has become of a fresh redemption by the time we answer. */
async function standing(
  services: Services,
  { shopId, memberId }: RedemptionRequest,
  redemptionId: string,
): Promise<RedemptionOutcome> {
  const redemption = await readRedemption(services.db, shopId, redemptionId);
  if (!redemption) return { outcome: "unknown_member" };
  const [member] = await services.db.query<{ available: number }>(
    `select available from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  const outcome = redemption.status === "failed" ? "failed" : "redeemed";
  return { outcome, replayed: false, redemption, available: member?.available ?? 0 };
}
