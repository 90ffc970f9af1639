import { randomBytes, randomUUID } from "node:crypto";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { ensureMember } from "#app/loyalty/members/ensure-member.server.ts";
import type { Config } from "#app/platform/config/config.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { Services } from "#app/services.server.ts";
import { createFakeShopify, type FakeShopify } from "./fake-shopify.ts";
import { NOW } from "./ledger-fixtures.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Services with a fake Shopify and a real database; `prisma` is not there. */
export function peopleServices(db: Database, shopify: FakeShopify = createFakeShopify()): Services {
  const config = { hashSecret: "a secret for tests", shopify: { apiSecret: "hush" } } as unknown as Config;
  const prisma = undefined as unknown as Services["prisma"];
  return { config, prisma, db, shopify, log: silent, now: () => NOW, newId: randomUUID, randomBytes };
}

/** A member as settlement makes one. */
export async function joinMember(
  db: Database,
  shopId: string,
  customerId: string,
  now = NOW,
): Promise<string> {
  const member = await db.transaction((tx) =>
    ensureMember(tx, { shopId, customerId, now, newId: randomUUID, randomBytes }),
  );
  return member!.memberId;
}

let grants = 0;

/** Points from nowhere: pending until `availableAt` when that is later than `at`, lapsing at `expiresAt`. */
export async function grantLot(
  db: Database,
  args: {
    shopId: string;
    memberId: string;
    points: number;
    at?: Date;
    availableAt?: Date;
    expiresAt?: Date | null;
  },
): Promise<number> {
  const at = args.at ?? NOW;
  const availableAt = args.availableAt ?? at;
  grants += 1;
  return post(db, args.shopId, at, {
    memberId: args.memberId,
    from: "issued",
    to: availableAt > at ? "pending" : "available",
    points: args.points,
    reason: "bonus",
    source: "bonus",
    sourceId: `grant-${grants}`,
    idempotencyKey: `grant:${grants}`,
    occurredAt: at,
    lot: { availableAt, expiresAt: args.expiresAt ?? null },
  });
}

/** Takes points away beyond what there is, if need be. */
export async function takeBack(
  db: Database,
  shopId: string,
  memberId: string,
  points: number,
): Promise<number> {
  grants += 1;
  return post(db, shopId, NOW, {
    memberId,
    from: "available",
    to: "reversed",
    points,
    reason: "clawback",
    source: "bonus",
    sourceId: `take-${grants}`,
    idempotencyKey: `take:${grants}`,
    occurredAt: NOW,
  });
}

async function post(db: Database, shopId: string, now: Date, posting: Posting): Promise<number> {
  const result = await db.transaction((tx) =>
    postTransfers(tx, { shopId, now, postings: [posting], allowDebt: true }),
  );
  if (result.outcome !== "posted") throw new Error(result.outcome);
  return result.transfers[0]!.seq;
}

/** [available, pending, held] */
export async function balancesOf(
  db: Database,
  shopId: string,
  memberId: string,
): Promise<[number, number, number]> {
  const [row] = await db.query<{ available: number; pending: number; held: number }>(
    `select available, pending, held from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  return [row!.available, row!.pending, row!.held];
}

/** What the ledger's own audit finds wrong in the shop. */
export async function discrepanciesIn(db: Database, shopId: string): Promise<unknown[]> {
  return (await auditLedger(db, { shopIds: [shopId] })).discrepancies;
}

/** The waiting jobs of a shop, oldest first. */
export async function jobsOf(
  db: Database,
  shopId: string,
): Promise<{ task: string; key: string | null; runAt: Date }[]> {
  return db.query(
    `select tasks.identifier as task, jobs.key, jobs.run_at as "runAt"
       from graphile_worker._private_jobs as jobs join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
      where jobs.payload ->> 'shopId' = $1 order by jobs.id`,
    [shopId],
  );
}

/** An order that earned nothing but counts, as settlement leaves it behind. */
export async function placeOrder(
  db: Database,
  args: {
    shopId: string;
    orderId?: string;
    memberId: string | null;
    customerId?: string | null;
    spentMinor?: number;
    at?: Date;
    outcome?: string;
  },
): Promise<string> {
  const orderId = args.orderId ?? String(Math.floor(Math.random() * 1e15));
  await db.query(
    `insert into order_state (shop_id, order_id, member_id, customer_id, name, processed_at, updated_at, document,
        spent_minor, outcome, settled_at)
     values ($1, $2, $3, $4, '#1001', $5, $5, jsonb_build_object('customerId', $4::text), $6, $7, $5)`,
    [
      args.shopId,
      orderId,
      args.memberId,
      args.customerId ?? null,
      args.at ?? NOW,
      args.spentMinor ?? 0,
      args.outcome ?? "settled",
    ],
  );
  return orderId;
}
