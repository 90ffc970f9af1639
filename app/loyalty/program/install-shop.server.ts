import type { Services } from "#app/services.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { ShopFacts } from "#app/platform/shopify/operations/shop-facts.ts";
import { errorOfFailure } from "#app/loyalty/members/gateway-error.ts";
import { removeShopJobs } from "#app/loyalty/members/remove-shop-jobs.server.ts";
import { currencyExponent } from "./money.ts";
import { seedProgram } from "./program.server.ts";

interface Facts {
  name: string;
  currency: string;
  timeZone: string;
  locale: string;
  storefrontUrl: string;
  plan: string;
  installationGid: string;
}

/**
 * Makes a shop ready after somebody signed in: its facts from Shopify, a live program when it has none, and
 * the projections that the storefront reads. A shop that comes back finds members, points and program as they
 * were; only what Shopify dropped with the uninstall is written again. Running it again refreshes the facts.
 *
 * @throws UpstreamUnavailable when Shopify does not answer
 */
export async function installShop(
  services: Services,
  payload: { shopId: string },
  run: { now: Date } = { now: services.now() },
): Promise<{ outcome: "installed" | "reinstalled" | "refreshed" }> {
  const { shopId } = payload;
  const facts = await readFacts(services, shopId);
  return services.db.transaction(async (tx) => {
    const [before] = await tx.query<{ uninstalledAt: Date | null }>(
      `select uninstalled_at as "uninstalledAt" from shop where shop_id = $1 for no key update`,
      [shopId],
    );
    await upsertShop(tx, shopId, facts, run.now);
    const exponent = currencyExponent(facts.currency);
    const seeded = await seedProgram(tx, {
      shopId,
      currency: facts.currency,
      currencyExponent: exponent,
      now: run.now,
    });
    if (before?.uninstalledAt) {
      await tx.query(
        `update member set revision = revision + 1
          where shop_id = $1 and state in ('active', 'blocked') and revision = projected_revision`,
        [shopId],
      );
    }
    await enqueue(tx, "project-program", { shopId }, { jobKey: `project-program:${shopId}` });
    await enqueue(tx, "reconcile-orders", { shopId }, { jobKey: `reconcile:${shopId}` });
    if (before?.uninstalledAt) return { outcome: "reinstalled" };
    return { outcome: before && seeded.outcome === "kept" ? "refreshed" : "installed" };
  });
}

/**
 * Stops everything for a shop that removed us: marks it, forgets its sessions (and with them its tokens), and
 * takes its waiting jobs away. Members and points stay until Shopify asks for their erasure. Doing it twice
 * is once.
 */
export async function uninstallShop(
  tx: Tx,
  args: { shopId: string; now: Date },
): Promise<{ outcome: "uninstalled" | "unchanged" }> {
  const { shopId, now } = args;
  const rows = await tx.query(
    `update shop set uninstalled_at = $2 where shop_id = $1 and uninstalled_at is null returning shop_id`,
    [shopId, now],
  );
  await tx.query(`delete from session where shop = $1`, [shopId]);
  await removeShopJobs(tx, { shopId });
  return { outcome: rows.length > 0 ? "uninstalled" : "unchanged" };
}

async function readFacts(services: Services, shopId: string): Promise<Facts> {
  const reply = await services.shopify.request(shopId, ShopFacts, {});
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const { shop, currentAppInstallation } = reply.data;
  return {
    name: shop.name,
    currency: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    locale: shop.primaryDomain.localization?.defaultLocale ?? "en",
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

async function upsertShop(tx: Tx, shopId: string, facts: Facts, now: Date): Promise<void> {
  await tx.query(
    `insert into shop (shop_id, name, currency, currency_exponent, time_zone, locale, storefront_url, plan,
        installation_gid, installed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (shop_id) do update
        set name = excluded.name, currency = excluded.currency, currency_exponent = excluded.currency_exponent,
            time_zone = excluded.time_zone, locale = excluded.locale, storefront_url = excluded.storefront_url,
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
}
