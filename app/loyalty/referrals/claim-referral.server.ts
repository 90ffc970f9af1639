import type { Services } from "#app/services.server.ts";
import { hashEmail, keyedHash, normaliseEmail } from "#app/loyalty/members/hash-email.ts";
import { normaliseReferralCode } from "#app/loyalty/members/referral-code.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { CODE_BYTES, codeFromBytes } from "#app/loyalty/rewards/code.ts";
import { checkClaimAtShopify } from "./check-claim-at-shopify.server.ts";
import {
  type Claim,
  findAdvocate,
  findClaim,
  hasGuestOrders,
  insertClaim,
  isTooMany,
} from "./claim-rows.server.ts";
import { isDisposable } from "./disposable-domains.ts";
import { fulfilReferral } from "./fulfil-referral.server.ts";
import { ipPrefix } from "./ip-prefix.ts";

export type ClaimRefusal =
  | "referrals_off"
  | "unknown_code"
  | "invalid_email"
  | "disposable_email"
  | "own_code"
  | "existing_customer"
  | "already_used"
  | "too_many";

export type ClaimResult =
  /** `pending`: the code is this one, and will work as soon as Shopify answers again. */
  | { outcome: "claimed" | "replayed"; referralId: string; code: string; status: "ready" | "pending" }
  | { outcome: "refused"; reason: ClaimRefusal }
  /** Shopify could not say whether the friend is new; nothing was kept. */
  | { outcome: "unavailable" };

export interface ClaimArgs {
  shopId: string;
  /** The advocate's code from the link. */
  code: string;
  email: string;
  /** Where the request came from; only a keyed hash of its network is kept, for 30 days. */
  ip: string | null;
  now: Date;
}

/**
 * A friend leaves their e-mail at a member's link and gets a code of their own. The address is used here and
 * forgotten; a keyed hash of it remains, so that one address gets one code, whoever asks again.
 */
export async function claimReferral(services: Services, args: ClaimArgs): Promise<ClaimResult> {
  const { shopId, now } = args;
  const email = normaliseEmail(args.email);
  const advocateCode = normaliseReferralCode(args.code);
  if (email === null) return { outcome: "refused", reason: "invalid_email" };
  const { settings } = await liveProgram(services.db, shopId);
  const { enabled, friendAmountMinor } = settings.referral;
  if (!enabled || friendAmountMinor === 0) return { outcome: "refused", reason: "referrals_off" };
  const advocate = advocateCode === null ? null : await findAdvocate(services.db, shopId, advocateCode);
  if (!advocate) return { outcome: "refused", reason: "unknown_code" };
  if (isDisposable(email)) return { outcome: "refused", reason: "disposable_email" };

  const friendEmailHash = hashEmail(services.config.hashSecret, shopId, email);
  const answer: Answer = { services, shopId, now };
  const before = await findClaim(services.db, shopId, friendEmailHash);
  if (before) return replay(answer, before);
  const ipPrefixHash = hashIp(services, shopId, args.ip);
  if (await isTooMany(services.db, { shopId, ipPrefixHash, now }))
    return { outcome: "refused", reason: "too_many" };
  if (await hasGuestOrders(services.db, shopId, friendEmailHash)) {
    return { outcome: "refused", reason: "existing_customer" };
  }
  const verdict = await checkClaimAtShopify(services, {
    shopId,
    advocateCustomerId: advocate.customerId,
    typedEmail: args.email.trim().toLowerCase(),
    email,
  });
  if (verdict === "unavailable") return { outcome: "unavailable" };
  if (verdict !== "new_customer") return { outcome: "refused", reason: verdict };

  const referralId = services.newId();
  const code = codeFromBytes(services.randomBytes(CODE_BYTES));
  const kept = await services.db.transaction((tx) =>
    insertClaim(tx, {
      shopId,
      referralId,
      advocateId: advocate.memberId,
      friendEmailHash,
      code,
      ipPrefixHash,
      now,
    }),
  );
  if (kept === "too_many") return { outcome: "refused", reason: "too_many" };
  if (kept === "kept") return fulfilNow(answer, { referralId, code, outcome: "claimed" });
  const winner = await findClaim(services.db, shopId, friendEmailHash);
  return winner ? replay(answer, winner) : { outcome: "unavailable" };
}

/** What every answer to one claim needs. */
interface Answer {
  services: Services;
  shopId: string;
  now: Date;
}

async function replay(answer: Answer, claim: Claim): Promise<ClaimResult> {
  const { referralId, code } = claim;
  if (claim.status === "invited") {
    return { outcome: "replayed", referralId, code, status: "ready" };
  }
  if (claim.status !== "requested") return { outcome: "refused", reason: "already_used" };
  return fulfilNow(answer, { referralId, code, outcome: "replayed" });
}

/** Makes the code while the friend waits; the job that was queued with the claim finishes it otherwise. */
async function fulfilNow(
  { services, shopId, now }: Answer,
  claim: { referralId: string; code: string; outcome: "claimed" | "replayed" },
): Promise<ClaimResult> {
  const { referralId } = claim;
  try {
    const fulfilled = await fulfilReferral(services, { shopId, referralId }, { now });
    if (fulfilled.outcome === "refused") return { outcome: "refused", reason: "referrals_off" };
    return { ...claim, status: "ready" };
  } catch (error) {
    services.log.warn("The friend's code is left to its job.", { shopId, referralId, error });
    return { ...claim, status: "pending" };
  }
}

function hashIp(services: Services, shopId: string, ip: string | null): string | null {
  const value = ip === null ? null : ipPrefix(ip);
  return value === null
    ? null
    : keyedHash(services.config.hashSecret, { purpose: "ip_prefix", shopId, value });
}
