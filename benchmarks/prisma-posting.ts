/**
 * The same posting as open-source loyalty apps write it: a Prisma interactive transaction that reads the member, adds in
 * JavaScript and writes the sum back. It takes no lock, so two at once may both start from the same balance.
 */
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@prisma/client";
import { NOW } from "./now.ts";

export async function withPrisma<T>(url: string, work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 20 }) });
  try {
    return await work(prisma);
  } finally {
    await prisma.$disconnect();
  }
}

let number = 0;

/** Posts one point. */
export async function postThroughPrisma(
  prisma: PrismaClient,
  shopId: string,
  memberId: string,
): Promise<void> {
  number += 1;
  const sourceId = `prisma-${number}`;
  await prisma.$transaction(
    async (tx) => {
      const key = { shopId_memberId: { shopId, memberId } };
      const member = await tx.member.findUniqueOrThrow({
        where: key,
        select: { available: true, lifetime: true },
      });
      // Numbered at random: with our consecutive numbers the primary key would catch most lost updates.
      const seq = 1_000_000 + Math.floor(Math.random() * 2_000_000_000);
      await tx.pointsTransfer.create({
        data: {
          shopId,
          memberId,
          seq,
          fromAccount: "issued",
          toAccount: "available",
          points: 1,
          reason: "earn",
          source: "order",
          sourceId,
          idempotencyKey: sourceId,
          occurredAt: NOW,
          recordedAt: NOW,
          actor: "system",
          availableAfter: member.available + 1n,
        },
        select: { seq: true },
      });
      await tx.pointsLot.create({
        data: {
          shopId,
          memberId,
          lotSeq: seq,
          granted: 1,
          remaining: 1,
          state: "available",
          earnedAt: NOW,
          availableAt: NOW,
        },
        select: { lotSeq: true },
      });
      await tx.member.update({
        where: key,
        data: { available: member.available + 1n, lifetime: member.lifetime + 1n },
        select: { available: true },
      });
    },
    { timeout: 30_000, maxWait: 30_000 },
  );
}
