-- Creates Dangol's tables. Why: the first version. Locks: none that matter, every table is new. Roll forward: only.
-- Written with `prisma migrate diff`, then extended by hand below the line: CHECKs, partial indexes, the append-only trigger.

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "collaborator" BOOLEAN DEFAULT false,
    "emailVerified" BOOLEAN DEFAULT false,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMP(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop" (
    "shop_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "currency_exponent" SMALLINT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "storefront_url" TEXT NOT NULL,
    "plan" TEXT NOT NULL DEFAULT 'free',
    "installation_gid" TEXT,
    "installed_at" TIMESTAMPTZ(3) NOT NULL,
    "uninstalled_at" TIMESTAMPTZ(3),
    "reconciled_until" TIMESTAMPTZ(3),
    "theme_blocks" JSONB NOT NULL DEFAULT '{}',
    "setup" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shop_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "program_version" (
    "shop_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "program_version_pkey" PRIMARY KEY ("shop_id","version")
);

-- CreateTable
CREATE TABLE "member" (
    "shop_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "customer_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'active',
    "joined_at" TIMESTAMPTZ(3) NOT NULL,
    "locale" TEXT,
    "birthday_month" SMALLINT,
    "birthday_day" SMALLINT,
    "referral_code" TEXT NOT NULL,
    "tier_id" TEXT,
    "tier_since" TIMESTAMPTZ(3),
    "tier_until" TIMESTAMPTZ(3),
    "tier_locked" BOOLEAN NOT NULL DEFAULT false,
    "available" BIGINT NOT NULL DEFAULT 0,
    "pending" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "lifetime" BIGINT NOT NULL DEFAULT 0,
    "last_seq" INTEGER NOT NULL DEFAULT 0,
    "last_active_at" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL DEFAULT 0,
    "projected_revision" INTEGER NOT NULL DEFAULT 0,
    "projected_at" TIMESTAMPTZ(3),

    CONSTRAINT "member_pkey" PRIMARY KEY ("shop_id","member_id")
);

-- CreateTable
CREATE TABLE "points_transfer" (
    "shop_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "from_account" TEXT NOT NULL,
    "to_account" TEXT NOT NULL,
    "points" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "reverses_seq" INTEGER,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "note" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "available_after" BIGINT NOT NULL,

    CONSTRAINT "points_transfer_pkey" PRIMARY KEY ("shop_id","member_id","seq")
);

-- CreateTable
CREATE TABLE "points_lot" (
    "shop_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "lot_seq" INTEGER NOT NULL,
    "granted" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "earned_at" TIMESTAMPTZ(3) NOT NULL,
    "available_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "order_id" TEXT,

    CONSTRAINT "points_lot_pkey" PRIMARY KEY ("shop_id","member_id","lot_seq")
);

-- CreateTable
CREATE TABLE "lot_move" (
    "shop_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "transfer_seq" INTEGER NOT NULL,
    "lot_seq" INTEGER NOT NULL,
    "points" BIGINT NOT NULL,

    CONSTRAINT "lot_move_pkey" PRIMARY KEY ("shop_id","member_id","transfer_seq","lot_seq")
);

-- CreateTable
CREATE TABLE "order_state" (
    "shop_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "member_id" UUID,
    "customer_id" TEXT,
    "name" TEXT,
    "processed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3),
    "document" JSONB,
    "refunds" JSONB NOT NULL DEFAULT '{}',
    "snapshot" JSONB,
    "points_held" BIGINT NOT NULL DEFAULT 0,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "spent_minor" BIGINT NOT NULL DEFAULT 0,
    "outcome" TEXT NOT NULL DEFAULT 'awaiting_order',
    "email_hash" TEXT,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_state_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateTable
CREATE TABLE "redemption" (
    "shop_id" TEXT NOT NULL,
    "redemption_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "reward_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "points" BIGINT NOT NULL,
    "terms" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "failure" TEXT,
    "code" TEXT NOT NULL,
    "discount_gid" TEXT,
    "idempotency_key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "ready_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "closing" TEXT,
    "used_order_id" TEXT,
    "restored_at" TIMESTAMPTZ(3),

    CONSTRAINT "redemption_pkey" PRIMARY KEY ("shop_id","redemption_id")
);

-- CreateTable
CREATE TABLE "referral" (
    "shop_id" TEXT NOT NULL,
    "referral_id" UUID NOT NULL,
    "advocate_id" UUID NOT NULL,
    "friend_email_hash" TEXT NOT NULL,
    "friend_customer_id" TEXT,
    "code" TEXT NOT NULL,
    "discount_gid" TEXT,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "order_id" TEXT,
    "ip_prefix_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ordered_at" TIMESTAMPTZ(3),
    "rewarded_at" TIMESTAMPTZ(3),

    CONSTRAINT "referral_pkey" PRIMARY KEY ("shop_id","referral_id")
);

-- CreateTable
CREATE TABLE "inbox_event" (
    "shop_id" TEXT NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "shopify_event_id" TEXT,
    "topic" TEXT NOT NULL,
    "triggered_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" TEXT,
    "status" TEXT NOT NULL DEFAULT 'received',
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "subject" TEXT,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("shop_id","webhook_id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "shop_id" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("shop_id","event_id")
);

-- CreateTable
CREATE TABLE "privacy_export" (
    "shop_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "document" JSONB NOT NULL,
    "downloaded_at" TIMESTAMPTZ(3),

    CONSTRAINT "privacy_export_pkey" PRIMARY KEY ("shop_id","request_id")
);

-- CreateIndex
CREATE INDEX "session_shop_idx" ON "session"("shop");

-- CreateIndex
CREATE INDEX "member_joined_idx" ON "member"("shop_id", "joined_at" DESC, "member_id");

-- CreateIndex
CREATE INDEX "member_available_idx" ON "member"("shop_id", "available" DESC, "member_id");

-- CreateIndex
CREATE INDEX "member_tier_idx" ON "member"("shop_id", "tier_id", "member_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_customer_key" ON "member"("shop_id", "customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_referral_code_key" ON "member"("shop_id", "referral_code");

-- CreateIndex
CREATE INDEX "points_transfer_source_idx" ON "points_transfer"("shop_id", "source", "source_id");

-- CreateIndex
CREATE INDEX "points_transfer_occurred_idx" ON "points_transfer"("shop_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "points_transfer_idempotency_key" ON "points_transfer"("shop_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "order_state_member_idx" ON "order_state"("shop_id", "member_id", "processed_at");

-- CreateIndex
CREATE INDEX "order_state_settled_idx" ON "order_state"("shop_id", "settled_at" DESC);

-- CreateIndex
CREATE INDEX "redemption_member_idx" ON "redemption"("shop_id", "member_id", "requested_at" DESC);

-- CreateIndex
CREATE INDEX "redemption_order_idx" ON "redemption"("shop_id", "used_order_id");

-- CreateIndex
CREATE UNIQUE INDEX "redemption_idempotency_key" ON "redemption"("shop_id", "member_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "redemption_code_key" ON "redemption"("shop_id", "code");

-- CreateIndex
CREATE INDEX "referral_advocate_idx" ON "referral"("shop_id", "advocate_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "referral_order_idx" ON "referral"("shop_id", "order_id");

-- CreateIndex
CREATE UNIQUE INDEX "referral_code_key" ON "referral"("shop_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "referral_friend_key" ON "referral"("shop_id", "friend_email_hash");

-- CreateIndex
CREATE INDEX "inbox_event_received_idx" ON "inbox_event"("shop_id", "received_at" DESC);

-- CreateIndex
CREATE INDEX "audit_event_at_idx" ON "audit_event"("shop_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "program_version" ADD CONSTRAINT "program_version_shop_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_shop_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "points_transfer" ADD CONSTRAINT "points_transfer_member_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "points_lot" ADD CONSTRAINT "points_lot_member_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_state" ADD CONSTRAINT "order_state_member_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "redemption" ADD CONSTRAINT "redemption_member_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "referral" ADD CONSTRAINT "referral_advocate_fkey" FOREIGN KEY ("shop_id", "advocate_id") REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- ─────────────────────────────── What Prisma cannot express ───────────────────────────────

-- Shop-scoped ids as Shopify writes them: digits only, never rounded by a float on the way here.
ALTER TABLE "shop"
  ADD CONSTRAINT "shop_id_is_myshopify" CHECK ("shop_id" ~ '^[a-z0-9][a-z0-9-]*\.myshopify\.com$'),
  ADD CONSTRAINT "shop_currency_exponent" CHECK ("currency_exponent" BETWEEN 0 AND 4);

ALTER TABLE "program_version"
  ADD CONSTRAINT "program_version_status" CHECK ("status" IN ('draft', 'live', 'retired')),
  ADD CONSTRAINT "program_version_number" CHECK ("version" > 0),
  ADD CONSTRAINT "program_version_published" CHECK (("status" = 'draft') = ("published_at" IS NULL));
CREATE UNIQUE INDEX "program_version_one_live" ON "program_version" ("shop_id") WHERE "status" = 'live';
CREATE UNIQUE INDEX "program_version_one_draft" ON "program_version" ("shop_id") WHERE "status" = 'draft';

ALTER TABLE "member"
  ADD CONSTRAINT "member_state" CHECK ("state" IN ('active', 'blocked', 'erased', 'merged')),
  ADD CONSTRAINT "member_customer_digits" CHECK ("customer_id" ~ '^[0-9]{1,20}$'),
  ADD CONSTRAINT "member_erased_has_no_customer" CHECK ("state" <> 'erased' OR "customer_id" IS NULL),
  ADD CONSTRAINT "member_pending_not_negative" CHECK ("pending" >= 0),
  ADD CONSTRAINT "member_held_not_negative" CHECK ("held" >= 0),
  ADD CONSTRAINT "member_available_bounds" CHECK ("available" BETWEEN -9000000000000000 AND 9000000000000000),
  ADD CONSTRAINT "member_birthday" CHECK (
    ("birthday_month" IS NULL AND "birthday_day" IS NULL)
    OR ("birthday_month" BETWEEN 1 AND 12 AND "birthday_day" BETWEEN 1 AND 31));
CREATE INDEX "member_unprojected_idx" ON "member" ("shop_id", "member_id") WHERE "revision" <> "projected_revision";

ALTER TABLE "points_transfer"
  ADD CONSTRAINT "points_transfer_points_positive" CHECK ("points" > 0 AND "points" <= 9000000000000000),
  ADD CONSTRAINT "points_transfer_seq_positive" CHECK ("seq" > 0),
  ADD CONSTRAINT "points_transfer_key_length" CHECK (length("idempotency_key") BETWEEN 1 AND 200),
  ADD CONSTRAINT "points_transfer_accounts" CHECK (
    ("from_account", "to_account") IN (
      ('issued', 'pending'), ('issued', 'available'), ('pending', 'available'),
      ('available', 'held'), ('held', 'available'), ('held', 'redeemed'), ('redeemed', 'available'),
      ('pending', 'reversed'), ('available', 'reversed'), ('available', 'expired'), ('expired', 'available'),
      ('adjusted', 'available'), ('available', 'adjusted'), ('pending', 'adjusted'),
      ('forgiven', 'available'), ('available', 'donated')));

ALTER TABLE "points_lot"
  ADD CONSTRAINT "points_lot_state" CHECK ("state" IN ('pending', 'available')),
  ADD CONSTRAINT "points_lot_remaining" CHECK ("remaining" BETWEEN 0 AND "granted"),
  ADD CONSTRAINT "points_lot_granted" CHECK ("granted" > 0),
  ADD CONSTRAINT "points_lot_transfer_fkey" FOREIGN KEY ("shop_id", "member_id", "lot_seq")
    REFERENCES "points_transfer" ("shop_id", "member_id", "seq") ON DELETE RESTRICT;
-- What a member can still spend, and the nightly sweeps over holds and expiry.
CREATE INDEX "points_lot_open_idx" ON "points_lot" ("shop_id", "member_id", "expires_at") WHERE "remaining" > 0;
CREATE INDEX "points_lot_expiring_idx" ON "points_lot" ("shop_id", "expires_at") WHERE "remaining" > 0 AND "state" = 'available';
CREATE INDEX "points_lot_pending_idx" ON "points_lot" ("shop_id", "available_at") WHERE "state" = 'pending';
CREATE INDEX "points_lot_order_idx" ON "points_lot" ("shop_id", "order_id") WHERE "order_id" IS NOT NULL;

ALTER TABLE "lot_move"
  ADD CONSTRAINT "lot_move_not_zero" CHECK ("points" <> 0),
  ADD CONSTRAINT "lot_move_transfer_fkey" FOREIGN KEY ("shop_id", "member_id", "transfer_seq")
    REFERENCES "points_transfer" ("shop_id", "member_id", "seq") ON DELETE RESTRICT,
  ADD CONSTRAINT "lot_move_lot_fkey" FOREIGN KEY ("shop_id", "member_id", "lot_seq")
    REFERENCES "points_lot" ("shop_id", "member_id", "lot_seq") ON DELETE RESTRICT;

ALTER TABLE "order_state"
  ADD CONSTRAINT "order_state_order_digits" CHECK ("order_id" ~ '^[0-9]{1,20}$'),
  ADD CONSTRAINT "order_state_points_not_negative" CHECK ("points_held" >= 0);
CREATE INDEX "order_state_guest_idx" ON "order_state" ("shop_id", "email_hash", "processed_at") WHERE "email_hash" IS NOT NULL;
CREATE INDEX "order_state_customer_idx" ON "order_state" ("shop_id", "customer_id") WHERE "customer_id" IS NOT NULL;

ALTER TABLE "redemption"
  ADD CONSTRAINT "redemption_status" CHECK ("status" IN ('requested', 'ready', 'used', 'expired', 'cancelled', 'failed')),
  ADD CONSTRAINT "redemption_kind" CHECK ("kind" IN ('amount_off', 'percentage_off', 'free_shipping', 'cash')),
  ADD CONSTRAINT "redemption_points_positive" CHECK ("points" > 0),
  ADD CONSTRAINT "redemption_closing" CHECK ("closing" IN ('cancel', 'lapse')),
  ADD CONSTRAINT "redemption_used_has_order" CHECK ("status" <> 'used' OR "used_order_id" IS NOT NULL);
CREATE INDEX "redemption_open_idx" ON "redemption" ("shop_id", "expires_at") WHERE "status" IN ('requested', 'ready');

ALTER TABLE "referral"
  ADD CONSTRAINT "referral_status" CHECK ("status" IN ('requested', 'invited', 'ordered', 'rewarded', 'reversed', 'refused', 'review'));

ALTER TABLE "inbox_event"
  ADD CONSTRAINT "inbox_event_status" CHECK ("status" IN ('received', 'settled', 'ignored', 'parked'));
CREATE INDEX "inbox_event_payload_idx" ON "inbox_event" ("shop_id", "settled_at") WHERE "payload" IS NOT NULL AND "status" <> 'received';

-- The ledger is append-only: what was posted is reversed by a further posting, never edited. The only way out is the
-- erasure of a whole shop, which names the shop it erases for the length of its transaction.
CREATE FUNCTION "refuse_ledger_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('dangol.erasing_shop', true) = OLD.shop_id THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% on % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Post a transfer the other way instead.';
END $$;

CREATE TRIGGER "points_transfer_append_only" BEFORE UPDATE OR DELETE ON "points_transfer"
  FOR EACH ROW EXECUTE FUNCTION "refuse_ledger_change"();
CREATE TRIGGER "lot_move_append_only" BEFORE UPDATE OR DELETE ON "lot_move"
  FOR EACH ROW EXECUTE FUNCTION "refuse_ledger_change"();
CREATE TRIGGER "points_transfer_no_truncate" BEFORE TRUNCATE ON "points_transfer"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_ledger_change"();
CREATE TRIGGER "lot_move_no_truncate" BEFORE TRUNCATE ON "lot_move"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_ledger_change"();
