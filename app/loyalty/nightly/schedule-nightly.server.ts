import type { Services } from "#app/services.server.ts";
import { enqueueAll } from "#app/platform/jobs/enqueue.server.ts";
import { nightsDue, type ShopNight } from "./nights-due.ts";

/** The audit log's name for a night's work; its subject carries the local date. */
export const NIGHT_ACTION = "nightly.run";
export const nightSubject = (localDate: string): string => `nightly:${localDate}`;

/**
 * Queues the night's work of every installed shop whose local midnight has passed. Asking again while it
 * waits or after it is done queues nothing more.
 */
export async function scheduleNightly(
  services: Services,
  _payload: Record<string, never>,
  run: { now: Date },
): Promise<{ queued: number }> {
  const shops = await services.db.query<ShopNight>(
    `select s.shop_id as "shopId", s.time_zone as "timeZone",
            (select substr(a.subject, length('nightly:') + 1) from audit_event a
              where a.shop_id = s.shop_id and a.action = $1 order by a.at desc limit 1) as "lastNight"
       from shop s
      where s.uninstalled_at is null`,
    [NIGHT_ACTION],
  );
  const due = nightsDue(shops, run.now);
  const jobs = due.map((night) => ({ payload: night, jobKey: `nightly:${night.shopId}` }));
  await enqueueAll(services.db, "run-nightly", jobs);
  return { queued: due.length };
}
