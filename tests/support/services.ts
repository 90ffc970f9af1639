import { randomBytes } from "node:crypto";
import type { Config } from "#app/platform/config/config.ts";
import { readConfig } from "#app/platform/config/read-config.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { createServices, type Services } from "#app/services.server.ts";

export const TEST_SECRET = "test-secret-of-sixteen-and-more";

/** A config as a process would read it, quiet, for the stub of Shopify at the given address. */
export function testConfig(environment: Record<string, string> = {}): Config {
  return readConfig({
    NODE_ENV: "test",
    DANGOL_LOG_LEVEL: "silent",
    SHOPIFY_API_KEY: "test-key",
    SHOPIFY_API_SECRET: TEST_SECRET,
    SHOPIFY_APP_URL: "http://localhost:3000",
    DANGOL_HASH_SECRET: "test-hash-secret-of-sixteen",
    DATABASE_URL: "postgresql://unused@127.0.0.1:1/unused",
    ...environment,
  });
}

/** Real services on a test's own database; anything may be replaced. */
export function testServices(
  db: Database,
  options: { environment?: Record<string, string>; overrides?: Partial<Services> } = {},
): Services {
  return createServices(testConfig(options.environment), { db, randomBytes, ...options.overrides });
}
