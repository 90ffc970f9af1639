import type { Actions } from "#sandbox/actions/index.ts";
import type { AppConfig } from "#sandbox/app-config.ts";
import type { Faults } from "#sandbox/faults.ts";
import type { Store } from "#sandbox/store/store.ts";
import type { ApiLog } from "#sandbox/control/api-log.ts";
import type { Webhooks } from "#sandbox/webhooks/webhooks.ts";

/** The app that the sandbox hosts, as a partner's dashboard knows it. */
export interface AppOptions {
  url: string;
  apiKey: string;
  apiSecret: string;
  /** Path of shopify.app.toml. */
  configFile: string;
  /** Path of the theme app extension. */
  extensionDir: string;
}

/** What actions need: the state, the clock, and a way to tell the app. */
export interface World {
  store: Store;
  app: AppOptions;
  /** What shopify.app.toml says; read again when the file changes. */
  config: () => AppConfig;
  now: () => Date;
  webhooks: Webhooks;
  /** The shop's address for a browser, without a trailing slash: `http://dangol-demo.localhost:4000`. */
  shopUrl: (shop: string) => string;
}

/** What handlers (Admin API, storefront, admin shell, control) are given. */
export interface SandboxContext extends World {
  /** Every action, bound to this world: `actions.placeOrder(shop, input)`. Throws Refusal with userErrors. */
  actions: Actions;
  faults: Faults;
  apiLog: ApiLog;
  /** Mints the ID token that App Bridge hands to the app. */
  mintIdToken: (
    shop: string,
    options?: { userId?: string | undefined; lifetimeSeconds?: number | undefined },
  ) => string;
}
