-- Why: customers/merge. A merged member stays as a signpost to the one who was kept, and their points move through an
--   account of their own, `merged`, so that the books of both still add up (docs/decisions/008-merging-members.md).
-- Lock: adding nullable columns and NOT VALID constraints takes ACCESS EXCLUSIVE on "member" and "points_transfer" for an
--   instant; VALIDATE reads the tables under SHARE UPDATE EXCLUSIVE, which settlement does not wait for.
-- Roll forward: dropping the columns would strand late orders of merged customers; fix in a later migration instead.
ALTER TABLE "member" ADD COLUMN "merged_into" UUID, ADD COLUMN "merged_at" TIMESTAMPTZ(3);

ALTER TABLE "member" ADD CONSTRAINT "member_merged_into_fkey" FOREIGN KEY ("shop_id", "merged_into")
  REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "member" ADD CONSTRAINT "member_merged_into_somebody"
  CHECK (("state" = 'merged') = ("merged_into" IS NOT NULL) AND "merged_into" <> "member_id") NOT VALID;
ALTER TABLE "member" ADD CONSTRAINT "member_merged_holds_nothing"
  CHECK ("state" <> 'merged' OR ("available" = 0 AND "pending" = 0 AND "held" = 0 AND "lifetime" = 0)) NOT VALID;
ALTER TABLE "member" VALIDATE CONSTRAINT "member_merged_into_somebody";
ALTER TABLE "member" VALIDATE CONSTRAINT "member_merged_holds_nothing";
CREATE INDEX "member_merged_into_idx" ON "member" ("shop_id", "merged_into") WHERE "merged_into" IS NOT NULL;

ALTER TABLE "points_transfer" DROP CONSTRAINT "points_transfer_accounts";
ALTER TABLE "points_transfer" ADD CONSTRAINT "points_transfer_accounts" CHECK (
  ("from_account", "to_account") IN (
    ('issued', 'pending'), ('issued', 'available'), ('pending', 'available'),
    ('available', 'held'), ('held', 'available'), ('held', 'redeemed'), ('redeemed', 'available'),
    ('pending', 'reversed'), ('available', 'reversed'), ('available', 'expired'), ('expired', 'available'),
    ('adjusted', 'available'), ('available', 'adjusted'), ('pending', 'adjusted'),
    ('forgiven', 'available'), ('available', 'donated'),
    ('available', 'merged'), ('merged', 'available'), ('pending', 'merged'), ('merged', 'pending'),
    ('held', 'merged'), ('merged', 'held'))) NOT VALID;
ALTER TABLE "points_transfer" VALIDATE CONSTRAINT "points_transfer_accounts";
