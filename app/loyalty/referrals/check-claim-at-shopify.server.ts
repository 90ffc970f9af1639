import type { Services } from "#app/services.server.ts";
import { idFromGid, toGid } from "#app/platform/shopify/ids.ts";
import { ReferralClaimCheck } from "#app/platform/shopify/operations/referral-claim-check.ts";
import { normaliseEmail } from "#app/loyalty/members/hash-email.ts";

export type ClaimVerdict = "new_customer" | "own_code" | "existing_customer" | "unavailable";

const TIMEOUT_MS = 5_000;

/** Asks Shopify, live, whether the friend is somebody else than the advocate and has not ordered yet. */
export async function checkClaimAtShopify(
  services: Pick<Services, "shopify">,
  args: { shopId: string; advocateCustomerId: string; typedEmail: string; email: string },
): Promise<ClaimVerdict> {
  const reply = await services.shopify.request(
    args.shopId,
    ReferralClaimCheck,
    { advocateId: toGid("Customer", args.advocateCustomerId), friendEmail: args.typedEmail },
    { timeoutMs: TIMEOUT_MS },
  );
  if (!reply.ok) return "unavailable";
  const { advocate, friend } = reply.data;
  const advocateEmail = advocate?.defaultEmailAddress?.emailAddress;
  if (advocateEmail !== undefined && normaliseEmail(advocateEmail) === args.email) return "own_code";
  if (friend && idFromGid(friend.id, "Customer") === args.advocateCustomerId) return "own_code";
  if (friend && Number(friend.numberOfOrders) > 0) return "existing_customer";
  return "new_customer";
}
