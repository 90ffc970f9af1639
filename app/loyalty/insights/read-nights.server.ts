import type { Queryable } from "#app/platform/db/database.server.ts";
import type { NightsWork } from "#app/loyalty/nightly/run-nightly.server.ts";
import { NIGHT_ACTION } from "#app/loyalty/nightly/schedule-nightly.server.ts";

/** A night's work as Activity tells it. */
export interface Night {
  eventId: string;
  at: string;
  /** Older nights did not note everything. */
  done: Partial<NightsWork>;
}

const NIGHTS_SHOWN = 7;

/** The shop's last nights, newest first. Only reads. */
export async function readNights(q: Queryable, shopId: string): Promise<Night[]> {
  const rows = await q.query<{ eventId: string; at: Date; done: Partial<NightsWork> | null }>(
    `select event_id as "eventId", at, after as done from audit_event
      where shop_id = $1 and action = $2 order by at desc limit $3`,
    [shopId, NIGHT_ACTION, NIGHTS_SHOWN],
  );
  return rows.map(({ eventId, at, done }) => ({ eventId, at: at.toISOString(), done: done ?? {} }));
}
