-- Why: campaigns: more points for a while, for some members or goods, out of a budget. The budget is a CHECK, so that no
--   race and no bug can overspend it; what each order was given is a row, so that a refund can give it back.
-- Lock: none to speak of, two new tables.
-- Roll forward: dropping them would lose what orders were given by campaigns; stop publishing campaigns instead.
CREATE TABLE "campaign" (
    "shop_id" TEXT NOT NULL,
    "campaign_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "budget" BIGINT,
    "spent_points" BIGINT NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("shop_id","campaign_id")
);

CREATE TABLE "campaign_award" (
    "shop_id" TEXT NOT NULL,
    "campaign_id" UUID NOT NULL,
    "order_id" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "points" BIGINT NOT NULL,
    "first_awarded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "campaign_award_pkey" PRIMARY KEY ("shop_id","campaign_id","order_id")
);

CREATE INDEX "campaign_created_idx" ON "campaign"("shop_id", "created_at" DESC);
CREATE INDEX "campaign_award_member_idx" ON "campaign_award"("shop_id", "member_id", "campaign_id");
CREATE INDEX "campaign_award_order_idx" ON "campaign_award"("shop_id", "order_id");

ALTER TABLE "campaign" ADD CONSTRAINT "campaign_shop_fkey" FOREIGN KEY ("shop_id")
  REFERENCES "shop"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "campaign_award" ADD CONSTRAINT "campaign_award_campaign_fkey" FOREIGN KEY ("shop_id", "campaign_id")
  REFERENCES "campaign"("shop_id", "campaign_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "campaign_award" ADD CONSTRAINT "campaign_award_member_fkey" FOREIGN KEY ("shop_id", "member_id")
  REFERENCES "member"("shop_id", "member_id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "campaign"
  ADD CONSTRAINT "campaign_status" CHECK ("status" IN ('draft', 'published', 'ended')),
  ADD CONSTRAINT "campaign_window" CHECK ("ends_at" IS NULL OR "ends_at" >= "starts_at"),
  ADD CONSTRAINT "campaign_dates" CHECK (("status" = 'draft') = ("published_at" IS NULL) AND ("status" = 'ended') = ("ended_at" IS NOT NULL)),
  ADD CONSTRAINT "campaign_budget" CHECK ("spent_points" >= 0 AND ("budget" IS NULL OR "spent_points" <= "budget"));
ALTER TABLE "campaign_award" ADD CONSTRAINT "campaign_award_points" CHECK ("points" >= 0);
