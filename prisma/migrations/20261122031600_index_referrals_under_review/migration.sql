-- Indexes the referrals that wait for the merchant. Why: Activity lists them at each look; without it that read every
-- referral of the shop. Locks: writes to referral wait while the index is built (a second a million referrals). Roll
-- forward: only.

CREATE INDEX "referral_review_idx" ON "referral" ("shop_id", "ordered_at", "referral_id") WHERE "status" = 'review';
