import { describe, expect, test } from "vitest";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import { fulfilRedemption } from "#app/loyalty/rewards/fulfil-redemption.server.ts";
import type { Database, Queryable, Tx } from "#app/platform/db/database.server.ts";
import type { Services } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
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

class Killed extends Error {}

/** Services of a process that dies at its nth step: before or after a query, a commit, or a call to Shopify. */
function mortal(scene: RewardScene, diesAt: number): { services: Services; died: () => boolean } {
  let step = 0;
  const tick = (): void => {
    step += 1;
    if (step >= diesAt) throw new Killed();
  };
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    tick();
    const result = await work();
    tick();
    return result;
  };
  const mortalQuery =
    (q: Queryable): Queryable["query"] =>
    (text, values) =>
      around(() => q.query(text, values));
  const db: Database = {
    ...scene.db,
    query: mortalQuery(scene.db),
    transaction: <T>(work: (tx: Tx) => Promise<T>) =>
      around(() => scene.db.transaction((tx) => work({ kind: "tx", query: mortalQuery(tx) }))),
  };
  const shopify: Services["shopify"] = {
    request: (...args) => around(() => scene.shopify.request(...args)),
  };
  return { services: { ...scene.services, db, shopify }, died: () => step >= diesAt };
}

/** Runs the flow in processes that die one step later each time, until one survives; returns how many died. */
async function killAtEveryStep(flow: (diesAt: number) => Promise<boolean>): Promise<number> {
  for (let diesAt = 1; diesAt < 200; diesAt += 1) if (!(await flow(diesAt))) return diesAt - 1;
  throw new Error("The flow never came to its end.");
}

describe("T25 a process killed between any two steps", () => {
  test("of a redemption leaves, after a restart and the shopper's retry, one live code for one hold", async () => {
    const deaths = await killAtEveryStep(async (diesAt) => {
      const scene = await createScene(database.db);
      const { services, died } = mortal(scene, diesAt);
      await redeem(scene, { key: "wish", services }).catch(() => undefined);
      await runSagaJobs(scene);
      const retry = await redeem(scene, { key: "wish" });
      await runSagaJobs(scene);
      expect(retry, `died at step ${diesAt}`).toMatchObject({
        outcome: "redeemed",
        redemption: { status: "ready" },
      });
      expect(scene.shopify.live()).toHaveLength(1);
      expect(await redemptionsOf(scene)).toMatchObject([
        { status: "ready", code: scene.shopify.live()[0]!.code },
      ]);
      expect(await standing(scene)).toEqual([500, 500, 0]);
      expect(await discrepancies(scene)).toEqual([]);
      return died();
    });
    expect(deaths).toBeGreaterThan(20);
  });

  test("of the job leaves one live code for one hold", async () => {
    await killAtEveryStep(async (diesAt) => {
      const scene = await createScene(database.db);
      scene.shopify.fail("DiscountCodeBasicCreate", {
        when: "before",
        failure: { kind: "unavailable", reason: "down" },
      });
      await redeem(scene);
      const { redemptionId } = await firstRedemption(scene);
      const { services, died } = mortal(scene, diesAt);
      await fulfilRedemption(services, { shopId: scene.shopId, redemptionId }, { now: NOW }).catch(
        () => undefined,
      );
      await runSagaJobs(scene);
      expect(scene.shopify.live()).toHaveLength(1);
      expect(await redemptionsOf(scene)).toMatchObject([{ status: "ready" }]);
      expect(await standing(scene)).toEqual([500, 500, 0]);
      return died();
    });
  });

  test("of a refused redemption gives the points back once and leaves no code", async () => {
    await killAtEveryStep(async (diesAt) => {
      const scene = await createScene(database.db);
      for (let time = 0; time < 5; time += 1)
        scene.shopify.fail("DiscountCodeBasicCreate", { when: "instead", userError: "INVALID" });
      const { services, died } = mortal(scene, diesAt);
      await redeem(scene, { key: "wish", services }).catch(() => undefined);
      await runSagaJobs(scene);
      const rows = await redemptionsOf(scene);
      expect(rows.map(({ status }) => status)).toEqual(rows.length === 0 ? [] : ["failed"]);
      expect(scene.shopify.live()).toEqual([]);
      expect(await standing(scene)).toEqual([1000, 0, 0]);
      expect(await discrepancies(scene)).toEqual([]);
      return died();
    });
  });

  test("of a cancellation leaves either the code and its hold, or neither", async () => {
    await killAtEveryStep(async (diesAt) => {
      const scene = await createScene(database.db);
      await redeem(scene);
      const { redemptionId } = await firstRedemption(scene);
      const { services, died } = mortal(scene, diesAt);
      const args = { shopId: scene.shopId, memberId: scene.memberId, redemptionId, now: NOW };
      await cancelRedemption(services, args).catch(() => undefined);
      const [between] = await redemptionsOf(scene);
      // Never both, at any moment: points that are back have no live code beside them.
      if (between!.status === "cancelled") expect(scene.shopify.live()).toEqual([]);
      else expect(await standing(scene)).toEqual([500, 500, 0]);
      await runSagaJobs(scene);
      expect(await cancelRedemption(scene.services, args)).toEqual({ outcome: "cancelled", points: 500 });
      expect(scene.shopify.live()).toEqual([]);
      expect(await standing(scene)).toEqual([1000, 0, 0]);
      expect(await discrepancies(scene)).toEqual([]);
      return died();
    });
  });
});
