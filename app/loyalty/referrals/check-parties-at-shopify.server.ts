import type { Services } from "#app/services.server.ts";
import { toGid } from "#app/platform/shopify/ids.ts";
import { ReferralParties } from "#app/platform/shopify/operations/referral-parties.ts";
import { errorOfFailure } from "#app/loyalty/members/gateway-error.ts";
import { compareParties, type Party } from "./compare-parties.ts";

interface CustomerFacts {
  defaultEmailAddress: { emailAddress: string } | null;
  defaultPhoneNumber: { phoneNumber: string } | null;
  defaultAddress: { address1: string | null; zip: string | null } | null;
}

/**
 * Compares advocate and friend by what Shopify knows of them today; nothing of it is kept.
 *
 * @throws UpstreamUnavailable when Shopify does not answer: the reward waits
 */
export async function checkPartiesAtShopify(
  services: Pick<Services, "shopify">,
  args: { shopId: string; advocateCustomerId: string; friendCustomerId: string },
): Promise<"same_person" | "same_address" | "different"> {
  const reply = await services.shopify.request(args.shopId, ReferralParties, {
    advocateId: toGid("Customer", args.advocateCustomerId),
    friendId: toGid("Customer", args.friendCustomerId),
  });
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const { advocate, friend } = reply.data;
  if (!advocate || !friend) return "different";
  return compareParties(partyOf(advocate), partyOf(friend));
}

function partyOf(customer: CustomerFacts): Party {
  return {
    email: customer.defaultEmailAddress?.emailAddress ?? null,
    phone: customer.defaultPhoneNumber?.phoneNumber ?? null,
    address1: customer.defaultAddress?.address1 ?? null,
    zip: customer.defaultAddress?.zip ?? null,
  };
}
