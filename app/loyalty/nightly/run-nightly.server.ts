import type { Services } from "#app/services.server.ts";
import type { Queryable } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { renewMembers } from "#app/loyalty/members/renew-members.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { resumeRewards } from "#app/loyalty/referrals/queue-reward.server.ts";
import { lapseRedemptions } from "#app/loyalty/rewards/lapse-redemptions.server.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import { progressTurned } from "#app/loyalty/tiers/progress-turned.ts";
import { noteDowngrades } from "#app/loyalty/tiers/note-downgrades.server.ts";
import { expireLots } from "./expire-lots.server.ts";
import { redateLots } from "./redate-lots.server.ts";
import { releaseLots } from "./release-lots.server.ts";
import { NIGHT_ACTION, nightSubject } from "./schedule-nightly.server.ts";
import { writeReminders } from "./write-reminders.server.ts";

const DAY_MS = 86_400_000;
/** How long the salted hash of a referral's network is kept. */
const IP_HASH_DAYS = 30;

export type NightlyResult =
  | { outcome: "done"; done: NightsWork }
  | { outcome: "done_before" | "uninstalled" };

/** What a night did; kept in the audit log, and shown in Activity. */
export interface NightsWork {
  released: { lots: number; points: number };
  redated: { lots: number };
  expired: { lots: number; points: number };
  reminded: { reminders: number };
  lapsed: { lapsing: number; resumed: number };
  referrals: { resumed: number };
  reviewed: { reviewed: number; changed: number };
  noticed: { noted: number };
}

/**
 * A shop's work after its local midnight: ends holds, lapses points and codes, notes whom to remind, sees to referrals
 * whose reward is late, reviews tiers, forgets what is kept for a month only, and asks for a comparison of orders with
 * Shopify. Every step is safe to repeat, so a night that broke off is run again from its beginning; one that is done is
 * noted in the audit log and not run again.
 */
export async function runNightly(
  services: Services,
  payload: { shopId: string; localDate: string },
  run: { now: Date },
): Promise<NightlyResult> {
  const { db } = services;
  const { shopId, localDate } = payload;
  const { now } = run;
  const shop = await readShop(db, shopId, localDate);
  if (!shop) return { outcome: "uninstalled" };
  if (shop.doneBefore) return { outcome: "done_before" };

  const { settings } = await liveProgram(db, shopId);
  // Holds end before lots lapse. What comes out of its hold tonight is dated to outlive the night (heldGrantExpiresAt).
  const released = await releaseLots(db, { shopId, now });
  const { timeZone, redate: everything } = shop;
  const redated = await redateLots(db, { shopId, expiry: settings.expiry, timeZone, everything });
  const expired = await expireLots(db, { shopId, now });
  const { reminderDays } = settings;
  const noted = { shopId, now, timeZone, reminderDays, today: localDate, lastNight: shop.lastDate };
  const reminded = await writeReminders(db, noted);
  const lapsed = await db.transaction((tx) => lapseRedemptions(tx, { shopId, now }));
  const referrals = await resumeRewards(db, { shopId, now, holdDays: settings.earn.holdDays });
  const reviewed = await reviewTiers(db, { shopId, now, settings, timeZone, newId: services.newId });
  const noticed = await noteDowngrades(db, { shopId, now, settings, timeZone });
  await forgetNetworks(services, shopId, now);

  const done = { released, redated, expired, reminded, lapsed, referrals, reviewed, noticed };
  const [eventId, runId] = [services.newId(), services.newId()];
  const first = await db.transaction(async (tx) => {
    await tx.query(`select 1 from shop where shop_id = $1 for no key update`, [shopId]);
    const [noted] = await tx.query(
      `select 1 from audit_event where shop_id = $1 and action = $2 and subject = $3`,
      [shopId, NIGHT_ACTION, nightSubject(localDate)],
    );
    if (noted) return false;
    await enqueue(tx, "reconcile-orders", { shopId, runId }, { jobKey: `reconcile:${shopId}` });
    await enqueue(tx, "project-member", { shopId, memberId: "" }, { jobKey: `project:${shopId}:rest` });
    await enqueue(tx, "refresh-shop", { shopId }, { jobKey: `refresh-shop:${shopId}` });
    const turned = progressTurned(settings, { today: localDate, lastNight: shop.lastDate, timeZone });
    if (turned) await renewMembers(tx, shopId, `turn:${localDate}`, turned);
    await recordAudit(tx, {
      shopId,
      eventId,
      at: now,
      actor: "system",
      action: NIGHT_ACTION,
      subject: nightSubject(localDate),
      after: { ...done, expiry: settings.expiry },
    });
    return true;
  });
  // Another run of the same night was at it too, and has noted its share.
  if (!first) return { outcome: "done_before" };
  services.log.info("The night's work is done.", { shopId, localDate });
  return { outcome: "done", done };
}

interface ShopAtNight {
  timeZone: string;
  doneBefore: boolean;
  lastDate: string | null;
  /** Another rule for expiry was published since the last night, be it for an hour; nothing else of it is of interest here. */
  redate: boolean;
}

async function readShop(q: Queryable, shopId: string, localDate: string): Promise<ShopAtNight | null> {
  const [shop] = await q.query<ShopAtNight>(
    `select s.time_zone as "timeZone", last.date as "lastDate",
            exists (select 1 from audit_event where shop_id = $1 and action = $2 and subject = $3) as "doneBefore",
            exists (select 1 from program_version v
                     where v.shop_id = $1 and v.version > 1 and v.published_at >= coalesce(last.at, '-infinity')
                       and v.settings -> 'expiry' is distinct from last.expiry) as redate
       from shop s
       left join lateral (
         select substr(a.subject, length('nightly:') + 1) as date, a.at, a.after -> 'expiry' as expiry
           from audit_event a where a.shop_id = $1 and a.action = $2 order by a.at desc limit 1) as last on true
      where s.shop_id = $1 and s.uninstalled_at is null`,
    [shopId, NIGHT_ACTION, nightSubject(localDate)],
  );
  return shop ?? null;
}

async function forgetNetworks(services: Services, shopId: string, now: Date): Promise<void> {
  await services.db.query(
    `update referral set ip_prefix_hash = null
      where shop_id = $1 and ip_prefix_hash is not null and created_at < $2`,
    [shopId, new Date(now.getTime() - IP_HASH_DAYS * DAY_MS)],
  );
}
