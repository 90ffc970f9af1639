import { localDate } from "#app/loyalty/program/calendar.ts";

export interface ShopNight {
  shopId: string;
  timeZone: string;
  /** The local date whose night was last done; null before the first. */
  lastNight: string | null;
}

/**
 * The shops whose local midnight has passed since their last night, with the date it began. A night that was
 * missed is made up at once and not repeated per missed day: what it does depends on the instant, not on how
 * often it runs.
 */
export function nightsDue(shops: readonly ShopNight[], now: Date): { shopId: string; localDate: string }[] {
  return shops.flatMap(({ shopId, timeZone, lastNight }) => {
    const today = todayIn(timeZone, now);
    return lastNight === null || today > lastNight ? [{ shopId, localDate: today }] : [];
  });
}

/** An unknown zone must not keep the other shops' nights from coming. */
function todayIn(timeZone: string, now: Date): string {
  try {
    return localDate(now, timeZone);
  } catch (error) {
    if (error instanceof RangeError) return localDate(now, "UTC");
    throw error;
  }
}
