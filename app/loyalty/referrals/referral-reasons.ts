/** Why a referral waits for the merchant. */
export const REVIEW_REASONS = ["same_address", "advocate_blocked", "too_many"] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** The mark of a referral that the merchant has decided to reward: it is not judged again. */
export const APPROVED = "approved";
/** That of one that the merchant has refused. */
export const DECLINED = "declined";
