import { APPROVED } from "./referral-reasons.ts";

/** What is known of an advocate at the moment of the reward, all of it locked. */
export interface AdvocateFacts {
  /** Undefined: erased since. */
  advocate: { memberId: string; state: string } | undefined;
  friendMemberId: string | null;
  /** The merchant has decided that this one is rewarded. */
  approved: boolean;
  /** The month's rewards are used up. */
  overLimit: boolean;
}

/**
 * Whether the advocate gets the points now. The two may have become one customer since Shopify was asked, and nobody
 * invites themselves; everything else the merchant may overrule.
 */
export function judgeAdvocate(facts: AdvocateFacts): {
  status: "rewarded" | "review" | "refused";
  reason: string | null;
} {
  const { advocate, friendMemberId, approved, overLimit } = facts;
  if (advocate && advocate.memberId === friendMemberId) return { status: "refused", reason: "self" };
  const blocked = advocate?.state === "blocked";
  if (!blocked && advocate?.state !== "active") return { status: "refused", reason: "advocate_gone" };
  if (approved) return { status: "rewarded", reason: APPROVED };
  if (blocked) return { status: "review", reason: "advocate_blocked" };
  if (overLimit) return { status: "review", reason: "too_many" };
  return { status: "rewarded", reason: null };
}
