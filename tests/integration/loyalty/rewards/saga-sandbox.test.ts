import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureMember } from "#app/loyalty/members/ensure-member.server.ts";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import type { Services } from "#app/services.server.ts";
import type { FaultKind } from "#sandbox/faults.ts";
import { issueToken } from "#sandbox/oauth/tokens.ts";
import { createSandbox, type Sandbox } from "#sandbox/server.ts";
import { DEMO_SHOP, SEOUL_SHOP } from "#sandbox/seed/seed-shops.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop } from "#tests/support/ledger-fixtures.ts";
import {
  discrepancies,
  grant,
  redemptionsOf,
  runSagaJobs,
  standing,
  type RewardScene,
} from "#tests/support/rewards-fixtures.ts";
import { createFakeDiscounts } from "#tests/support/fake-discounts.ts";
import { requestRedemption } from "#app/loyalty/rewards/request-redemption.server.ts";
import { testServices } from "#tests/support/services.ts";

// The same saga over real HTTP: the real gateway against the sandbox, which validates against Shopify's own schema.
const database = useTestDatabase();
let sandbox: Sandbox;
let services: Services;

beforeAll(async () => {
  const app = {
    url: "http://127.0.0.1:9",
    apiKey: "test-key",
    apiSecret: "test-secret-of-sixteen-and-more",
    configFile: "shopify.app.toml",
    extensionDir: "extensions/storefront-loyalty",
  };
  sandbox = await createSandbox({ app });
  services = testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: sandbox.url } });
  for (const shop of [DEMO_SHOP, SEOUL_SHOP]) await install(shop);
});

afterAll(async () => {
  await services?.prisma.$disconnect();
  await sandbox?.close();
});

beforeEach(() => sandbox.control.faults.clear());

async function install(shop: string): Promise<void> {
  const { actions, context, store } = sandbox.control;
  actions.installApp(shop);
  const options = { kind: "offline", expiring: false, userId: null, replaces: null } as const;
  const { token } = issueToken(context, store.shop(shop), options);
  await database.db.query(
    `insert into session (id, shop, state, "isOnline", scope, "accessToken") values ('offline_' || $1, $1, '', false, '', $2)`,
    [shop, token],
  );
  const won = { currency: "KRW", currencyExponent: 0, timeZone: "Asia/Seoul", locale: "ko" };
  await createShop(database.db, { shopId: shop, ...(shop === SEOUL_SHOP && won) });
}

/** A customer of the sandbox who is a member with points. */
async function createShopper(shopId: string, points: number): Promise<RewardScene> {
  const email = `${randomUUID()}@example.com`;
  const customer = sandbox.control.actions.createCustomer(shopId, { email, firstName: "Ann", enabled: true });
  const { newId, randomBytes } = services;
  const member = await database.db.transaction((tx) =>
    ensureMember(tx, { shopId, customerId: customer.id, now: new Date(), newId, randomBytes }),
  );
  const scene: RewardScene = {
    db: database.db,
    services,
    shopify: createFakeDiscounts(),
    shopId,
    memberId: member!.memberId,
    customerId: customer.id,
  };
  await grant(scene, points);
  return scene;
}

function redeemNow(scene: RewardScene, rewardId: string, points?: number, patienceMs = 4000) {
  const { shopId, memberId } = scene;
  const request = { shopId, memberId, rewardId, idempotencyKey: randomUUID(), now: new Date() };
  return requestRedemption(services, points === undefined ? request : { ...request, points }, { patienceMs });
}

function discountsFor({ shopId, customerId }: RewardScene) {
  return [...sandbox.control.store.shop(shopId).discounts.values()].filter(
    ({ context }) => context.type === "customers" && context.customerIds.includes(customerId),
  );
}

function quote({ shopId }: RewardScene, customerId: string, code: string) {
  const { products } = sandbox.control.store.shop(shopId);
  const variantId = [...products.values()].find(({ isGiftCard }) => !isGiftCard)!.variants[0]!.id;
  return sandbox.control.actions.quoteOrder(shopId, {
    lines: [{ variantId, quantity: 3 }],
    customerId,
    discountCodes: [code],
  });
}

async function mine(scene: RewardScene) {
  const rows = await redemptionsOf(scene);
  return rows.filter(({ memberId }) => memberId === scene.memberId);
}

describe("against the sandbox, over HTTP", () => {
  test.each([
    [DEMO_SHOP, "amount-5", undefined],
    [DEMO_SHOP, "percent-10", undefined],
    [DEMO_SHOP, "free-shipping", undefined],
    [SEOUL_SHOP, "cash", 1300],
    [SEOUL_SHOP, "coupon-5000", undefined],
  ])(
    "T43 %s: %s becomes a code that its customer can use and a stranger cannot",
    async (shopId, rewardId, points) => {
      const scene = await createShopper(shopId, 10_000);
      const stranger = await createShopper(shopId, 1);
      const result = await redeemNow(scene, rewardId, points);
      expect(result).toMatchObject({ outcome: "redeemed", redemption: { status: "ready" } });
      const [{ code }] = (await mine(scene)) as unknown as [{ code: string }];
      expect(quote(scene, scene.customerId, code).discounts).toMatchObject([{ code }]);
      expect(quote(scene, stranger.customerId, code)).toMatchObject({ discounts: [], rejected: [{ code }] });
      expect(await discrepancies(scene)).toEqual([]);
    },
  );

  const faults: FaultKind[] = ["timeout_before", "timeout_after", "http_500", "http_502", "throttled"];
  test.each(faults)("T26 %s: pending at first at the most, then one code for one hold", async (kind) => {
    const scene = await createShopper(DEMO_SHOP, 1000);
    const fault = sandbox.control.faults.add({ kind, operation: "DiscountCodeBasicCreate", ms: 400 });
    expect(await redeemNow(scene, "amount-5", undefined, 300)).toMatchObject({ outcome: "redeemed" });
    expect(fault.hits).toBe(1);
    await expect
      .poll(async () => {
        await runSagaJobs({ ...scene, services }, { now: new Date(), rounds: 1 });
        return (await mine(scene)).map(({ status }) => status);
      })
      .toEqual(["ready"]);
    expect(discountsFor(scene)).toHaveLength(1);
    expect(await standing(scene)).toEqual([500, 500, 0]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("T26 userErrors: the points are back and no code exists", async () => {
    const scene = await createShopper(DEMO_SHOP, 1000);
    sandbox.control.faults.add({ kind: "user_errors", operation: "DiscountCodeBasicCreate" });
    expect(await redeemNow(scene, "amount-5")).toMatchObject({ outcome: "failed" });
    expect(discountsFor(scene)).toEqual([]);
    expect(await standing(scene)).toEqual([1000, 0, 0]);
  });

  test("a cancelled code no longer works at the checkout, and its points are back", async () => {
    const scene = await createShopper(DEMO_SHOP, 1000);
    await redeemNow(scene, "amount-5");
    const [{ code, redemptionId }] = (await mine(scene)) as unknown as [
      { code: string; redemptionId: string },
    ];
    const args = { shopId: scene.shopId, memberId: scene.memberId, redemptionId, now: new Date() };
    expect(await cancelRedemption(services, args)).toEqual({ outcome: "cancelled", points: 500 });
    expect(quote(scene, scene.customerId, code)).toMatchObject({ discounts: [], rejected: [{ code }] });
    expect(await standing(scene)).toEqual([1000, 0, 0]);
  });

  test("a code that an order has used cannot be cancelled", async () => {
    const scene = await createShopper(DEMO_SHOP, 1000);
    await redeemNow(scene, "amount-5");
    const [{ code, redemptionId }] = (await mine(scene)) as unknown as [
      { code: string; redemptionId: string },
    ];
    const { products } = sandbox.control.store.shop(DEMO_SHOP);
    const variantId = [...products.values()][0]!.variants[0]!.id;
    const { customerId } = scene;
    sandbox.control.actions.placeOrder(DEMO_SHOP, {
      lines: [{ variantId, quantity: 3 }],
      customerId,
      discountCodes: [code],
    });
    const args = { shopId: scene.shopId, memberId: scene.memberId, redemptionId, now: new Date() };
    expect(await cancelRedemption(services, args)).toEqual({ outcome: "already_used" });
    expect(await standing(scene)).toEqual([500, 500, 0]);
  });
});
