import type { Tx } from "#app/platform/db/database.server.ts";
import { addMonths, localDate, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

/**
 * Whether an advocate has had all the rewards that the program gives by itself in the calendar month of the shop's zone.
 * Rewards that were taken back do not count. Call it with the advocate locked.
 */
export async function isOverMonthlyLimit(
  tx: Tx,
  args: {
    shopId: string;
    advocateId: string;
    now: Date;
    timeZone: string;
    settings: Pick<ProgramSettings, "referral">;
  },
): Promise<boolean> {
  const { advocatePoints, monthlyLimit } = args.settings.referral;
  if (monthlyLimit === null || advocatePoints === 0) return false;
  const first = `${localDate(args.now, args.timeZone).slice(0, 7)}-01`;
  const [row] = await tx.query<{ rewarded: number }>(
    `select count(*)::int as rewarded from referral
      where shop_id = $1 and advocate_id = $2 and status = 'rewarded' and rewarded_at >= $3 and rewarded_at < $4`,
    [
      args.shopId,
      args.advocateId,
      startOfLocalDay(first, args.timeZone),
      startOfLocalDay(addMonths(first, 1), args.timeZone),
    ],
  );
  return (row?.rewarded ?? 0) >= monthlyLimit;
}
