/** What Shopify says of a shop, and what follows when it says something else. */
import type { Services } from "#app/services.server.ts";
import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { rezoneCampaigns } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { errorOfFailure } from "#app/loyalty/members/gateway-error.ts";
import { renewMembers } from "#app/loyalty/members/renew-members.server.ts";
import { ShopFacts as Operation } from "#app/platform/shopify/operations/shop-facts.ts";
import { currencyExponent } from "./money.ts";

export interface ShopFacts {
  name: string;
  currency: string;
  timeZone: string;
  /** null: Shopify does not say. */
  locale: string | null;
  storefrontUrl: string;
  plan: string;
  installationGid: string;
}

/** @throws UpstreamUnavailable when Shopify does not answer */
export async function readShopFacts(services: Pick<Services, "shopify">, shopId: string): Promise<ShopFacts> {
  const reply = await services.shopify.request(shopId, Operation, {});
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const { shop, currentAppInstallation } = reply.data;
  return {
    name: shop.name,
    currency: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    locale: shop.primaryDomain.localization?.defaultLocale ?? null,
    storefrontUrl: shop.primaryDomain.url,
    plan: planOf(shop.plan),
    installationGid: currentAppInstallation.id,
  };
}

function planOf(plan: {
  shopifyPlus: boolean;
  partnerDevelopment: boolean;
  publicDisplayName: string;
}): string {
  if (plan.shopifyPlus) return "plus";
  return plan.partnerDevelopment ? "development" : plan.publicDisplayName.toLowerCase();
}

/**
 * Writes the facts of an installed shop, with what hangs on them: the windows of its campaigns are read from its clocks, and
 * members are told days and links. The caller has locked the shop's row, where there is one. Doing it twice changes
 * nothing more.
 */
export async function writeShopFacts(tx: Tx, shopId: string, facts: ShopFacts, now: Date): Promise<void> {
  const before = await toldToMembers(tx, shopId);
  await tx.query(
    `insert into shop (shop_id, name, currency, currency_exponent, time_zone, locale, storefront_url, plan,
        installation_gid, installed_at)
     values ($1, $2, $3, $4, $5, coalesce($6, 'en'), $7, $8, $9, $10)
     on conflict (shop_id) do update
        set name = excluded.name, currency = excluded.currency, currency_exponent = excluded.currency_exponent,
            time_zone = excluded.time_zone, locale = coalesce($6, shop.locale), storefront_url = excluded.storefront_url,
            plan = excluded.plan, installation_gid = excluded.installation_gid, uninstalled_at = null,
            installed_at = case when shop.uninstalled_at is null then shop.installed_at else excluded.installed_at end`,
    [
      shopId,
      facts.name,
      facts.currency,
      currencyExponent(facts.currency),
      facts.timeZone,
      facts.locale,
      facts.storefrontUrl,
      facts.plan,
      facts.installationGid,
      now,
    ],
  );
  await rezoneCampaigns(tx, { shopId, timeZone: facts.timeZone, now });
  if (before === null || before === (await toldToMembers(tx, shopId))) return;
  await renewMembers(tx, shopId, `facts:${now.toISOString()}`);
}

/** What of a shop every member's metafields depend on, in one string; null for a shop that is not there. */
async function toldToMembers(q: Queryable, shopId: string): Promise<string | null> {
  const [shop] = await q.query<{ told: string }>(
    `select json_build_array(currency_exponent, time_zone, storefront_url)::text as told from shop where shop_id = $1`,
    [shopId],
  );
  return shop?.told ?? null;
}
