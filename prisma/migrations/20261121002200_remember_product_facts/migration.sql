-- Why: earning rules and exclusions by collection, tag or vendor need what Shopify says of a product; it is asked once and
--   kept here, instead of at every order. shop.facts_valid_from makes all that was fetched before it stale at once, when a
--   collection that the rules name has changed.
-- Lock: a new table, and a column without default on shop (an instant of ACCESS EXCLUSIVE, no rewrite).
-- Roll forward: drop both; settlement then asks Shopify again.

-- CreateTable
CREATE TABLE "product_fact" (
    "shop_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "vendor" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "collection_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "product_fact_pkey" PRIMARY KEY ("shop_id","product_id")
);

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "facts_valid_from" TIMESTAMPTZ(3);

-- AddForeignKey
ALTER TABLE "product_fact" ADD CONSTRAINT "product_fact_shop_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "product_fact"
  ADD CONSTRAINT "product_fact_product_digits" CHECK ("product_id" ~ '^[0-9]{1,20}$');
