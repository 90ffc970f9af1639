import { describe, expect, test } from "vitest";
import { attemptFulfilment } from "#app/loyalty/rewards/fulfil-redemption.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { unavailable, type Fault } from "#tests/support/fake-discounts.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import {
  createScene,
  discrepancies,
  redeem,
  firstRedemption,
  redemptionsOf,
  runSagaJobs,
  standing,
  type RewardScene,
} from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const CREATE = "DiscountCodeBasicCreate";
const FIND = "DiscountNodeByCode";

async function expectOneCodeForOneHold(scene: RewardScene): Promise<void> {
  expect(scene.shopify.discounts).toHaveLength(1);
  expect(scene.shopify.live()).toHaveLength(1);
  expect(await redemptionsOf(scene)).toMatchObject([
    { status: "ready", failure: null, code: scene.shopify.live()[0]!.code },
  ]);
  expect(await standing(scene)).toEqual([500, 500, 0]);
  expect(await discrepancies(scene)).toEqual([]);
}

async function expectPointsBack(scene: RewardScene, failure: string): Promise<void> {
  expect(scene.shopify.live()).toEqual([]);
  expect(await redemptionsOf(scene)).toMatchObject([{ status: "failed", failure }]);
  expect(await standing(scene)).toEqual([1000, 0, 0]);
  expect(await discrepancies(scene)).toEqual([]);
}

describe("T26 Shopify does not say yes", () => {
  const unknownOutcomes: [string, Fault][] = [
    ["a time-out after the code was made", { when: "after", failure: unavailable }],
    ["a time-out before anything happened", { when: "before", failure: unavailable }],
    ["a 502 after the code was made", { when: "after", failure: { kind: "unavailable", reason: "502" } }],
    [
      "THROTTLED beyond the gateway's patience",
      { when: "instead", failure: { kind: "throttled", retryAfterMs: 2000 } },
    ],
    ["a 429", { when: "instead", failure: { kind: "throttled", retryAfterMs: 1000 } }],
    ["a revoked token", { when: "instead", failure: { kind: "unauthorized", reason: "401" } }],
    ["an internal error among the userErrors", { when: "instead", userError: "INTERNAL_ERROR" }],
    [
      "an exception in the gateway after the code was made",
      { when: "after", throws: new Error("socket hang up") },
    ],
  ];
  test.each(unknownOutcomes)(
    "%s: the answer is pending with the points held, and the job ends with one code",
    async (_, fault) => {
      const scene = await createScene(database.db);
      scene.shopify.fail(CREATE, fault);
      const result = await redeem(scene, { key: "wish" });
      expect(result).toMatchObject({
        outcome: "redeemed",
        replayed: false,
        available: 500,
        redemption: { status: "requested" },
      });
      expect(await standing(scene)).toEqual([500, 500, 0]);
      await runSagaJobs(scene);
      await expectOneCodeForOneHold(scene);
      expect(await redeem(scene, { key: "wish" })).toMatchObject({
        replayed: true,
        redemption: { status: "ready" },
      });
      expect(await runSagaJobs(scene)).toBe(0);
      await expectOneCodeForOneHold(scene);
    },
  );

  test("a long outage: every attempt keeps the points held and asks to be run again, and the last one succeeds", async () => {
    const scene = await createScene(database.db);
    for (let time = 0; time < 30; time += 1)
      scene.shopify.fail(FIND, { when: "before", failure: unavailable });
    scene.shopify.fail(CREATE, { when: "after", failure: unavailable });
    await redeem(scene);
    expect(await runSagaJobs(scene, { rounds: 30 })).toBe(30);
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "requested", failure: "unavailable" }]);
    expect(await standing(scene)).toEqual([500, 500, 0]);
    await runSagaJobs(scene);
    await expectOneCodeForOneHold(scene);
    expect(scene.shopify.calls.filter((call) => call === CREATE)).toHaveLength(1);
  });

  test("TAKEN by our own earlier attempt is that code, not a second one", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "after", failure: unavailable });
    // The look-up lags behind: it does not see the code yet, so creating is tried again and finds it taken.
    scene.shopify.fail(FIND, { when: "instead", failure: unavailable });
    await redeem(scene);
    const { redemptionId } = await firstRedemption(scene);
    const again = { shopId: scene.shopId, redemptionId, now: NOW, firstAttempt: true };
    expect(await attemptFulfilment(scene.services, again)).toMatchObject({
      outcome: "waiting",
      reason: "unavailable",
    });
    expect(await attemptFulfilment(scene.services, again)).toEqual({ outcome: "ready" });
    await expectOneCodeForOneHold(scene);
  });

  test("TAKEN by somebody else's code gives the points back and leaves that code alone", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "before", failure: unavailable });
    await redeem(scene);
    const { code } = await firstRedemption(scene);
    scene.shopify.discounts.push({
      gid: "gid://shopify/DiscountCodeNode/99",
      kind: "basic",
      code,
      title: "Summer sale",
      customerGids: [`gid://shopify/Customer/${scene.customerId}`],
      active: true,
      usageCount: 0,
      input: {},
    });
    await runSagaJobs(scene);
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "failed", failure: "code_taken" }]);
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    expect(scene.shopify.live()).toHaveLength(1);
  });

  test("a code of ours that is bound to another customer is never handed out", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "after", failure: unavailable });
    await redeem(scene);
    scene.shopify.discounts[0]!.customerGids = ["gid://shopify/Customer/1"];
    await runSagaJobs(scene);
    await expectPointsBack(scene, "code_taken");
  });

  const refusals: [string, Fault, string][] = [
    ["a userError", { when: "instead", userError: "VALUE_OUTSIDE_RANGE" }, "shopify_value_outside_range"],
    ["a userError without a code", { when: "instead", userError: null }, "shopify_refused"],
    [
      "top-level GraphQL errors",
      { when: "instead", failure: { kind: "refused", messages: ["ACCESS_DENIED"] } },
      "shopify_refused",
    ],
  ];
  test.each(refusals)(
    "%s is definite: the points are back at once, with the reason, also on replay",
    async (_, fault, failure) => {
      const scene = await createScene(database.db);
      scene.shopify.fail(CREATE, fault);
      expect(await redeem(scene, { key: "wish" })).toMatchObject({
        outcome: "failed",
        replayed: false,
        available: 1000,
      });
      await expectPointsBack(scene, failure);
      await runSagaJobs(scene);
      expect(await redeem(scene, { key: "wish" })).toMatchObject({ outcome: "failed", replayed: true });
      await expectPointsBack(scene, failure);
    },
  );

  test("a refusal after an attempt of unknown outcome does not hide the code which that attempt made", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "after", failure: unavailable });
    await redeem(scene);
    scene.shopify.fail(CREATE, { when: "instead", userError: "INVALID" });
    const { redemptionId } = await firstRedemption(scene);
    await attemptFulfilment(scene.services, {
      shopId: scene.shopId,
      redemptionId,
      now: NOW,
      firstAttempt: true,
    });
    await expectOneCodeForOneHold(scene);
  });

  test("a code that surfaces after its points were given back is switched off", async () => {
    const scene = await createScene(database.db);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    scene.shopify.fail(CREATE, { when: "before", waitFor: held });
    scene.shopify.fail(CREATE, { when: "instead", userError: "INVALID" });
    // The first request hangs inside Shopify; the job is refused meanwhile and gives the points back.
    expect(await redeem(scene, { patienceMs: 20 })).toMatchObject({ redemption: { status: "requested" } });
    await runSagaJobs(scene); // the look for strays included: there is none yet
    expect(await standing(scene)).toEqual([1000, 0, 0]);
    release();
    await expect.poll(() => scene.shopify.discounts.length).toBe(1);
    await expect.poll(() => runSagaJobs(scene)).toBeGreaterThan(0);
    await expectPointsBack(scene, "shopify_invalid");
  });

  test("a slow Shopify: the shopper gets pending in time, and the answer that comes later is kept", async () => {
    const scene = await createScene(database.db);
    let release = (): void => {};
    scene.shopify.fail(CREATE, {
      when: "before",
      waitFor: new Promise<void>((resolve) => (release = resolve)),
    });
    expect(await redeem(scene, { patienceMs: 20 })).toMatchObject({
      outcome: "redeemed",
      redemption: { status: "requested" },
    });
    release();
    await expect.poll(async () => (await redemptionsOf(scene))[0]!.status).toBe("ready");
    await runSagaJobs(scene);
    await expectOneCodeForOneHold(scene);
  });

  test("the request and its job at the same time make one code", async () => {
    for (let trial = 0; trial < 10; trial += 1) {
      const scene = await createScene(database.db);
      scene.shopify.fail(CREATE, { when: "before", failure: unavailable });
      await redeem(scene);
      const { redemptionId } = await firstRedemption(scene);
      const args = { shopId: scene.shopId, redemptionId, now: NOW };
      await Promise.all(
        [true, false, true, false].map((firstAttempt) =>
          attemptFulfilment(scene.services, { ...args, firstAttempt }),
        ),
      );
      await expectOneCodeForOneHold(scene);
    }
  });

  test("an uninstalled shop is not asked, and a reinstalled one finds its redemption finished", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "instead", failure: { kind: "unauthorized", reason: "401" } });
    await redeem(scene);
    await database.db.query(`update shop set uninstalled_at = $2 where shop_id = $1`, [scene.shopId, NOW]);
    const asked = scene.shopify.calls.length;
    await runSagaJobs(scene, { rounds: 3 });
    expect(scene.shopify.calls).toHaveLength(asked);
    await database.db.query(`update shop set uninstalled_at = null where shop_id = $1`, [scene.shopId]);
    await runSagaJobs(scene);
    await expectOneCodeForOneHold(scene);
  });
});
