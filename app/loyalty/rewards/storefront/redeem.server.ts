import { z } from "zod";
import { errorReply, json } from "#app/platform/http/reply.server.ts";
import { ensureMember } from "#app/loyalty/members/ensure-member.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { Reward } from "#app/loyalty/program/settings.ts";
import { cancelRedemption } from "../cancel-redemption.server.ts";
import { cashMaximum, type PointsRefusal } from "../redemption-terms.ts";
import { requestRedemption, type RedemptionOutcome } from "../request-redemption.server.ts";
import { describeCode } from "./read-codes.server.ts";
import { findMember } from "./read-me.server.ts";
import type { StorefrontCall } from "./storefront-route.server.ts";
import { pointsText } from "#app/platform/i18n/translate.ts";

const redeemBody = z.object({
  rewardId: z.string().min(1).max(64),
  points: z.int().min(1).optional(),
});
const idempotencyKeys = z.string().regex(/^[\x21-\x7e]{1,128}$/u);

/** `POST /proxy/me/redemptions`: holds the points and answers with the code, or `pending` when Shopify is slow. */
export async function redeem(call: StorefrontCall): Promise<Response> {
  const { services, shop, customerId, now, refuse } = call;
  if (customerId === null) return refuse(401, "not_logged_in");
  const body = redeemBody.safeParse(call.body);
  if (!body.success) return refuse(400, "invalid_request");
  const key = readIdempotencyKey(call);
  if (key === null) return refuse(400, "idempotency_key_required");
  const member = await services.db.transaction((tx) =>
    ensureMember(tx, {
      shopId: shop.shopId,
      customerId,
      now,
      newId: services.newId,
      randomBytes: services.randomBytes,
    }),
  );
  if (!member) return refuse(403, "member_closed");
  const { rewardId, points } = body.data;
  const outcome = await requestRedemption(services, {
    shopId: shop.shopId,
    memberId: member.memberId,
    rewardId,
    idempotencyKey: key,
    now,
    ...(points !== undefined && { points }),
  });
  return replyTo(call, outcome);
}

/** From the body, or from the header where a proxy lets it through; both must agree. */
function readIdempotencyKey({ body, header }: StorefrontCall): string | null {
  const inBody = body["idempotencyKey"];
  const inHeader = header("Idempotency-Key") ?? header("idempotencyKey");
  if (inBody !== undefined && inHeader !== null && inBody !== inHeader) return null;
  const key = idempotencyKeys.safeParse(inBody ?? inHeader);
  return key.success ? key.data : null;
}

async function replyTo(call: StorefrontCall, outcome: RedemptionOutcome): Promise<Response> {
  const { refuse, shop, locale, services } = call;
  switch (outcome.outcome) {
    case "redeemed": {
      const { id, ...code } = describeCode(outcome.redemption, locale, shop.timeZone);
      const known = code.code === null ? { ...code, code: undefined } : code;
      return json({ id, ...known, balance: outcome.available }, { status: outcome.replayed ? 200 : 201 });
    }
    case "failed":
      return refuse(409, "redemption_failed");
    case "idempotency_key_reused":
      return refuse(409, "idempotency_key_reused");
    case "unknown_reward":
      return refuse(404, "unknown_reward");
    case "reward_unavailable":
      return refuse(409, "reward_unavailable");
    case "blocked":
      return refuse(403, "member_blocked");
    case "unknown_member":
      return refuse(403, "member_closed");
    case "insufficient_points":
    case "invalid_points": {
      const { settings } = await liveProgram(services.db, shop.shopId);
      return refusePoints(call, outcome, settings.pointsShort);
    }
  }
}

type AboutPoints = Extract<RedemptionOutcome, { outcome: "insufficient_points" | "invalid_points" }>;

function refusePoints(
  call: StorefrontCall,
  outcome: AboutPoints,
  unit: { en: string; ko: string },
): Response {
  const points = (count: number): string => pointsText(count, unit, call.locale);
  if (outcome.outcome === "invalid_points") {
    return call.refuse(422, outcome.reason, pointsVars(outcome.reason, outcome.reward, points));
  }
  const { available, needed } = outcome;
  if (available < 0) return errorReply(409, "insufficient_points", call.t("error.points_owed"));
  return call.refuse(409, "insufficient_points", { missing: points(needed - available) });
}

function pointsVars(
  reason: PointsRefusal,
  reward: Reward,
  points: (count: number) => string,
): Record<string, string> {
  if (reward.kind !== "cash") return reason === "not_the_cost" ? { cost: points(reward.cost) } : {};
  return {
    min: points(reward.minimumPoints),
    step: points(reward.stepPoints),
    max: points(cashMaximum(reward)),
  };
}

/** `POST /proxy/me/redemptions/:id/cancel`: gives the points of an unused code back once it is switched off. */
export async function cancel(call: StorefrontCall): Promise<Response> {
  const { services, shop, customerId, now, refuse } = call;
  if (customerId === null) return refuse(401, "not_logged_in");
  const redemptionId = z.uuid().safeParse(call.pathParams["id"]);
  const member = await findMember(services.db, shop.shopId, customerId);
  if (!redemptionId.success || !member) return refuse(404, "unknown_redemption");
  const args = { shopId: shop.shopId, memberId: member.memberId, redemptionId: redemptionId.data, now };
  const result = await cancelRedemption(services, args);
  switch (result.outcome) {
    case "cancelled":
    case "closing": {
      const after = await findMember(services.db, shop.shopId, customerId);
      const { outcome: status, points } = result;
      const body = { id: args.redemptionId, status, points, balance: after?.available ?? 0 };
      return json(body, { status: status === "cancelled" ? 200 : 202 });
    }
    case "already_used":
      return refuse(409, "code_used");
    case "already_closed":
      return refuse(409, "already_closed");
    case "not_allowed":
      return refuse(409, "cancel_not_allowed");
    case "unknown_redemption":
      return refuse(404, "unknown_redemption");
  }
}
