import type { Queryable } from "#app/platform/db/database.server.ts";
import { addDays, endOfLocalDay } from "#app/loyalty/program/calendar.ts";

const CATCH_UP_DAYS = 7;

/**
 * The last days of points that are announced on one of the days after the last night up to today, with how long
 * before: a night that was missed is made up, as long as the points are not gone.
 */
export function daysToAnnounce(
  reminderDays: readonly number[],
  today: string,
  lastNight: string | null,
): { onDate: string; daysBefore: number }[] {
  const earliest = addDays(today, -CATCH_UP_DAYS);
  const yesterday = addDays(today, -1);
  const since = lastNight === null || lastNight > yesterday ? yesterday : lastNight;
  const days: { onDate: string; daysBefore: number }[] = [];
  for (let day = addDays(since < earliest ? earliest : since, 1); day <= today; day = addDays(day, 1)) {
    for (const daysBefore of reminderDays) {
      const onDate = addDays(day, daysBefore);
      if (onDate >= today) days.push({ onDate, daysBefore });
    }
  }
  return days;
}

/**
 * Notes who is to be told that points of theirs lapse, once for each last day and each reminder before it. The notes
 * are what a message is sent by. Running it again, or twice at once, adds nothing.
 */
export async function writeReminders(
  q: Queryable,
  args: {
    shopId: string;
    now: Date;
    timeZone: string;
    reminderDays: readonly number[];
    today: string;
    lastNight: string | null;
  },
): Promise<{ reminders: number }> {
  const { shopId, now, timeZone } = args;
  const days = daysToAnnounce(args.reminderDays, args.today, args.lastNight).map((day) => ({
    ...day,
    after: endOfLocalDay(addDays(day.onDate, -1), timeZone),
    until: endOfLocalDay(day.onDate, timeZone),
  }));
  if (days.length === 0) return { reminders: 0 };
  const written = await q.query(
    `insert into expiry_reminder (shop_id, member_id, on_date, days_before, points, noted_at)
     select $1, l.member_id, d."onDate", d."daysBefore", sum(l.remaining), $2
       from json_to_recordset($3::json) as d("onDate" date, "daysBefore" int, after timestamptz, until timestamptz)
       join points_lot l on l.shop_id = $1 and l.state = 'available' and l.remaining > 0
        and l.expires_at > d.after and l.expires_at <= d.until
       join member m on m.shop_id = $1 and m.member_id = l.member_id and m.state = 'active'
      group by l.member_id, d."onDate", d."daysBefore"
     on conflict do nothing returning member_id`,
    [shopId, now, JSON.stringify(days)],
  );
  return { reminders: written.length };
}
