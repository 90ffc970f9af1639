import { createActions } from "#sandbox/actions/create-actions.ts";
import { parseAppConfig } from "#sandbox/app-config.ts";
import type { SandboxContext, World } from "#sandbox/context.ts";
import { createApiLog } from "#sandbox/control/api-log.ts";
import { createFaults } from "#sandbox/faults.ts";
import type { Handler, SandboxRequest, SandboxResponse } from "#sandbox/http.ts";
import { createStore } from "#sandbox/store/store.ts";
import type { Shop } from "#sandbox/store/types.ts";
import type { Webhooks } from "#sandbox/webhooks/webhooks.ts";

export const DEMO = "dangol-demo.myshopify.com";
export const SEOUL = "dangol-seoul.myshopify.com";
export const NOW = new Date("2026-11-21T03:00:00.000Z");

const CONFIG = `
name = "Dangol"
client_id = "key"
[access_scopes]
scopes = "read_orders,write_discounts"
[webhooks]
api_version = "2026-10"
[app_proxy]
url = "/proxy"
prefix = "apps"
subpath = "loyalty"
`;

function buildShop(id: string, over: Partial<Shop>): Shop {
  return {
    id,
    domain: DEMO,
    host: "dangol-demo.localhost",
    name: "Maple & Ash",
    email: "hello@example.com",
    currency: "USD",
    timeZone: "America/New_York",
    locale: "en",
    countryCode: "US",
    countryName: "United States",
    city: "New York",
    moneyFormat: "${{amount}}",
    moneyWithCurrencyFormat: "${{amount}} USD",
    taxesIncluded: false,
    taxRate: "0.08",
    taxTitle: "Sales tax",
    planName: "Basic",
    shippingRates: [{ handle: "standard", title: "Standard", priceMinor: 500, freeFromMinor: null }],
    largeIds: false,
    createdAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
    ...over,
  };
}

const SEOUL_SHOP = buildShop("2", {
  domain: SEOUL,
  host: "dangol-seoul.localhost",
  name: "단골 서울",
  currency: "KRW",
  timeZone: "Asia/Seoul",
  locale: "ko",
  countryCode: "KR",
  countryName: "South Korea",
  city: "서울",
  moneyFormat: "{{amount_no_decimals}}원",
  moneyWithCurrencyFormat: "{{amount_no_decimals}}원",
  taxesIncluded: true,
  taxRate: "0.1",
  taxTitle: "부가세",
  shippingRates: [{ handle: "standard", title: "기본 배송", priceMinor: 3000, freeFromMinor: 50_000 }],
});

function silentWebhooks(emitted: { shop: string; topic: string }[]): Webhooks {
  const partial: Partial<Webhooks> = {
    emit: (shop, topic) => void emitted.push({ shop, topic }),
    list: () => [],
    close: async () => undefined,
  };
  return partial as Webhooks;
}

export interface TestShops {
  context: SandboxContext;
  /** Topics that would have been sent to the app. */
  emitted: { shop: string; topic: string }[];
}

/** Two small shops in memory, with a product each and no app running. */
export function createTestShops(over: { appUrl?: string; extensionDir?: string } = {}): TestShops {
  const emitted: { shop: string; topic: string }[] = [];
  const world: World = {
    store: createStore(),
    app: {
      url: over.appUrl ?? "http://127.0.0.1:9",
      apiKey: "key",
      apiSecret: "hush",
      configFile: "shopify.app.toml",
      extensionDir: over.extensionDir ?? `${import.meta.dirname}/fixtures/storefront-extension`,
    },
    config: () => parseAppConfig(CONFIG),
    now: () => NOW,
    webhooks: silentWebhooks(emitted),
    shopUrl: (shop) => `http://${shop.replace(".myshopify.com", ".localhost")}:4000`,
  };
  const context: SandboxContext = {
    ...world,
    actions: createActions(world),
    faults: createFaults(),
    apiLog: createApiLog(),
    mintIdToken: (shop) => `token-of-${shop}`,
  };
  world.store.addShop(buildShop("1", {}));
  world.store.addShop(SEOUL_SHOP);
  fillShops(context);
  return { context, emitted };
}

function fillShops({ actions }: SandboxContext): void {
  actions.createProduct(DEMO, {
    title: "Stoneware mug",
    handle: "stoneware-mug",
    descriptionHtml: "<p>Holds 320 ml.</p>",
    vendor: "Maple & Ash",
    options: [{ name: "Glaze", values: ["Oat", "Moss"] }],
    variants: [
      { title: "Oat", optionValues: ["Oat"], priceMinor: 2850 },
      { title: "Moss", optionValues: ["Moss"], priceMinor: 3200 },
    ],
  });
  actions.createProduct(SEOUL, {
    title: "백자 찻잔",
    handle: "white-cup",
    vendor: "단골 서울",
    variants: [{ title: "Default Title", priceMinor: 39_000 }],
  });
  actions.createCustomer(DEMO, {
    email: "ann@example.com",
    firstName: "Ann",
    lastName: "Lee",
    enabled: true,
  });
  actions.createCustomer(SEOUL, {
    email: "minji@example.com",
    firstName: "민지",
    lastName: "김",
    locale: "ko",
    enabled: true,
  });
}

/** A browser with a cookie jar that speaks to a handler directly. */
export function createVisitor(
  handler: Handler,
  shop: string,
  base = `http://${shop.replace(".myshopify.com", ".localhost")}:4000`,
) {
  const jar = new Map<string, string>();
  async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
    const request: SandboxRequest = {
      method,
      url: new URL(path, base),
      shop,
      headers: new Headers({
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...headers,
      }),
      body: Buffer.from(body ?? ""),
    };
    const response = await handler(request);
    if (!response) throw new Error(`nobody answered ${method} ${path}`);
    keepCookies(jar, response);
    return {
      ...response,
      text: String(response.body ?? ""),
      location: String(response.headers?.["location"] ?? ""),
    };
  }
  const form = { "content-type": "application/x-www-form-urlencoded" };
  return {
    jar,
    send,
    get: (path: string, headers?: Record<string, string>) => send("GET", path, undefined, headers),
    post: (path: string, fields: Record<string, string>) =>
      send("POST", path, new URLSearchParams(fields).toString(), form),
    postJson: (path: string, value: unknown) =>
      send("POST", path, JSON.stringify(value), { "content-type": "application/json" }),
  };
}

function keepCookies(jar: Map<string, string>, response: SandboxResponse): void {
  const header = response.headers?.["set-cookie"] ?? [];
  for (const cookie of Array.isArray(header) ? header : [header]) {
    const [pair = ""] = cookie.split(";");
    const at = pair.indexOf("=");
    if (/Max-Age=0\b/.test(cookie)) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
