-- Adds what reading past orders, comparing with Shopify, settling again and chargebacks remember. Why: each of them has to
-- survive a crash at any point and be shown to the merchant. Locks: none that matter, every table is new. Roll forward:
-- only; dropping the tables loses progress and reports, never points.

-- CreateTable
CREATE TABLE "backfill_run" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "since" TIMESTAMPTZ(3),
    "actor" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "operation_gid" TEXT,
    "url" TEXT,
    "polls" INTEGER NOT NULL DEFAULT 0,
    "lines_staged" BIGINT NOT NULL DEFAULT 0,
    "orders_found" BIGINT NOT NULL DEFAULT 0,
    "orders_settled" BIGINT NOT NULL DEFAULT 0,
    "orders_awarded" BIGINT NOT NULL DEFAULT 0,
    "orders_guest" BIGINT NOT NULL DEFAULT 0,
    "orders_failed" BIGINT NOT NULL DEFAULT 0,
    "points_posted" BIGINT NOT NULL DEFAULT 0,
    "settled_until" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "backfill_run_pkey" PRIMARY KEY ("shop_id","run_id")
);

-- CreateTable
CREATE TABLE "backfill_order" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "order_id" TEXT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL,
    "node" JSONB NOT NULL,
    "email_hash" TEXT,
    "failure" TEXT,

    CONSTRAINT "backfill_order_pkey" PRIMARY KEY ("shop_id","run_id","order_id")
);

-- CreateTable
CREATE TABLE "backfill_line" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "order_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "node" JSONB NOT NULL,

    CONSTRAINT "backfill_line_pkey" PRIMARY KEY ("shop_id","run_id","order_id","position")
);

-- CreateTable
CREATE TABLE "reconciliation_run" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "compared" INTEGER NOT NULL DEFAULT 0,
    "differing" INTEGER NOT NULL DEFAULT 0,
    "mended" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "reconciliation_run_pkey" PRIMARY KEY ("shop_id","run_id")
);

-- CreateTable
CREATE TABLE "reconciliation_entry" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "order_id" TEXT NOT NULL,
    "name" TEXT,
    "why" TEXT NOT NULL,
    "shopify_says" JSONB,
    "we_held" JSONB,
    "points_before" BIGINT NOT NULL,
    "points_after" BIGINT NOT NULL,
    "outcome" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reconciliation_entry_pkey" PRIMARY KEY ("shop_id","run_id","order_id")
);

-- CreateTable
CREATE TABLE "resettlement_run" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "reprice" BOOLEAN NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "program_version" INTEGER NOT NULL,
    "actor" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "previewed_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "after_processed_at" TIMESTAMPTZ(3),
    "after_order_id" TEXT,
    "orders_seen" BIGINT NOT NULL DEFAULT 0,
    "orders_applied" BIGINT NOT NULL DEFAULT 0,
    "orders_failed" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "resettlement_run_pkey" PRIMARY KEY ("shop_id","run_id")
);

-- CreateTable
CREATE TABLE "resettlement_entry" (
    "shop_id" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "order_id" TEXT NOT NULL,
    "member_id" UUID,
    "name" TEXT,
    "processed_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "points_before" BIGINT NOT NULL,
    "points_after" BIGINT NOT NULL,
    "points_applied" BIGINT,
    "snapshot_before" JSONB,
    "snapshot_after" JSONB,

    CONSTRAINT "resettlement_entry_pkey" PRIMARY KEY ("shop_id","run_id","order_id")
);

-- CreateTable
CREATE TABLE "order_dispute" (
    "shop_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "dispute_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_dispute_pkey" PRIMARY KEY ("shop_id","order_id","dispute_id")
);

-- CreateIndex
CREATE INDEX "backfill_run_started_idx" ON "backfill_run"("shop_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "reconciliation_run_started_idx" ON "reconciliation_run"("shop_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "resettlement_run_started_idx" ON "resettlement_run"("shop_id", "started_at" DESC);

-- By hand from here: what Prisma cannot express.

-- One at a time in a shop, whatever is clicked twice.
CREATE UNIQUE INDEX "backfill_run_active_key" ON "backfill_run"("shop_id")
  WHERE state IN ('requested', 'exporting', 'staging', 'settling');
CREATE UNIQUE INDEX "resettlement_run_active_key" ON "resettlement_run"("shop_id")
  WHERE state IN ('previewing', 'previewed', 'applying');

-- The next orders to settle, oldest first.
CREATE INDEX "backfill_order_waiting_idx" ON "backfill_order"("shop_id", "run_id", "processed_at", "order_id")
  WHERE failure IS NULL;
CREATE INDEX "order_state_processed_idx" ON "order_state"("shop_id", "processed_at", "order_id")
  WHERE document IS NOT NULL;
CREATE INDEX "resettlement_entry_planned_idx" ON "resettlement_entry"("shop_id", "run_id", "processed_at", "order_id")
  WHERE state = 'planned';
CREATE INDEX "order_dispute_open_idx" ON "order_dispute"("shop_id", "order_id")
  WHERE status IN ('needs_response', 'under_review');

ALTER TABLE "backfill_run"
  ADD CONSTRAINT "backfill_run_state_check"
    CHECK (state IN ('requested', 'exporting', 'staging', 'settling', 'done', 'failed', 'stopped')),
  ADD CONSTRAINT "backfill_run_counts_check"
    CHECK (lines_staged >= 0 AND orders_found >= 0 AND orders_settled >= 0 AND orders_failed >= 0),
  ADD CONSTRAINT "backfill_run_failed_check" CHECK ((state = 'failed') = (failure IS NOT NULL));
ALTER TABLE "reconciliation_run"
  ADD CONSTRAINT "reconciliation_run_state_check" CHECK (state IN ('running', 'done', 'interrupted')),
  ADD CONSTRAINT "reconciliation_run_window_check" CHECK (since <= until),
  ADD CONSTRAINT "reconciliation_run_counts_check"
    CHECK (compared >= 0 AND differing >= 0 AND mended >= 0 AND failed >= 0);
ALTER TABLE "reconciliation_entry"
  ADD CONSTRAINT "reconciliation_entry_outcome_check" CHECK (outcome IN ('mended', 'unchanged', 'failed', 'gone')),
  ADD CONSTRAINT "reconciliation_entry_why_check" CHECK (why IN ('unknown_order', 'newer_state', 'dispute'));
ALTER TABLE "resettlement_run"
  ADD CONSTRAINT "resettlement_run_state_check"
    CHECK (state IN ('previewing', 'previewed', 'applying', 'done', 'discarded')),
  ADD CONSTRAINT "resettlement_run_window_check" CHECK (since < until);
ALTER TABLE "resettlement_entry"
  ADD CONSTRAINT "resettlement_entry_state_check" CHECK (state IN ('planned', 'applied', 'failed')),
  ADD CONSTRAINT "resettlement_entry_applied_check" CHECK ((state = 'applied') = (points_applied IS NOT NULL)),
  ADD CONSTRAINT "resettlement_entry_why_check" CHECK (why IN ('repriced', 'settled_again'));
ALTER TABLE "order_dispute"
  ADD CONSTRAINT "order_dispute_kind_check" CHECK (kind IN ('chargeback', 'inquiry')),
  ADD CONSTRAINT "order_dispute_status_check"
    CHECK (status IN ('needs_response', 'under_review', 'accepted', 'lost', 'won', 'prevented', 'charge_refunded'));
