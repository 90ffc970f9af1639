-- Every line of an import is written three times (read, found, posted). With the key as the only index, and room for the next
-- version beside the first, the later two touch no index. Lines are read in their order, from a line on, so the key serves.
DROP INDEX "points_import_row_state_idx";
DROP INDEX "points_import_row_customer_idx";
ALTER TABLE "points_import_row" SET (fillfactor = 45);
