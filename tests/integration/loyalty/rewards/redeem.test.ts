import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { requestRedemption } from "#app/loyalty/rewards/request-redemption.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createMember, createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  changeProgram,
  createScene,
  discrepancies,
  grant,
  redeem,
  redemptionsOf,
  runSagaJobs,
  standing,
} from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();

test("redeeming holds the points and answers with a code that only this customer can use, once", async () => {
  const scene = await createScene(database.db);
  const result = await redeem(scene);
  expect(result).toMatchObject({
    outcome: "redeemed",
    replayed: false,
    available: 500,
    redemption: { status: "ready", points: 500 },
  });
  expect(await standing(scene)).toEqual([500, 500, 0]);
  const [discount] = scene.shopify.live();
  expect(discount?.input).toMatchObject({
    usageLimit: 1,
    appliesOncePerCustomer: true,
    context: { customers: { add: [`gid://shopify/Customer/${scene.customerId}`] } },
    customerGets: { value: { discountAmount: { amount: "5.00" } } },
    endsAt: "2026-12-21T04:59:59.000Z", // the end of 20 December in New York, 30 days after the 20th there
  });
  expect(scene.shopify.calls).toEqual(["DiscountCodeBasicCreate"]);
  expect(await runSagaJobs(scene)).toBe(1); // the job that stood by finds it done
  expect(scene.shopify.discounts).toHaveLength(1);
  expect(await discrepancies(scene)).toEqual([]);
});

test("T24 the same key gives the same redemption and code, whatever became of the program meanwhile", async () => {
  const scene = await createScene(database.db);
  const first = await redeem(scene, { key: "wish-1" });
  await changeProgram(
    database.db,
    scene.shopId,
    ({ rewards }) => void Object.assign(rewards[0]!, { enabled: false }),
  );
  const again = await redeem(scene, { key: "wish-1" });
  expect(again).toMatchObject({ outcome: "redeemed", replayed: true });
  expect(again).toHaveProperty(
    "redemption.code",
    (first as { redemption: { code: string } }).redemption.code,
  );
  expect(await standing(scene)).toEqual([500, 500, 0]);
  expect(scene.shopify.discounts).toHaveLength(1);
});

test("T24 the same key for another reward, or another amount, is refused and changes nothing", async () => {
  const scene = await createScene(database.db, { points: 10_000, currency: "KRW" });
  await redeem(scene, { key: "wish-1", rewardId: "cash", points: 1000 });
  expect(await redeem(scene, { key: "wish-1", rewardId: "free-shipping" })).toEqual({
    outcome: "idempotency_key_reused",
  });
  expect(await redeem(scene, { key: "wish-1", rewardId: "cash", points: 1100 })).toEqual({
    outcome: "idempotency_key_reused",
  });
  expect(await standing(scene)).toEqual([9000, 1000, 0]);
});

test("T24 sixteen requests with the same key at once are one redemption", async () => {
  const scene = await createScene(database.db);
  const results = await Promise.all(Array.from({ length: 16 }, () => redeem(scene, { key: "wish-1" })));
  expect(results.filter((result) => result.outcome === "redeemed" && !result.replayed)).toHaveLength(1);
  expect(results.filter((result) => result.outcome === "redeemed" && result.replayed)).toHaveLength(15);
  expect(scene.shopify.discounts).toHaveLength(1);
  expect(await standing(scene)).toEqual([500, 500, 0]);
});

test("the same key of another member is a redemption of its own", async () => {
  const scene = await createScene(database.db);
  const other = { ...scene, memberId: await createMember(database.db, scene.shopId, "42") };
  await redeem(scene, { key: "wish-1" });
  expect(await redeem(other, { key: "wish-1" })).toEqual({
    outcome: "insufficient_points",
    available: 0,
    needed: 500,
  });
});

test("points-as-cash gives its money's worth: 1,300 points are 1,300 won", async () => {
  const scene = await createScene(database.db, { points: 2000, currency: "KRW" });
  expect(await redeem(scene, { rewardId: "cash", points: 1300 })).toMatchObject({
    outcome: "redeemed",
    available: 700,
  });
  expect(scene.shopify.discounts[0]?.input).toMatchObject({
    customerGets: { value: { discountAmount: { amount: "1300" } } },
  });
});

test("amounts that points-as-cash does not offer are refused by reason, and nothing is held", async () => {
  const scene = await createScene(database.db, { points: 5000, currency: "KRW" });
  const reasons: [number | undefined, string][] = [
    [undefined, "points_required"],
    [900, "below_minimum"],
    [1050, "not_in_steps"],
    [Number.MAX_SAFE_INTEGER, "above_maximum"],
  ];
  for (const [points, reason] of reasons) {
    const over = points === undefined ? {} : { points };
    expect(await redeem(scene, { rewardId: "cash", ...over })).toMatchObject({
      outcome: "invalid_points",
      reason,
    });
  }
  expect(await redeem(scene, { rewardId: "cash", points: 5100 })).toEqual({
    outcome: "insufficient_points",
    available: 5000,
    needed: 5100,
  });
  expect(await redemptionsOf(scene)).toEqual([]);
  expect(await standing(scene)).toEqual([5000, 0, 0]);
});

test("a free-shipping reward becomes a shipping discount that combines with no other one", async () => {
  const scene = await createScene(database.db);
  await redeem(scene, { rewardId: "free-shipping" });
  expect(scene.shopify.calls).toEqual(["DiscountCodeFreeShippingCreate"]);
  expect(scene.shopify.discounts[0]?.input).toMatchObject({
    combinesWith: { shippingDiscounts: false },
    destination: { all: true },
  });
});

test("unknown, switched-off and unaffordable rewards, blocked and owing members are refused by name", async () => {
  const scene = await createScene(database.db, {
    settings: ({ rewards }) => void Object.assign(rewards[1]!, { enabled: false }),
    points: 400,
  });
  expect(await redeem(scene, { rewardId: "nothing" })).toEqual({ outcome: "unknown_reward" });
  expect(await redeem(scene, { rewardId: "percent-10" })).toEqual({ outcome: "reward_unavailable" });
  expect(await redeem(scene)).toEqual({ outcome: "insufficient_points", available: 400, needed: 500 });
  expect(await redeem(scene, { points: 499 })).toMatchObject({
    outcome: "invalid_points",
    reason: "not_the_cost",
  });
  await database.db.query(`update member set state = 'blocked' where shop_id = $1`, [scene.shopId]);
  expect(await redeem(scene)).toEqual({ outcome: "blocked" });
  expect(await redemptionsOf(scene)).toEqual([]);
});

test("a member of another shop does not exist here", async () => {
  const scene = await createScene(database.db);
  const shopId = await createShop(database.db);
  const request = {
    shopId,
    memberId: scene.memberId,
    rewardId: "amount-5",
    idempotencyKey: randomUUID(),
    now: NOW,
  };
  expect(await requestRedemption(scene.services, request)).toEqual({ outcome: "unknown_member" });
  expect(await standing(scene)).toEqual([1000, 0, 0]);
});

test("a refused wish leaves its key free for when the points are there", async () => {
  const scene = await createScene(database.db, { points: 400 });
  await redeem(scene, { key: "wish-1" });
  await grant(scene, 100);
  expect(await redeem(scene, { key: "wish-1" })).toMatchObject({ outcome: "redeemed", replayed: false });
});
