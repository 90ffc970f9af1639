import "@shopify/shopify-app-remix/adapters/node";
import { LogSeverity } from "@shopify/shopify-api";
import { setAbstractFetchFunc } from "@shopify/shopify-api/runtime";
import { ApiVersion, AppDistribution, shopifyApp } from "@shopify/shopify-app-remix/server";
import { installShop } from "#app/loyalty/program/install-shop.server.ts";
import { SHOPIFY_API_VERSION } from "#app/platform/shopify/api-version.ts";
import { createShopifyFetch } from "#app/platform/shopify/shopify-fetch.server.ts";
import { sessionStorageOf } from "#app/platform/shopify/session-storage.server.ts";
import { getServices, type Services } from "./services.server.ts";

const apps = new WeakMap<Services, ReturnType<typeof createShopifyApp>>();

/** Shopify's library for this process: it turns the admin's ID token into an offline token (token exchange). */
export async function getShopify(): Promise<ReturnType<typeof createShopifyApp>> {
  const services = await getServices();
  const app = apps.get(services) ?? createShopifyApp(services);
  apps.set(services, app);
  return app;
}

/** Makes or revives the shop's row, program and metafield. The admin's first visit waits for it; repeating it changes nothing. */
export async function setUpShop(services: Services, shopId: string): Promise<void> {
  await installShop(services, { shopId }, { now: services.now() });
}

function createShopifyApp(services: Services) {
  const { config, log } = services;
  // The library's own requests take the same road as the gateway's. After the adapter, which sets its own.
  setAbstractFetchFunc(createShopifyFetch(config));
  return shopifyApp({
    apiKey: config.shopify.apiKey,
    apiSecretKey: config.shopify.apiSecret,
    apiVersion: apiVersion(),
    appUrl: config.shopify.appUrl,
    scopes: [...config.shopify.scopes],
    authPathPrefix: "/auth",
    distribution: AppDistribution.AppStore,
    sessionStorage: sessionStorageOf(services.prisma),
    useOnlineTokens: false,
    future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
    logger: {
      // Its debug lines hold tokens; what is left passes our scrubbing.
      level: LogSeverity.Warning,
      log: (severity, message) => log[severity === LogSeverity.Error ? "error" : "warn"](message),
    },
  });
}

function apiVersion(): ApiVersion {
  const found = Object.values(ApiVersion).find((version) => version === SHOPIFY_API_VERSION);
  if (found === undefined)
    throw new Error(`@shopify/shopify-api does not know API version ${SHOPIFY_API_VERSION}`);
  return found;
}
