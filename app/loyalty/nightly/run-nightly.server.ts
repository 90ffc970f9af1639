import type { Services } from "#app/services.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { lapseRedemptions } from "#app/loyalty/rewards/lapse-redemptions.server.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import { expireLots } from "./expire-lots.server.ts";
import { releaseLots } from "./release-lots.server.ts";
import { NIGHT_ACTION, nightSubject } from "./schedule-nightly.server.ts";

const DAY_MS = 86_400_000;
/** How long the salted hash of a referral's network is kept. */
const IP_HASH_DAYS = 30;

export interface NightlyResult {
  outcome: "done" | "done_before" | "uninstalled";
}

/**
 * A shop's work after its local midnight: ends holds, lapses points and codes, reviews tiers, forgets what is
 * kept for a month only, and asks for a comparison of orders with Shopify. Every step is safe to repeat, so a
 * night that broke off is run again from its beginning; one that is done is noted in the audit log and not
 * run again.
 */
export async function runNightly(
  services: Services,
  payload: { shopId: string; localDate: string },
  run: { now: Date },
): Promise<NightlyResult> {
  const { db } = services;
  const { shopId, localDate } = payload;
  const { now } = run;
  const [shop] = await db.query<{ timeZone: string; doneBefore: boolean }>(
    `select time_zone as "timeZone",
            exists (select 1 from audit_event where shop_id = $1 and action = $2 and subject = $3) as "doneBefore"
       from shop where shop_id = $1 and uninstalled_at is null`,
    [shopId, NIGHT_ACTION, nightSubject(localDate)],
  );
  if (!shop) return { outcome: "uninstalled" };
  if (shop.doneBefore) return { outcome: "done_before" };

  const { settings } = await liveProgram(db, shopId);
  // Holds end before lots lapse: points are never lost while they could not be used.
  const released = await releaseLots(db, { shopId, now });
  const expired = await expireLots(db, { shopId, now });
  const lapsed = await db.transaction((tx) => lapseRedemptions(tx, { shopId, now }));
  const reviewed = await reviewTiers(db, { shopId, now, settings, timeZone: shop.timeZone });
  await forgetNetworks(services, shopId, now);

  const eventId = services.newId();
  await db.transaction(async (tx) => {
    await enqueue(tx, "reconcile-orders", { shopId }, { jobKey: `reconcile:${shopId}` });
    await enqueue(tx, "project-member", { shopId, memberId: "" }, { jobKey: `project:${shopId}:rest` });
    await recordAudit(tx, {
      shopId,
      eventId,
      at: now,
      actor: "system",
      action: NIGHT_ACTION,
      subject: nightSubject(localDate),
      after: { released, expired, lapsed, reviewed },
    });
  });
  services.log.info("The night's work is done.", { shopId, localDate });
  return { outcome: "done" };
}

async function forgetNetworks(services: Services, shopId: string, now: Date): Promise<void> {
  await services.db.query(
    `update referral set ip_prefix_hash = null
      where shop_id = $1 and ip_prefix_hash is not null and created_at < $2`,
    [shopId, new Date(now.getTime() - IP_HASH_DAYS * DAY_MS)],
  );
}
