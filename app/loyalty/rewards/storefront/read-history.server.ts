import { readStatement } from "#app/loyalty/ledger/statement.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { describeEntry, type DescribedEntry } from "./describe-entry.ts";
import { findMember } from "./read-me.server.ts";
import type { StorefrontCall } from "./storefront-route.server.ts";

export const HISTORY_PAGE = 20;

/** A cursor is the number of the last line shown; null when it is none of ours. */
export function parseCursor(cursor: string | null): number | undefined | null {
  if (cursor === null || cursor === "") return undefined;
  if (!/^[1-9]\d{0,9}$/u.test(cursor)) return null;
  const seq = Number(cursor);
  return seq <= 2_147_483_647 ? seq : null;
}

/** A page of the statement of the shopper who is logged in, newest first. */
export async function readHistory(
  call: Pick<StorefrontCall, "services" | "shop" | "locale" | "t"> & { customerId: string },
  before: number | undefined,
): Promise<{ items: DescribedEntry[]; next: string | null }> {
  const { services, shop, locale, t } = call;
  const member = await findMember(services.db, shop.shopId, call.customerId);
  if (!member) return { items: [], next: null };
  const { settings } = await liveProgram(services.db, shop.shopId);
  const page = await readStatement(services.db, {
    shopId: shop.shopId,
    memberId: member.memberId,
    limit: HISTORY_PAGE,
    ...(before !== undefined && { before }),
  });
  const context = { ...shop, locale, t, unit: settings.pointsShort };
  return {
    items: page.entries.map((entry) => describeEntry(entry, context)),
    next: page.next === null ? null : String(page.next),
  };
}
