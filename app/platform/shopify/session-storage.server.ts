import type { PrismaClient } from "@prisma/client";
import { PrismaSessionStorage } from "@shopify/shopify-app-session-storage-prisma";

const storages = new WeakMap<PrismaClient, PrismaSessionStorage<PrismaClient>>();

/** Shopify's own session storage. Made on first use, since it asks the database at once whether its table is there. */
export function sessionStorageOf(prisma: PrismaClient): PrismaSessionStorage<PrismaClient> {
  const found =
    storages.get(prisma) ??
    new PrismaSessionStorage(prisma, { connectionRetries: 3, connectionRetryIntervalMs: 500 });
  storages.set(prisma, found);
  return found;
}
