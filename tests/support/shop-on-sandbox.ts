import { Session } from "@shopify/shopify-api";
import { installShop } from "#app/loyalty/program/install-shop.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { sessionStorageOf } from "#app/platform/shopify/session-storage.server.ts";
import type { Services } from "#app/services.server.ts";
import { createSandbox, type Sandbox } from "#sandbox/server.ts";
import { testServices } from "./services.ts";

export const SHOP = "dangol-demo.myshopify.com";

export interface ShopOnSandbox {
  sandbox: Sandbox;
  services: Services;
  customer(): string;
  /** A paid order of the shop's first variant; no webhook of it reaches anybody. */
  order(customerId: string | null, quantity: number, over?: Record<string, unknown>): { id: string };
  variant(): { id: string; priceMinor: number };
  /** available and pending by customer id. */
  balances(): Promise<Record<string, [number, number]>>;
}

/** A shop of the sandbox, over HTTP, with the app installed and deaf to its webhooks: what is lost is lost. */
export async function shopOnSandbox(
  db: Database,
  now: () => Date,
  overrides: Partial<Services> = {},
): Promise<ShopOnSandbox> {
  const sandbox = await createDeafSandbox();
  const services = testServices(db, {
    environment: { SHOPIFY_SANDBOX_URL: sandbox.url },
    overrides: { now, ...overrides },
  });
  await signInOnSandbox(services, sandbox, SHOP);
  await installShop(services, { shopId: SHOP }, { now: new Date() });
  const { actions, store } = sandbox.control;
  const variant = () => {
    const [first] = [...store.shop(SHOP).products.values()].flatMap((product) => product.variants);
    return first!;
  };
  let people = 0;
  return {
    sandbox,
    services,
    variant,
    customer: () =>
      actions.createCustomer(SHOP, { email: `person-${(people += 1)}@example.com`, firstName: "P" }).id,
    order: (customerId, quantity, over = {}) =>
      actions.placeOrder(SHOP, {
        customerId,
        lines: [{ variantId: variant().id, quantity }],
        ...over,
      }),
    balances: async () => {
      const rows = await db.query<{ id: string; available: number; pending: number }>(
        `select customer_id as id, available, pending from member where shop_id = $1 order by 1`,
        [SHOP],
      );
      return Object.fromEntries(rows.map((row) => [row.id, [row.available, row.pending]]));
    },
  };
}

/** A sandbox whose webhooks reach nobody. */
export function createDeafSandbox(): Promise<Sandbox> {
  return createSandbox({
    app: {
      url: "http://127.0.0.1:9",
      apiKey: "dangol-sandbox-key",
      apiSecret: "dangol-sandbox-secret",
      configFile: "shopify.app.toml",
      extensionDir: "extensions/storefront-loyalty",
    },
  });
}

/** Installs the app in a shop of the sandbox, and keeps the token that the admin's first visit brings. */
export async function signInOnSandbox(services: Services, sandbox: Sandbox, shop: string): Promise<void> {
  sandbox.control.actions.installApp(shop);
  const accessToken = await offlineToken(sandbox, shop);
  const session = { id: `offline_${shop}`, shop, state: "", isOnline: false, accessToken };
  await sessionStorageOf(services.prisma).storeSession(new Session(session));
}

async function offlineToken(sandbox: Sandbox, shop: string): Promise<string> {
  const reply = await fetch(`${sandbox.url}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Sandbox-Shop": shop },
    body: JSON.stringify({
      client_id: "dangol-sandbox-key",
      client_secret: "dangol-sandbox-secret",
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: sandbox.control.context.mintIdToken(shop),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
    }),
  });
  const { access_token: token } = (await reply.json()) as { access_token: string };
  return token;
}
