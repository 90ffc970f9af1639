import { pickLocale, type Locale } from "#app/platform/i18n/translate.ts";
import { getServices } from "#app/services.server.ts";

const APP_BRIDGE_URL = "https://cdn.shopify.com/shopifycloud/app-bridge.js";

export interface RootData {
  locale: Locale;
  apiKey: string;
  appBridgeUrl: string;
  /** Whether the page lives inside the Shopify admin. */
  embedded: boolean;
}

/** What the document itself needs, whatever the page. */
export async function readRootData(request: Request): Promise<RootData> {
  const { config } = await getServices();
  const url = new URL(request.url);
  return {
    locale: pickLocale(
      url.searchParams.get("locale"),
      request.headers.get("x-dangol-locale"),
      request.headers.get("accept-language"),
    ),
    apiKey: config.shopify.apiKey,
    appBridgeUrl: config.shopify.appBridgeUrl ?? APP_BRIDGE_URL,
    embedded: url.pathname === "/app" || url.pathname.startsWith("/app/"),
  };
}
