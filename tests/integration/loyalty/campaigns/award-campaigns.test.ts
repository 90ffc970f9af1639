import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, test } from "vitest";
import { endCampaign, saveCampaign } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { readCampaign } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { settleOrder, settleOrders } from "#app/loyalty/orders/settle-order.server.ts";
import { createCampaignScene, doublePoints, type CampaignScene } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { recordStatements } from "#tests/support/record-statements.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
let scene: CampaignScene;

beforeEach(async () => {
  scene = await createCampaignScene(database.db);
});

const day = (date: string) => `${date}T12:00:00-05:00`;
const HUNDRED = [{ price: "100.00" }];

describe("an order in a campaign", () => {
  it("holds the base and the extra, says so in its entry, and a message that comes twice changes nothing", async () => {
    const id = await scene.campaign();
    expect(await scene.order({ id: "1", lines: HUNDRED })).toEqual({ outcome: "settled", posted: 1_000 });
    expect(await scene.order({ id: "1", lines: HUNDRED })).toEqual({ outcome: "unchanged", posted: 0 });
    expect(await scene.awards(id)).toEqual({ "1": 500 });
    const [entry] = await database.db.query<{ detail: Record<string, unknown> }>(
      `select detail from points_transfer where shop_id = $1`,
      [scene.shopId],
    );
    expect(entry?.detail["campaigns"]).toEqual([
      { id, name: { en: "Double points weekend", ko: "더블 적립 주말" }, points: 500 },
    ]);
    expect(await readCampaign(database.db, scene.shopId, id)).toMatchObject({
      spentPoints: 500,
      orders: 1,
      members: 1,
    });
    expect(await scene.books()).toEqual([]);
  });

  it("is in it from its first moment and until the one that ends it, by when it was placed", async () => {
    const id = await scene.campaign({ starts: "2026-11-10T00:00", ends: "2026-11-11T00:00" });
    const placed = async (orderId: string, processedAt: string) => scene.order({ id: orderId, processedAt });
    await placed("1", "2026-11-09T23:59:59-05:00");
    await placed("2", "2026-11-10T00:00:00-05:00");
    await placed("3", "2026-11-10T23:59:59-05:00");
    await placed("4", "2026-11-11T00:00:00-05:00");
    expect(await scene.awards(id)).toEqual({ "2": 500, "3": 500 });
  });

  it("placed before it was ended by hand still takes part, heard of later; placed after it does not", async () => {
    const id = await scene.campaign();
    const end = new Date("2026-11-15T00:00:00Z");
    const args = { shopId: scene.shopId, campaignId: id, actor: "7", eventId: randomUUID() };
    await database.db.transaction((tx) => endCampaign(tx, { ...args, now: end }));
    await scene.order({ id: "1", processedAt: day("2026-11-14") });
    await scene.order({ id: "2", processedAt: day("2026-11-16") });
    expect(await scene.awards(id)).toEqual({ "1": 500 });
  });

  it("keeps what it was awarded by: a campaign changed later is not theirs", async () => {
    const id = await scene.campaign();
    await scene.order({ id: "1" });
    await database.db.transaction((tx) =>
      saveCampaign(tx, {
        shopId: scene.shopId,
        campaignId: id,
        actor: "7",
        now: NOW,
        eventId: randomUUID(),
        revision: 1,
        settings: doublePoints({ award: { kind: "multiplier", multiplier: "3" } }),
      }),
    );
    expect(await scene.settle("1")).toMatchObject({ posted: 0 });
    await scene.order({ id: "2" });
    expect(await scene.awards(id)).toEqual({ "1": 500, "2": 1_000 });
    expect(await scene.books()).toEqual([]);
  });

  it("in no campaign is as it was: no field in its snapshot, no statement more", async () => {
    const settled = async (spec: { id: string; customerId: string }) => {
      await scene.record(spec);
      const { db, statements } = recordStatements(database.db);
      const args = { shopId: scene.shopId, orderId: spec.id, now: NOW, newId: randomUUID, randomBytes };
      await db.transaction((tx) => settleOrder(tx, args));
      return statements.length;
    };
    await scene.order({ id: "9", customerId: "79" });
    const without = await settled({ id: "1", customerId: "71" });
    await scene.campaign({ starts: "2026-12-01T00:00", ends: null });
    expect(await settled({ id: "2", customerId: "72" })).toBe(without);
    const id = await scene.campaign({ budget: 500, segment: { kind: "first_order" } });
    // One to look and lock, one to charge.
    expect(await settled({ id: "3", customerId: "73" })).toBe(without + 2);
    expect(await scene.awards(id)).toEqual({ "3": 500 });
    const [row] = await database.db.query<{ keys: string[] }>(
      `select array(select jsonb_object_keys(snapshot)) as keys from order_state
        where shop_id = $1 and order_id = '2'`,
      [scene.shopId],
    );
    expect(row?.keys).not.toContain("campaigns");
    expect(row?.keys).not.toContain("stacking");
  });

  it("pays only where it is paid, and nothing from a source that is off", async () => {
    const id = await scene.campaign();
    await scene.order({ id: "1", financialStatus: "pending" });
    expect(await scene.awards(id)).toEqual({});
    await scene.order({ id: "1", updatedAt: day("2026-11-20") });
    expect(await scene.awards(id)).toEqual({ "1": 500 });
    await changeProgram(database.db, scene.shopId, ({ earn }) => (earn.sources.pos = false));
    const till = { id: "2", sourceName: "pos" };
    for (let time = 0; time < 2; time += 1) await scene.order(till);
    expect(await scene.held("2")).toBe(0);
    expect(await scene.awards(id)).toEqual({ "1": 500 });
    expect(await scene.spent(id)).toBe(500);
  });
});

describe("for whom", () => {
  it("tiers are those of the moment of the first award", async () => {
    const id = await scene.campaign({ tierIds: ["silver"] });
    await scene.order({ id: "1", lines: [{ price: "300.00" }], processedAt: day("2026-11-10") });
    await scene.order({ id: "2", processedAt: day("2026-11-11") });
    // 100.00 × 5 × 1.25 = 625.
    expect(await scene.awards(id)).toEqual({ "2": 625 });
  });

  it("a first order is one, also where the second one was heard of before", async () => {
    const id = await scene.campaign({ segment: { kind: "first_order" } });
    await scene.order({ id: "2", processedAt: day("2026-11-12") });
    await scene.order({ id: "1", processedAt: day("2026-11-11") });
    await scene.order({ id: "3", processedAt: day("2026-11-13") });
    expect(await scene.awards(id)).toEqual({ "2": 500 });
  });

  it("an order that was cancelled, unpaid or wholly refunded was not the first", async () => {
    const id = await scene.campaign({ segment: { kind: "first_order" } });
    await scene.order({ id: "1", processedAt: day("2026-11-10"), financialStatus: "pending" });
    await scene.order({ id: "2", processedAt: day("2026-11-11") });
    await scene.refund({ orderId: "2", lines: [{ subtotal: "100.00" }] });
    await scene.order({ id: "3", processedAt: day("2026-11-12") });
    expect(await scene.awards(id)).toEqual({ "2": 0, "3": 500 });
    expect(await scene.spent(id)).toBe(500);
  });

  it("who came back, and who was away long enough, by the days of the shop's calendar", async () => {
    const returning = await scene.campaign({ segment: { kind: "returning" } });
    const lapsed = await scene.campaign({ segment: { kind: "lapsed", days: 30 } });
    await scene.order({ id: "1", processedAt: "2026-10-12T23:30:00-04:00" });
    await scene.order({ id: "2", processedAt: "2026-11-11T00:30:00-05:00" });
    await scene.order({ id: "3", processedAt: day("2026-11-12") });
    expect(Object.keys(await scene.awards(returning))).toEqual(["2", "3"]);
    expect(Object.keys(await scene.awards(lapsed))).toEqual(["2"]);
  });

  it("who joined lately, and whose birthday is this month", async () => {
    const joined = await scene.campaign({ segment: { kind: "joined_within", days: 7 } });
    const birthday = await scene.campaign({ segment: { kind: "birthday_month" } });
    await scene.order({ id: "1", processedAt: day("2026-11-05") });
    await database.db.query(`update member set birthday_month = 11 where shop_id = $1`, [scene.shopId]);
    await scene.order({ id: "2", processedAt: day("2026-11-12") });
    await scene.order({ id: "3", processedAt: day("2026-11-13") });
    expect(Object.keys(await scene.awards(joined))).toEqual(["1", "2"]);
    expect(Object.keys(await scene.awards(birthday))).toEqual(["2", "3"]);
  });
});

describe("limits", () => {
  it("a budget is given out to the point, and a refund returns to it", async () => {
    const id = await scene.campaign({ budget: 700 });
    await scene.order({ id: "1", customerId: "71" });
    await scene.order({ id: "2", customerId: "72" });
    await scene.order({ id: "3", customerId: "73" });
    expect(await scene.awards(id)).toEqual({ "1": 500, "2": 200 });
    expect(await scene.held("3")).toBe(500);
    await scene.refund({ orderId: "1", lines: [{ subtotal: "100.00" }] });
    expect(await scene.spent(id)).toBe(200);
    await scene.order({ id: "4", customerId: "74" });
    // What an order did not get then, it does not get later.
    await scene.settle("2");
    await scene.settle("3");
    expect(await scene.awards(id)).toEqual({ "1": 0, "2": 200, "4": 500 });
    expect(await scene.spent(id)).toBe(700);
    expect(await scene.books()).toEqual([]);
  });

  it("a cap per member counts all their orders", async () => {
    const id = await scene.campaign({ perMember: 800 });
    for (const orderId of ["1", "2", "3"]) await scene.order({ id: orderId, customerId: "71" });
    await scene.order({ id: "4", customerId: "72" });
    expect(await scene.awards(id)).toEqual({ "1": 500, "2": 300, "4": 500 });
    expect(await scene.books()).toEqual([]);
  });

  it("an edit that adds goods grows within the room of today, and stays so", async () => {
    const id = await scene.campaign({ budget: 900 });
    await scene.order({ id: "1", customerId: "71" });
    await scene.order({ id: "2", customerId: "72", lines: [{ price: "40.00" }] });
    const more = { lines: [{ price: "100.00" }, { price: "100.00" }], updatedAt: day("2026-11-20") };
    await scene.order({ id: "1", customerId: "71", ...more });
    // 900 less 200 of the other leaves 700 of the 1,000 that it would be.
    expect(await scene.awards(id)).toEqual({ "1": 700, "2": 200 });
    expect(await scene.held("1")).toBe(1_700);
    await scene.refund({ orderId: "2", lines: [{ subtotal: "40.00" }] });
    expect(await scene.order({ id: "1", customerId: "71", ...more })).toMatchObject({ posted: 0 });
    expect(await scene.books()).toEqual([]);
  });

  it("the program's own cap cuts campaigns first", async () => {
    scene = await createCampaignScene(database.db, { earn: (earn) => (earn.caps.perOrder = 650) });
    const id = await scene.campaign();
    await scene.order({ id: "1" });
    expect(await scene.held("1")).toBe(650);
    expect(await scene.awards(id)).toEqual({ "1": 150 });
    expect(await scene.books()).toEqual([]);
  });
});

describe("after the award", () => {
  it("thirds refunded, then all, end at nothing, and give the budget back bit by bit", async () => {
    const id = await scene.campaign({ budget: 500 });
    const lines = [{ price: "33.33", quantity: 3 }];
    await scene.order({ id: "1", lines });
    // 99.99 × 5 = 499.95 and twice that 999.9: 499 and 500.
    expect([await scene.held("1"), await scene.spent(id)]).toEqual([999, 500]);
    const seen: unknown[] = [];
    for (const refundId of ["1", "2", "3"]) {
      await scene.refund({ id: refundId, orderId: "1", lines: [{ subtotal: "33.33" }] });
      await scene.refund({ id: refundId, orderId: "1", lines: [{ subtotal: "33.33" }] });
      seen.push([await scene.held("1"), await scene.spent(id)]);
    }
    expect(seen).toEqual([
      [666, 334],
      [333, 167],
      [0, 0],
    ]);
    expect(await scene.books()).toEqual([]);
  });

  it("a cancellation gives everything back", async () => {
    const id = await scene.campaign();
    await scene.order({ id: "1" });
    await scene.order({ id: "1", cancelledAt: day("2026-11-20"), updatedAt: day("2026-11-20") });
    expect([await scene.held("1"), await scene.spent(id)]).toEqual([0, 0]);
    expect(await scene.books()).toEqual([]);
  });
});

test("a set of orders ends where one after another does, oldest first", async () => {
  const id = await scene.campaign({ budget: 1_200, perMember: 600 });
  const first = await scene.campaign({
    segment: { kind: "first_order" },
    award: { kind: "bonus", points: 50, minimumMinor: 0 },
  });
  const specs = [
    { id: "1", customerId: "71", processedAt: day("2026-11-14") },
    { id: "2", customerId: "71", processedAt: day("2026-11-11") },
    { id: "3", customerId: "72", processedAt: day("2026-11-12") },
    { id: "4", customerId: "72", processedAt: day("2026-11-13") },
  ];
  for (const spec of specs) await scene.record(spec);
  const settle = () =>
    database.db.transaction((tx) =>
      settleOrders(tx, {
        shopId: scene.shopId,
        orderIds: specs.map((spec) => spec.id),
        now: NOW,
        newId: randomUUID,
        randomBytes,
      }),
    );
  await settle();
  expect(await scene.awards(id)).toEqual({ "1": 100, "2": 500, "3": 500, "4": 100 });
  expect(await scene.awards(first)).toEqual({ "2": 50, "3": 50 });
  expect([...(await settle()).values()].map(({ posted }) => posted)).toEqual([0, 0, 0, 0]);
  expect(await scene.books()).toEqual([]);
});
