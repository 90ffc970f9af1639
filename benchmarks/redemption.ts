import { randomUUID } from "node:crypto";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { requestRedemption } from "#app/loyalty/rewards/request-redemption.server.ts";
import { readConfig } from "#app/platform/config/read-config.server.ts";
import type { GatewayResult } from "#app/platform/shopify/gateway.ts";
import { createServices, type Services } from "#app/services.server.ts";
import type { BenchContext } from "./context.ts";
import { NOW } from "./now.ts";
import { drive, interleave, pick, type Result, round } from "./measure.ts";

const MEMBERS = 400;
const PER_ROUND = 400;
const ROUNDS = 5;

/**
 * The time one redemption takes of ours: points held, code fixed, fulfilment recorded. Shopify's part is a gateway that
 * answers at once; one at a time, as a shopper feels it. The floor writes the same rows in the same two transactions.
 */
export async function benchRedemption({ db, databaseUrl, createShop }: BenchContext): Promise<Result> {
  const { shopId, memberIds } = await createShop(MEMBERS);
  const config = readConfig({ ...process.env, DATABASE_URL: databaseUrl, ...SANDBOX_ENV });
  const services = createServices(config, { db, shopify: instantShopify() });
  await fund(services, shopId, memberIds);
  const ours = () =>
    drive(PER_ROUND, 1, async (index) => {
      const result = await requestRedemption(services, {
        shopId,
        memberId: memberIds[index % MEMBERS] ?? "",
        rewardId: "free-shipping",
        idempotencyKey: randomUUID(),
        now: NOW,
      });
      if (result.outcome !== "redeemed" || result.redemption.status !== "ready") {
        throw new Error(`a redemption ended ${JSON.stringify(result)}`);
      }
    });
  const floorShop = await createShop(MEMBERS);
  const floor = () =>
    drive(PER_ROUND, 1, (index) =>
      writeRows(db, floorShop.shopId, floorShop.memberIds[index % MEMBERS] ?? ""),
    );
  const loads = await interleave(ROUNDS, ours, floor);
  const [value, bare] = [pick(loads.ours, "p50Ms"), pick(loads.floor, "p50Ms")];
  return {
    name: "redemption",
    value: round(value),
    unit: "ms p50",
    floor: round(bare),
    // Smaller is better here; the ratio stays "how near to the floor", 1 being the floor itself.
    ratio: round(bare / value),
    note: `p99 ${round(pick(loads.ours, "p99Ms"))} ms (floor ${round(pick(loads.floor, "p99Ms"))} ms), one at a time`,
  };
}

const SANDBOX_ENV = {
  SHOPIFY_API_KEY: "dangol-sandbox-key",
  SHOPIFY_API_SECRET: "dangol-sandbox-secret",
  SHOPIFY_APP_URL: "http://localhost:3000",
  DANGOL_HASH_SECRET: "dangol-sandbox-hash-secret",
};

function instantShopify(): Services["shopify"] {
  const answer = {
    discountCodeFreeShippingCreate: {
      codeDiscountNode: { id: "gid://shopify/DiscountCodeNode/1" },
      userErrors: [],
    },
  };
  return {
    request: <Data>() => Promise.resolve({ ok: true, data: answer as Data } satisfies GatewayResult<Data>),
  };
}

async function fund(services: Services, shopId: string, memberIds: string[]): Promise<void> {
  for (let start = 0; start < memberIds.length; start += 100) {
    const postings = memberIds.slice(start, start + 100).map((memberId) => ({
      memberId,
      from: "issued" as const,
      to: "available" as const,
      points: 1_000_000,
      reason: "earn" as const,
      source: "bonus" as const,
      sourceId: "bench",
      idempotencyKey: `bench:${memberId}`,
      occurredAt: NOW,
      lot: { expiresAt: null },
    }));
    await services.db.transaction((tx) => postTransfers(tx, { shopId, now: NOW, postings }));
  }
}

async function writeRows(db: BenchContext["db"], shopId: string, memberId: string): Promise<void> {
  const redemptionId = randomUUID();
  await db.transaction(async (tx) => {
    const [member] = await tx.query<{ seq: number }>(
      `update member set available = available - 1, held = held + 1, last_seq = last_seq + 1
        where shop_id = $1 and member_id = $2 returning last_seq as seq`,
      [shopId, memberId],
    );
    await tx.query(
      `insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
         idempotency_key, occurred_at, recorded_at, actor, available_after)
       values ($1, $2, $3, 'available', 'held', 1, 'redeem_hold', 'redemption', $4, $4, $5, $5, 'system', 0)`,
      [shopId, memberId, member?.seq, redemptionId, NOW],
    );
    await tx.query(
      `insert into redemption (shop_id, redemption_id, member_id, reward_id, kind, points, terms, status, code,
         idempotency_key, request_hash, requested_at)
       values ($1, $2, $3, 'free-shipping', 'free_shipping', 1, '{}', 'requested', $4, $4, 'x', $5)`,
      [shopId, redemptionId, memberId, redemptionId, NOW],
    );
    await tx.query(
      `select 1 from graphile_worker.add_job('fulfil-redemption', json_build_object('id', $1::text))`,
      [redemptionId],
    );
  });
  await db.query(
    `update redemption set status = 'ready', ready_at = $3 where shop_id = $1 and redemption_id = $2`,
    [shopId, redemptionId, NOW],
  );
}
