import { describe, expect, test } from "vitest";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import { lapseRedemptions } from "#app/loyalty/rewards/lapse-redemptions.server.ts";
import { useCodesOnOrder } from "#app/loyalty/rewards/use-codes.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { unavailable } from "#tests/support/fake-discounts.ts";
import { createMember, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  changeProgram,
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
const OFF = "DiscountCodeDeactivate";
const LONG_AFTER = new Date("2027-01-05T00:00:00Z");

async function withCode(over: Parameters<typeof createScene>[1] = {}) {
  const scene = await createScene(database.db, over);
  await redeem(scene);
  const [row] = await redemptionsOf(scene);
  const { redemptionId, code } = row!;
  const cancel = (by: { actor?: string; memberId?: string } = {}) =>
    cancelRedemption(scene.services, {
      shopId: scene.shopId,
      memberId: scene.memberId,
      redemptionId,
      now: NOW,
      ...by,
    });
  return { scene, redemptionId, code, cancel };
}

function lapse(scene: RewardScene, now: Date) {
  return database.db.transaction((tx) => lapseRedemptions(tx, { shopId: scene.shopId, now }));
}

function pay(scene: RewardScene, codes: string[], orderId = "6001") {
  const { shopId, memberId } = scene;
  return database.db.transaction((tx) =>
    useCodesOnOrder(tx, { shopId, orderId, codes, memberId, now: NOW, occurredAt: NOW }),
  );
}

async function expectClosed(scene: RewardScene, status: "cancelled" | "expired"): Promise<void> {
  expect(scene.shopify.live()).toEqual([]);
  expect(await redemptionsOf(scene)).toMatchObject([{ status, closing: null }]);
  expect(await standing(scene)).toEqual([1000, 0, 0]);
  expect(await discrepancies(scene)).toEqual([]);
}

describe("cancelling an unused code", () => {
  test("switches it off first, and only then gives the points back; twice is the same as once", async () => {
    const { scene, cancel } = await withCode();
    expect(await cancel()).toEqual({ outcome: "cancelled", points: 500 });
    await expectClosed(scene, "cancelled");
    expect(await cancel()).toEqual({ outcome: "cancelled", points: 500 });
    await runSagaJobs(scene);
    await expectClosed(scene, "cancelled");
  });

  test("returns the points into the lot they came from, with its old end", async () => {
    const expiresAt = new Date("2026-12-31T15:00:00Z");
    const { scene, cancel } = await withCode({ expiresAt });
    await cancel();
    const lots = await database.db.query(
      `select remaining, expires_at as "expiresAt" from points_lot where shop_id = $1`,
      [scene.shopId],
    );
    expect(lots).toEqual([{ remaining: 1000, expiresAt }]);
  });

  test.each([
    ["the switching off is lost before its effect", OFF, "before"],
    ["the switching off is lost after its effect", OFF, "after"],
    ["the look-up is lost", FIND, "before"],
  ] as const)("when %s, the points stay held until Shopify has confirmed", async (_, operation, when) => {
    const { scene, cancel } = await withCode();
    scene.shopify.fail(operation, { when, failure: unavailable });
    expect(await cancel()).toEqual({ outcome: "closing", points: 500 });
    expect(await standing(scene)).toEqual([500, 500, 0]);
    await runSagaJobs(scene);
    await expectClosed(scene, "cancelled");
  });

  test("a code that Shopify refuses to switch off keeps its points held", async () => {
    const { scene, cancel } = await withCode();
    scene.shopify.fail(OFF, { when: "instead", userError: "INVALID" });
    expect(await cancel()).toMatchObject({ outcome: "closing" });
    expect(await standing(scene)).toEqual([500, 500, 0]);
    expect(scene.shopify.live()).toHaveLength(1);
  });

  test("a code that was used while it was being cancelled keeps its points for that order", async () => {
    const { scene, code, cancel } = await withCode();
    scene.shopify.use(code); // checked out; the order's webhook is still on its way
    expect(await cancel()).toEqual({ outcome: "already_used" });
    expect(await standing(scene)).toEqual([500, 500, 0]);
    expect(await pay(scene, [code])).toEqual({ used: [code] });
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await cancel()).toEqual({ outcome: "already_used" });
    await runSagaJobs(scene);
    expect(await standing(scene)).toEqual([500, 0, 500]);
    expect(await discrepancies(scene)).toEqual([]);
  });

  test("a redemption that Shopify never answered can be cancelled, and no code appears afterwards", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "after", failure: unavailable });
    await redeem(scene);
    const { redemptionId } = await firstRedemption(scene);
    const args = { shopId: scene.shopId, memberId: scene.memberId, redemptionId, now: NOW };
    expect(await cancelRedemption(scene.services, args)).toEqual({ outcome: "cancelled", points: 500 });
    await runSagaJobs(scene);
    await expectClosed(scene, "cancelled");
  });

  test("a code that is used between the look-up and the switching off keeps its points for that order", async () => {
    const { scene, code, cancel } = await withCode();
    let checkedOut = (): void => {};
    const checkout = new Promise<void>((resolve) => (checkedOut = resolve));
    scene.shopify.fail(OFF, { when: "before", waitFor: checkout });
    const cancelling = cancel();
    await expect.poll(() => scene.shopify.calls).toContain(OFF);
    scene.shopify.use(code);
    checkedOut();
    expect(await cancelling).toEqual({ outcome: "already_used" });
    expect(await standing(scene)).toEqual([500, 500, 0]);
  });

  test("a code that surfaces after a redemption without an answer was cancelled is found and switched off", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "before", failure: unavailable });
    await redeem(scene);
    const { redemptionId, code } = await firstRedemption(scene);
    const args = { shopId: scene.shopId, memberId: scene.memberId, redemptionId, now: NOW };
    await cancelRedemption(scene.services, args);
    const [row] = await database.db.query<{ terms: { codeTitle: string } }>(
      `select terms from redemption where shop_id = $1`,
      [scene.shopId],
    );
    const jobs = await database.db.query<{ runAt: Date }>(
      `select run_at as "runAt" from graphile_worker._private_jobs where key like $1 order by run_at`,
      [`close-redemption:${scene.shopId}:%`],
    );
    expect(jobs.at(-1)?.runAt).toEqual(new Date(NOW.getTime() + 10 * 60_000));
    // The request that timed out takes effect only now.
    scene.shopify.discounts.push({
      gid: "gid://shopify/DiscountCodeNode/9",
      kind: "basic",
      code,
      title: row!.terms.codeTitle,
      customerGids: [`gid://shopify/Customer/${scene.customerId}`],
      active: true,
      usageCount: 0,
      input: {},
    });
    await runSagaJobs(scene);
    await expectClosed(scene, "cancelled");
  });

  test("another member's code does not exist for the one who asks", async () => {
    const { scene, cancel } = await withCode();
    const other = await createMember(database.db, scene.shopId);
    expect(await cancel({ memberId: other })).toEqual({ outcome: "unknown_redemption" });
    expect(scene.shopify.live()).toHaveLength(1);
  });

  test("a program that does not allow it refuses the shopper and obeys the merchant, whose name is kept", async () => {
    const { scene, cancel } = await withCode();
    await changeProgram(database.db, scene.shopId, (settings) => void (settings.cancelAllowed = false));
    expect(await cancel()).toEqual({ outcome: "not_allowed" });
    expect(await cancel({ actor: "548380009" })).toEqual({ outcome: "cancelled", points: 500 });
    const audit = await database.db.query(`select actor, action from audit_event where shop_id = $1`, [
      scene.shopId,
    ]);
    expect(audit).toEqual([{ actor: "548380009", action: "redemption.cancel" }]);
    await expectClosed(scene, "cancelled");
  });
});

describe("a code that is not used in time", () => {
  test("gives its points back after its last day, once, however often the sweep runs", async () => {
    const { scene } = await withCode();
    expect(await lapse(scene, new Date("2026-12-21T04:59:58Z"))).toEqual({ lapsing: 0, resumed: 0 });
    expect(await lapse(scene, LONG_AFTER)).toEqual({ lapsing: 1, resumed: 0 });
    expect(await lapse(scene, LONG_AFTER)).toEqual({ lapsing: 0, resumed: 1 });
    await runSagaJobs(scene, { now: LONG_AFTER });
    await expectClosed(scene, "expired");
    expect(await lapse(scene, LONG_AFTER)).toEqual({ lapsing: 0, resumed: 0 });
    expect(await runSagaJobs(scene)).toBe(0);
  });

  test("keeps them for an order that used it on the last day and is heard of late", async () => {
    const { scene, code } = await withCode();
    scene.shopify.use(code);
    await lapse(scene, LONG_AFTER);
    await runSagaJobs(scene, { now: LONG_AFTER });
    expect(await standing(scene)).toEqual([500, 500, 0]);
    await pay(scene, [code]);
    expect(await standing(scene)).toEqual([500, 0, 500]);
  });

  test("a redemption that waited for Shopify all its life lapses without a code", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "before", failure: unavailable });
    await redeem(scene);
    await runSagaJobs(scene, { now: LONG_AFTER });
    await expectClosed(scene, "expired");
    expect(scene.shopify.discounts).toEqual([]);
  });

  test("the sweep gives a saga that lost its job another one", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail(CREATE, { when: "before", failure: unavailable });
    await redeem(scene);
    await database.db.query(`delete from graphile_worker._private_jobs`);
    expect(await lapse(scene, NOW)).toEqual({ lapsing: 0, resumed: 1 });
    await runSagaJobs(scene);
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "ready" }]);
  });

  test("all of them are swept in one statement", async () => {
    const { scene } = await withCode();
    await redeem(scene);
    let statements = 0;
    const swept = await database.db.transaction((tx) => {
      const query: typeof tx.query = (text, values) => {
        statements += 1;
        return tx.query(text, values);
      };
      return lapseRedemptions({ ...tx, query }, { shopId: scene.shopId, now: LONG_AFTER });
    });
    expect([swept, statements]).toEqual([{ lapsing: 2, resumed: 0 }, 1]);
    await runSagaJobs(scene, { now: LONG_AFTER });
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "expired" }, { status: "expired" }]);
    expect(await standing(scene)).toEqual([1000, 0, 0]);
  });

  test("the codes of other shops are left alone", async () => {
    const { scene } = await withCode();
    const other = await withCode();
    await lapse(other.scene, LONG_AFTER);
    expect(await redemptionsOf(scene)).toMatchObject([{ status: "ready", closing: null }]);
  });
});
