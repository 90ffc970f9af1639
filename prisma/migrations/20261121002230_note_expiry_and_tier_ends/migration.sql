-- Adds the notes that messages are sent by: who is to be told that points lapse, and that a tier is about to go down.
-- Why: a reminder and a notice happen once, whoever runs the night and however often. Locks: none that matter, both
-- tables are new. Roll forward: only.

-- CreateTable
CREATE TABLE "expiry_reminder" (
    "shop_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "on_date" DATE NOT NULL,
    "days_before" INTEGER NOT NULL,
    "points" BIGINT NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "expiry_reminder_pkey" PRIMARY KEY ("shop_id","member_id","on_date","days_before")
);

-- CreateTable
CREATE TABLE "tier_notice" (
    "shop_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "tier_id" TEXT NOT NULL,
    "next_tier_id" TEXT NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tier_notice_pkey" PRIMARY KEY ("shop_id","member_id","ends_at")
);

-- AddForeignKey
ALTER TABLE "expiry_reminder" ADD CONSTRAINT "expiry_reminder_member_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "member"("shop_id", "member_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tier_notice" ADD CONSTRAINT "tier_notice_member_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "member"("shop_id", "member_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.
ALTER TABLE "expiry_reminder"
  ADD CONSTRAINT "expiry_reminder_days" CHECK ("days_before" BETWEEN 0 AND 180),
  ADD CONSTRAINT "expiry_reminder_points" CHECK ("points" > 0);
ALTER TABLE "tier_notice"
  ADD CONSTRAINT "tier_notice_goes_down" CHECK ("tier_id" <> "next_tier_id");
