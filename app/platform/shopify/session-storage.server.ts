import type { PrismaClient } from "@prisma/client";
import type { Session } from "@shopify/shopify-api";
import { PrismaSessionStorage } from "@shopify/shopify-app-session-storage-prisma";

/** Shopify's own session storage, as its library and our gateway use it. */
export interface SessionStorage {
  storeSession(session: Session): Promise<boolean>;
  loadSession(id: string): Promise<Session | undefined>;
  deleteSession(id: string): Promise<boolean>;
  deleteSessions(ids: string[]): Promise<boolean>;
  findSessionsByShop(shopId: string): Promise<Session[]>;
}

const storages = new WeakMap<PrismaClient, PrismaSessionStorage<PrismaClient>>();

/**
 * The storage asks on its making whether its table is there and remembers a no for ever. So it is made on first use, and
 * made anew after a failure: a database that was away for a moment is not away for the life of the process.
 */
export function sessionStorageOf(prisma: PrismaClient): SessionStorage {
  const use = async <T>(work: (storage: PrismaSessionStorage<PrismaClient>) => Promise<T>): Promise<T> => {
    const storage =
      storages.get(prisma) ??
      new PrismaSessionStorage(prisma, { connectionRetries: 1, connectionRetryIntervalMs: 0 });
    storages.set(prisma, storage);
    try {
      return await work(storage);
    } catch (error) {
      storages.delete(prisma);
      throw error;
    }
  };
  return {
    storeSession: (session) => use((storage) => storage.storeSession(session)),
    loadSession: (id) => use((storage) => storage.loadSession(id)),
    deleteSession: (id) => use((storage) => storage.deleteSession(id)),
    deleteSessions: (ids) => use((storage) => storage.deleteSessions(ids)),
    findSessionsByShop: (shopId) => use((storage) => storage.findSessionsByShop(shopId)),
  };
}
