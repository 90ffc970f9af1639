import type { Services } from "#app/services.server.ts";
import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { hashEmail, keyedHash, normaliseEmail } from "#app/loyalty/members/hash-email.ts";
import { normaliseReferralCode } from "#app/loyalty/members/referral-code.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { CODE_BYTES, codeFromBytes } from "#app/loyalty/rewards/code.ts";
import { checkClaimAtShopify } from "./check-claim-at-shopify.server.ts";
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

/** Claims one network may make in a day before more are refused. */
export const CLAIMS_PER_NETWORK_PER_DAY = 5;
const DAY_MS = 86_400_000;
const JOB_DELAY_MS = 30_000;

/**
 * A friend leaves their e-mail at a member's link and gets a code of their own. The address is used here and forgotten;
 * a keyed hash of it remains, so that one address gets one code, whoever asks again.
 */
export async function claimReferral(services: Services, args: ClaimArgs): Promise<ClaimResult> {
  const { shopId, now } = args;
  const email = normaliseEmail(args.email);
  const advocateCode = normaliseReferralCode(args.code);
  if (email === null) return { outcome: "refused", reason: "invalid_email" };
  const { settings } = await liveProgram(services.db, shopId);
  const { enabled, friendAmountMinor } = settings.referral;
  if (!enabled || friendAmountMinor === 0) return { outcome: "refused", reason: "referrals_off" };
  const advocate = advocateCode === null ? null : await findAdvocate(services, shopId, advocateCode);
  if (!advocate) return { outcome: "refused", reason: "unknown_code" };
  if (isDisposable(email)) return { outcome: "refused", reason: "disposable_email" };

  const friendEmailHash = hashEmail(services.config.hashSecret, shopId, email);
  const before = await findClaim(services, shopId, friendEmailHash);
  if (before) return replay(services, shopId, before, now);
  const ipPrefixHash = hashIp(services, shopId, args.ip);
  if (await isTooMany(services.db, { shopId, ipPrefixHash, now })) return { outcome: "refused", reason: "too_many" };
  if (await hasGuestOrders(services, shopId, friendEmailHash)) {
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
    insertClaim(tx, { shopId, referralId, advocateId: advocate.memberId, friendEmailHash, code, ipPrefixHash, now }),
  );
  if (kept === "too_many") return { outcome: "refused", reason: "too_many" };
  if (kept === "kept") return fulfilNow(services, { shopId, referralId, code, outcome: "claimed", now });
  const winner = await findClaim(services, shopId, friendEmailHash);
  return winner ? replay(services, shopId, winner, now) : { outcome: "unavailable" };
}

interface Claim {
  referralId: string;
  code: string;
  status: string;
}

async function replay(services: Services, shopId: string, claim: Claim, now: Date): Promise<ClaimResult> {
  if (claim.status !== "invited" && claim.status !== "requested") return { outcome: "refused", reason: "already_used" };
  const { referralId, code } = claim;
  if (claim.status === "invited") return { outcome: "replayed", referralId, code, status: "ready" };
  return fulfilNow(services, { shopId, referralId, code, outcome: "replayed", now });
}

/** Makes the code while the friend waits; the job that was queued with the claim finishes it otherwise. */
async function fulfilNow(
  services: Services,
  args: { shopId: string; referralId: string; code: string; outcome: "claimed" | "replayed"; now: Date },
): Promise<ClaimResult> {
  const { shopId, referralId, code, outcome, now } = args;
  try {
    const fulfilled = await fulfilReferral(services, { shopId, referralId }, { now });
    if (fulfilled.outcome === "refused") return { outcome: "refused", reason: "referrals_off" };
    return { outcome, referralId, code, status: "ready" };
  } catch (error) {
    services.log.warn("The friend's code is left to its job.", { shopId, referralId, error });
    return { outcome, referralId, code, status: "pending" };
  }
}

async function findAdvocate(services: Services, shopId: string, referralCode: string) {
  const [row] = await services.db.query<{ memberId: string; customerId: string }>(
    `select member_id as "memberId", customer_id as "customerId" from member
      where shop_id = $1 and referral_code = $2 and state = 'active' and customer_id is not null`,
    [shopId, referralCode],
  );
  return row ?? null;
}

async function findClaim(services: Services, shopId: string, friendEmailHash: string): Promise<Claim | null> {
  const [row] = await services.db.query<Claim>(
    `select referral_id as "referralId", code, status from referral where shop_id = $1 and friend_email_hash = $2`,
    [shopId, friendEmailHash],
  );
  return row ?? null;
}

function hashIp(services: Services, shopId: string, ip: string | null): string | null {
  const value = ip === null ? null : ipPrefix(ip);
  return value === null ? null : keyedHash(services.config.hashSecret, { purpose: "ip_prefix", shopId, value });
}

async function isTooMany(
  q: Queryable,
  args: { shopId: string; ipPrefixHash: string | null; now: Date },
): Promise<boolean> {
  if (args.ipPrefixHash === null) return false;
  const [row] = await q.query<{ claims: number }>(
    `select count(*)::int as claims from referral
      where shop_id = $1 and ip_prefix_hash = $2 and created_at > $3`,
    [args.shopId, args.ipPrefixHash, new Date(args.now.getTime() - DAY_MS)],
  );
  return (row?.claims ?? 0) >= CLAIMS_PER_NETWORK_PER_DAY;
}

async function hasGuestOrders(services: Services, shopId: string, friendEmailHash: string): Promise<boolean> {
  const rows = await services.db.query(
    `select 1 from order_state where shop_id = $1 and email_hash = $2 and outcome <> 'test' limit 1`,
    [shopId, friendEmailHash],
  );
  return rows.length > 0;
}

async function insertClaim(
  tx: Tx,
  args: {
    shopId: string;
    referralId: string;
    advocateId: string;
    friendEmailHash: string;
    code: string;
    ipPrefixHash: string | null;
    now: Date;
  },
): Promise<"kept" | "taken" | "too_many"> {
  const { shopId, referralId, advocateId, ipPrefixHash, now } = args;
  if (ipPrefixHash !== null) {
    // Claims of one network are counted one after the other, so that a burst cannot slip past the limit.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 1))`, [shopId, ipPrefixHash]);
    if (await isTooMany(tx, { shopId, ipPrefixHash, now })) return "too_many";
  }
  const rows = await tx.query(
    `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, ip_prefix_hash, created_at)
     values ($1, $2, $3, $4, $5, 'requested', $6, $7)
     on conflict do nothing returning referral_id`,
    [shopId, referralId, advocateId, args.friendEmailHash, args.code, ipPrefixHash, now],
  );
  if (rows.length === 0) return "taken";
  await tx.query(`update member set revision = revision + 1 where shop_id = $1 and member_id = $2`, [
    shopId,
    advocateId,
  ]);
  await enqueue(tx, "project-member", { shopId, memberId: advocateId }, { jobKey: `project:${shopId}:${advocateId}` });
  await enqueue(
    tx,
    "fulfil-referral",
    { shopId, referralId },
    { jobKey: `fulfil-referral:${shopId}:${referralId}`, runAt: new Date(now.getTime() + JOB_DELAY_MS) },
  );
  return "kept";
}
