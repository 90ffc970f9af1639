import { z } from "zod";
import { json } from "#app/platform/http/reply.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { claimReferral, type ClaimRefusal } from "#app/loyalty/referrals/claim-referral.server.ts";
import { friendSentence } from "./describe-program.ts";
import type { StorefrontCall } from "./storefront-route.server.ts";

const claimBody = z.object({ code: z.string().min(1).max(40), email: z.string().min(1).max(320) });

const STATUS: Record<ClaimRefusal, number> = {
  referrals_off: 409,
  unknown_code: 404,
  invalid_email: 422,
  disposable_email: 422,
  own_code: 409,
  existing_customer: 409,
  already_used: 409,
  too_many: 429,
};

/** `POST /proxy/referrals/claims`: a friend leaves an e-mail and gets a code that is theirs alone. */
export async function claim(call: StorefrontCall): Promise<Response> {
  const { services, shop, now, locale, t, refuse } = call;
  const body = claimBody.safeParse(call.body);
  if (!body.success) return refuse(400, "invalid_request");
  const { code, email } = body.data;
  const result = await claimReferral(services, {
    shopId: shop.shopId,
    code,
    email,
    ip: clientAddress(call),
    now,
  });
  if (result.outcome === "unavailable") return refuse(503, "unavailable");
  if (result.outcome === "refused") return refuse(STATUS[result.reason], result.reason);
  const { settings } = await liveProgram(services.db, shop.shopId);
  const title = friendSentence(settings.referral, shop, locale, t) ?? "";
  return json(
    { code: result.code, title, status: result.status },
    { status: result.outcome === "claimed" ? 201 : 200 },
  );
}

/** Shopify names the shopper's own address first; what proxies add stands behind it. */
function clientAddress({ header }: StorefrontCall): string | null {
  return header("X-Forwarded-For")?.split(",", 1)[0]?.trim() ?? null;
}
