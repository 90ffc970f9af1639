import { readConfig } from "#app/platform/config/read-config.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { createServices, type Services } from "#app/services.server.ts";

const made = new WeakMap<Database, Services>();

/** The services of a process on this database; Shopify is never asked. */
export function benchServices(db: Database, url: string): Services {
  const known = made.get(db);
  if (known) return known;
  const config = readConfig({
    ...process.env,
    DATABASE_URL: url,
    SHOPIFY_API_KEY: "dangol-sandbox-key",
    SHOPIFY_API_SECRET: "dangol-sandbox-secret",
    SHOPIFY_APP_URL: "http://localhost:3000",
    DANGOL_HASH_SECRET: "dangol-sandbox-hash-secret",
    DANGOL_LOG_LEVEL: "error",
  });
  const services = createServices(config, { db });
  made.set(db, services);
  return services;
}
