import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@prisma/client";
import type { Database } from "#app/platform/db/database.server.ts";

/** Prisma over the process's one pool: for admin reads and simple rows. What moves points is SQL through a Tx. */
export function createPrisma(db: Database): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(db.pool) });
}
