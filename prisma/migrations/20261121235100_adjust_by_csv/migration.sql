-- A plain file adjusts points: each line may say why, and the merchant may let it take more than there is. Both columns are
-- added without a rewrite of the tables.
ALTER TABLE "points_import" ADD COLUMN "allow_debt" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "points_import_row" ADD COLUMN "note" TEXT;
