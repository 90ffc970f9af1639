import { randomBytes } from "node:crypto";
import type { PrismaClient } from "@prisma/client";
import type { Config } from "#app/platform/config/config.ts";
import { readConfig } from "#app/platform/config/read-config.server.ts";
import { openDatabase, type Database } from "#app/platform/db/database.server.ts";
import { provideDatabase } from "#app/platform/db/provide-database.server.ts";
import { ConfigurationError } from "#app/platform/errors.ts";
import { createLogger, type Logger } from "#app/platform/log/logger.server.ts";
import { createGateway } from "#app/platform/shopify/create-gateway.server.ts";
import type { ShopifyGateway } from "#app/platform/shopify/gateway.ts";
import { createPrisma } from "./db.server.ts";
import { newUuidV7 } from "./platform/db/new-uuid-v7.server.ts";

/** Everything a use case may need from the outside, in one argument. */
export interface Services {
  config: Config;
  db: Database;
  prisma: PrismaClient;
  shopify: ShopifyGateway;
  log: Logger;
  now: () => Date;
  /** A uuid of version 7: sorts by the time it was made. */
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
}

/** Builds the services from a parsed config. Tests override what they fake. */
export function createServices(config: Config, overrides: Partial<Services> = {}): Services {
  const log = overrides.log ?? createLogger({ level: config.logLevel });
  const db = overrides.db ?? openDatabase({ connectionString: urlOf(config), max: config.database.poolMax });
  const prisma = overrides.prisma ?? createPrisma(db);
  const now = overrides.now ?? (() => new Date());
  return {
    config,
    db,
    prisma,
    log,
    now,
    shopify: overrides.shopify ?? createGateway({ config, db, prisma, log }),
    newId: overrides.newId ?? (() => newUuidV7(now())),
    randomBytes: overrides.randomBytes ?? randomBytes,
  };
}

let current: Promise<Services> | undefined;
let stopDatabase: (() => Promise<void>) | undefined;

/** The services of this process, from its environment. The first call finds or starts the database and migrates it. */
export function getServices(): Promise<Services> {
  current ??= bootServices();
  return current;
}

/** Makes getServices answer with these: for tests of the HTTP edge. */
export function useServices(services: Services | undefined): void {
  current = services === undefined ? undefined : Promise.resolve(services);
}

/** Ends this process's connections, and the embedded database when it is ours. Whatever uses them has to be stopped first. */
export async function closeServices(): Promise<void> {
  const services = await current?.catch(() => undefined);
  current = undefined;
  await services?.prisma.$disconnect();
  await services?.db.close();
  await stopDatabase?.();
  stopDatabase = undefined;
}

async function bootServices(): Promise<Services> {
  const config = readConfig();
  const log = createLogger({ level: config.logLevel });
  const database = await provideDatabase(config, log);
  stopDatabase = database.stop;
  return createServices({ ...config, database: { ...config.database, url: database.url } }, { log });
}

function urlOf(config: Config): string {
  if (config.database.url === null)
    throw new ConfigurationError("createServices needs a database: a URL in the config, or one given.");
  return config.database.url;
}
