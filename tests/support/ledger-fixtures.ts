import { randomUUID } from "node:crypto";
import { seedProgram } from "#app/loyalty/program/program.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";

export const NOW = new Date("2026-11-21T03:00:00Z");

/** A shop with its live program, as installation leaves it. */
export async function createShop(
  db: Database,
  over: {
    shopId?: string;
    currency?: string;
    currencyExponent?: number;
    timeZone?: string;
    locale?: string;
  } = {},
): Promise<string> {
  const shop = {
    shopId: `shop-${randomUUID().slice(0, 8)}.myshopify.com`,
    currency: "USD",
    currencyExponent: 2,
    timeZone: "America/New_York",
    locale: "en",
    ...over,
  };
  await db.query(
    `insert into shop (shop_id, name, currency, currency_exponent, time_zone, locale, storefront_url, installed_at)
     values ($1, 'A shop', $2, $3, $4, $5, 'https://' || $1, $6)`,
    [shop.shopId, shop.currency, shop.currencyExponent, shop.timeZone, shop.locale, NOW],
  );
  await db.transaction((tx) => seedProgram(tx, { ...shop, now: NOW }));
  return shop.shopId;
}

/** A member with nothing yet. */
export async function createMember(db: Database, shopId: string, customerId?: string): Promise<string> {
  const memberId = randomUUID();
  await db.query(
    `insert into member (shop_id, member_id, customer_id, joined_at, referral_code) values ($1, $2, $3, $4, $5)`,
    [
      shopId,
      memberId,
      customerId ?? String(Math.floor(Math.random() * 1e15)),
      NOW,
      memberId.slice(0, 8).toUpperCase(),
    ],
  );
  return memberId;
}
