import { existsSync } from "node:fs";
import { watchAppConfig } from "#sandbox/app-config.ts";
import { createActions } from "#sandbox/actions/create-actions.ts";
import type { Actions } from "#sandbox/actions/index.ts";
import type { AppOptions, SandboxContext, World } from "#sandbox/context.ts";
import { createApiLog } from "#sandbox/control/api-log.ts";
import { controlHandler } from "#sandbox/control/handler.ts";
import { createFaults } from "#sandbox/faults.ts";
import type { Faults } from "#sandbox/faults.ts";
import { graphqlHandler } from "#sandbox/graphql/handler.ts";
import type { Handler } from "#sandbox/http.ts";
import { createHttpServer } from "#sandbox/listen.ts";
import { oauthHandler } from "#sandbox/oauth/handler.ts";
import { mintIdToken } from "#sandbox/oauth/id-token.ts";
import { DEMO_SHOP, seedShops } from "#sandbox/seed/seed-shops.ts";
import { createSaver, loadState } from "#sandbox/store/persist.ts";
import { createStore, emptyState } from "#sandbox/store/store.ts";
import type { Store } from "#sandbox/store/store.ts";
import { createWebhooks } from "#sandbox/webhooks/deliver.ts";
import type { Webhooks } from "#sandbox/webhooks/webhooks.ts";

const DELIVERIES_SAVED = 150;
const ID_GAP = 1_000_000;

export interface SandboxOptions {
  /** 0 or absent takes any free port. */
  port?: number | undefined;
  app: AppOptions;
  /** Where the state is kept between runs; absent keeps it in memory alone. */
  dataFile?: string | undefined;
  /** Opens the two demo shops when there are none. Default true. */
  seed?: boolean | undefined;
  now?: (() => Date) | undefined;
  /** The delays between a webhook's attempts, when tests want them shorter still. */
  retryDelaysMs?: readonly number[] | undefined;
}

/** What a test reaches into: the same things that the control API offers over HTTP. */
export interface SandboxControl {
  store: Store;
  actions: Actions;
  webhooks: Webhooks;
  faults: Faults;
  context: SandboxContext;
}

export interface Sandbox {
  url: string;
  port: number;
  /** Back to freshly seeded shops; deliveries, faults and logs forgotten. */
  reset(): Promise<void>;
  close(): Promise<void>;
  control: SandboxControl;
}

/** Starts a local Shopify. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const saved = options.dataFile === undefined ? undefined : loadState(options.dataFile);
  // A sandbox that was killed may have given ids that it did not save: leave them behind.
  if (saved !== undefined) saved.state.lastId += ID_GAP;
  const store = createStore(saved?.state);
  const now = options.now ?? (() => new Date());
  const config = watchAppConfig(options.app.configFile);
  const webhooks = createWebhooks({
    store,
    app: options.app,
    config,
    now,
    retryDelaysMs: options.retryDelaysMs,
  });
  const address = { port: options.port ?? 0 };
  const world: World = {
    store,
    app: options.app,
    config,
    now,
    webhooks,
    shopUrl: (shop) => `http://${store.shop(shop).shop.host}:${address.port}`,
  };
  const context: SandboxContext = {
    ...world,
    actions: createActions(world),
    faults: createFaults(),
    apiLog: createApiLog(),
    mintIdToken: (shop, wanted = {}) => mintIdToken(options.app, shop, now(), wanted),
  };
  const saver = startSaving(options.dataFile, store, webhooks);
  if (options.seed !== false && store.state.shops.size === 0) seedShops(world);
  if (saved !== undefined) webhooks.restore(saved.deliveries);

  async function reset(): Promise<void> {
    webhooks.clear();
    context.faults.clear();
    context.apiLog.clear();
    // Ids go on from where they were, so that nothing an app still remembers gets a second meaning.
    store.state = { ...emptyState(), lastId: store.state.lastId };
    if (options.seed !== false) seedShops(world);
    store.changed();
  }

  const handlers: Handler[] = [
    graphqlHandler(context),
    oauthHandler(context),
    controlHandler(context, reset),
  ];
  handlers.push(...(await optionalHandlers(context)));
  const server = createHttpServer(handlers, (host, header) => chooseShop(store, host, header));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, resolve);
  });
  const bound = server.address();
  address.port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return {
    url: `http://localhost:${address.port}`,
    port: address.port,
    reset,
    async close() {
      server.close();
      server.closeAllConnections();
      await webhooks.close();
      await saver?.close();
    },
    control: { store, actions: context.actions, webhooks, faults: context.faults, context },
  };
}

/** Keeps the data file up to date with the store. */
function startSaving(dataFile: string | undefined, store: Store, webhooks: Webhooks) {
  if (dataFile === undefined) return undefined;
  const saver = createSaver(dataFile, () => ({
    state: store.state,
    deliveries: webhooks.snapshot(DELIVERIES_SAVED),
  }));
  store.onChange(() => saver.changed());
  return saver;
}

/** By the host a browser used, else by header, else the demo shop. */
function chooseShop(store: Store, host: string, header: string | null): string {
  for (const { shop } of store.state.shops.values()) {
    if (host === shop.host || host === shop.domain) return shop.domain;
  }
  return header !== null && store.findShop(header) !== undefined ? header : DEMO_SHOP;
}

/** The storefront and the admin shell are parts of their own; without them the Admin API still works. */
async function optionalHandlers(context: SandboxContext): Promise<Handler[]> {
  const handlers: Handler[] = [];
  for (const [file, name] of [
    ["./admin/handler.ts", "adminHandler"],
    ["./storefront/handler.ts", "storefrontHandler"],
  ] as const) {
    const url = new URL(file, import.meta.url);
    if (!existsSync(url)) continue;
    const module = (await import(url.href)) as Record<string, (context: SandboxContext) => Handler>;
    const make = module[name];
    if (make !== undefined) handlers.push(make(context));
  }
  return handlers;
}
