import type { PrismaClient } from "@prisma/client";
import type { Config } from "#app/platform/config/config.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { Logger } from "#app/platform/log/logger.server.ts";
import type { ShopifyGateway } from "./gateway.ts";

export interface GatewayParts {
  config: Config;
  db: Database;
  prisma: PrismaClient;
  log: Logger;
}

export function createGateway(_parts: GatewayParts): ShopifyGateway {
  return { request: async () => ({ ok: false, failure: { kind: "unavailable", reason: "not wired yet" } }) };
}
