-- Why: points brought over from another program, or changed in bulk, by a CSV file: what the file says is kept line by line
--   until it is applied, so that a dry run can be looked at and a crash resumes where it stopped.
-- Lock: none to speak of, two new tables.
-- Roll forward: both may be dropped once no import is under way; what was posted is in the ledger.
CREATE TABLE "points_import" (
    "shop_id" TEXT NOT NULL,
    "import_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "kind" TEXT,
    "profile" TEXT,
    "file_name" TEXT NOT NULL,
    "file_hash" TEXT,
    "reason" TEXT NOT NULL,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "applied_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "points_import_pkey" PRIMARY KEY ("shop_id","import_id")
);

CREATE TABLE "points_import_row" (
    "shop_id" TEXT NOT NULL,
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "problem" TEXT,
    "contact_kind" TEXT,
    "contact" TEXT,
    "given_points" TEXT,
    "points" BIGINT,
    "customer_id" TEXT,

    CONSTRAINT "points_import_row_pkey" PRIMARY KEY ("shop_id","import_id","line")
);

CREATE INDEX "points_import_created_idx" ON "points_import"("shop_id", "created_at" DESC);
CREATE INDEX "points_import_row_state_idx" ON "points_import_row"("shop_id", "import_id", "state", "line");
CREATE INDEX "points_import_row_customer_idx" ON "points_import_row"("shop_id", "customer_id");

ALTER TABLE "points_import_row" ADD CONSTRAINT "points_import_row_import_fkey" FOREIGN KEY ("shop_id", "import_id")
  REFERENCES "points_import"("shop_id", "import_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "points_import"
  ADD CONSTRAINT "points_import_status" CHECK ("status" IN ('reading', 'checking', 'checked', 'applying', 'done', 'failed', 'cancelled')),
  ADD CONSTRAINT "points_import_kind" CHECK ("kind" IN ('balance', 'change'));
-- The same file twice is one import, unless the first came to nothing.
CREATE UNIQUE INDEX "points_import_file_key" ON "points_import" ("shop_id", "file_hash")
  WHERE "status" NOT IN ('failed', 'cancelled');
ALTER TABLE "points_import_row"
  ADD CONSTRAINT "points_import_row_state" CHECK ("state" IN ('read', 'ready', 'posted', 'skipped', 'bad')),
  ADD CONSTRAINT "points_import_row_ready" CHECK ("state" NOT IN ('ready', 'posted') OR ("points" IS NOT NULL AND "points" <> 0));
