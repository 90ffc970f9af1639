-- Why: an order that a comparison could not mend is looked at again by later ones, found among the few that failed; and a
--   reading of past orders counts how often it asked Shopify for its file, and knows since when there is one.
-- Lock: the columns are added without a rewrite; the indexes hold up writes of comparisons' notes for a moment.
-- Roll forward: all of it may be dropped.
ALTER TABLE "backfill_run"
  ADD COLUMN "exports" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "exported_at" TIMESTAMPTZ(3);

CREATE INDEX "reconciliation_entry_order_idx" ON "reconciliation_entry"("shop_id", "order_id");
CREATE INDEX "reconciliation_entry_failed_idx" ON "reconciliation_entry" ("shop_id", "at") WHERE "outcome" = 'failed';
