import { randomBytes, randomUUID } from "node:crypto";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { readBalances } from "#app/loyalty/ledger/statement.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { closeRedemption } from "#app/loyalty/rewards/close-redemption.server.ts";
import { fulfilRedemption } from "#app/loyalty/rewards/fulfil-redemption.server.ts";
import { requestRedemption } from "#app/loyalty/rewards/request-redemption.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { Config } from "#app/platform/config/config.ts";
import type { Services } from "#app/services.server.ts";
import { createFakeDiscounts, type FakeDiscounts } from "./fake-discounts.ts";
import { createMember, createShop, NOW } from "./ledger-fixtures.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Services with a fake Shopify; nothing else of them is faked. */
export function rewardServices(db: Database, shopify: FakeDiscounts): Services {
  const config = { shopify: { apiSecret: "hush", previousApiSecret: null } } as unknown as Config;
  const prisma = undefined as unknown as Services["prisma"];
  return { config, prisma, db, shopify, log: silent, now: () => NOW, newId: randomUUID, randomBytes };
}

export interface RewardScene {
  db: Database;
  services: Services;
  shopify: FakeDiscounts;
  shopId: string;
  memberId: string;
  customerId: string;
}

/** A shop, its program (changed by `settings`), and a member with points from one grant. */
export async function createScene(
  db: Database,
  over: {
    points?: number;
    expiresAt?: Date | null;
    settings?: (settings: ProgramSettings) => void;
    currency?: string;
  } = {},
): Promise<RewardScene> {
  const won = over.currency === "KRW";
  const shopId = await createShop(
    db,
    won ? { currency: "KRW", currencyExponent: 0, timeZone: "Asia/Seoul", locale: "ko" } : {},
  );
  if (over.settings) await changeProgram(db, shopId, over.settings);
  const customerId = String(7_000_000_000_000 + Math.floor(Math.random() * 1e9));
  const memberId = await createMember(db, shopId, customerId);
  const shopify = createFakeDiscounts();
  const scene = { db, services: rewardServices(db, shopify), shopify, shopId, memberId, customerId };
  if (over.points !== 0) await grant(scene, over.points ?? 1000, over.expiresAt ?? null);
  return scene;
}

export async function changeProgram(
  db: Database,
  shopId: string,
  change: (settings: ProgramSettings) => void,
): Promise<void> {
  const [live] = await db.query<{ settings: ProgramSettings }>(
    `select settings from program_version where shop_id = $1 and status = 'live'`,
    [shopId],
  );
  change(live!.settings);
  await db.query(`update program_version set settings = $2::jsonb where shop_id = $1 and status = 'live'`, [
    shopId,
    JSON.stringify(live!.settings),
  ]);
}

let grants = 0;

export async function grant(
  { db, shopId, memberId }: Pick<RewardScene, "db" | "shopId" | "memberId">,
  points: number,
  expiresAt: Date | null = null,
): Promise<void> {
  grants += 1;
  await db.transaction((tx) =>
    postTransfers(tx, {
      shopId,
      now: NOW,
      postings: [
        {
          memberId,
          from: "issued",
          to: "available",
          points,
          reason: "bonus",
          source: "bonus",
          sourceId: `grant-${grants}`,
          idempotencyKey: `grant:${grants}`,
          occurredAt: NOW,
          lot: { availableAt: NOW, expiresAt },
        },
      ],
    }),
  );
}

/** [available, held, spent so far] as the ledger has them. */
export async function standing(scene: RewardScene): Promise<[number, number, number]> {
  const { db, shopId, memberId } = scene;
  const balances = await readBalances(db, shopId, memberId);
  const [spent] = await db.query<{ points: number }>(
    `select (coalesce(sum(points) filter (where to_account = 'redeemed'), 0)
             - coalesce(sum(points) filter (where from_account = 'redeemed'), 0))::bigint as points
       from points_transfer where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  return [balances!.available, balances!.held, spent!.points];
}

/** What the ledger's own audit finds wrong in the shop. */
export async function discrepancies({ db, shopId }: RewardScene): Promise<unknown[]> {
  return (await auditLedger(db, { shopIds: [shopId] })).discrepancies;
}

export interface StoredRedemption {
  redemptionId: string;
  memberId: string;
  status: string;
  closing: string | null;
  failure: string | null;
  code: string;
  points: number;
}

export async function redemptionsOf({ db, shopId }: RewardScene): Promise<StoredRedemption[]> {
  return db.query<StoredRedemption>(
    `select redemption_id as "redemptionId", member_id as "memberId", status, closing, failure, code, points
       from redemption where shop_id = $1 order by requested_at, redemption_id`,
    [shopId],
  );
}

/** The only redemption of a scene that has one. */
export async function firstRedemption(scene: RewardScene): Promise<StoredRedemption> {
  const [redemption] = await redemptionsOf(scene);
  return redemption!;
}

/** Redeems the $5 reward (500 points), as the storefront would. */
export function redeem(
  scene: RewardScene,
  over: { key?: string; rewardId?: string; points?: number; services?: Services; patienceMs?: number } = {},
) {
  const { shopId, memberId } = scene;
  const points = over.points === undefined ? {} : { points: over.points };
  return requestRedemption(
    over.services ?? scene.services,
    {
      shopId,
      memberId,
      rewardId: over.rewardId ?? "amount-5",
      idempotencyKey: over.key ?? randomUUID(),
      now: NOW,
      ...points,
    },
    { patienceMs: over.patienceMs ?? 2000 },
  );
}

interface WaitingJob {
  id: number;
  task: "fulfil-redemption" | "close-redemption";
  payload: { shopId: string; redemptionId: string };
}

/**
 * What the worker would do with the saga's jobs, each at once and whatever its time: `rounds` rounds, or until none is
 * left. Returns how many ran.
 */
export async function runSagaJobs(
  scene: RewardScene,
  over: { now?: Date; rounds?: number } = {},
): Promise<number> {
  let ran = 0;
  for (let round = 0; round < (over.rounds ?? 10); round += 1) {
    const jobs = await takeJobs(scene);
    if (jobs.length === 0) break;
    for (const { task, payload } of jobs) {
      const run = { now: over.now ?? NOW };
      await (task === "fulfil-redemption" ? fulfilRedemption : closeRedemption)(scene.services, payload, run);
      ran += 1;
    }
  }
  return ran;
}

async function takeJobs({ db, shopId }: RewardScene): Promise<WaitingJob[]> {
  return db.query<WaitingJob>(
    `delete from graphile_worker._private_jobs as job using graphile_worker._private_tasks as task
      where task.id = job.task_id and task.identifier in ('fulfil-redemption', 'close-redemption')
        and job.payload ->> 'shopId' = $1
      returning job.id, task.identifier as task, job.payload`,
    [shopId],
  );
}
