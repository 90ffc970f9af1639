import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { endCampaign, saveCampaign } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { listCampaigns } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { recordDocument } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { OrderDocument } from "#app/loyalty/orders/order.ts";
import { createCampaignScene, doublePoints, type CampaignScene } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";

const database = useTestDatabase();

const ORDERS = ["1", "2", "3", "4", "5"] as const;
const orderId = fc.constantFrom(...ORDERS);
const step = fc.oneof(
  fc.record({ kind: fc.constant("order" as const), orderId, cents: fc.integer({ min: 1, max: 30_000 }) }),
  fc.record({ kind: fc.constant("edit" as const), orderId, cents: fc.integer({ min: 0, max: 30_000 }) }),
  fc.record({ kind: fc.constant("refund" as const), orderId, cents: fc.integer({ min: 1, max: 9_000 }) }),
  fc.record({ kind: fc.constant("cancel" as const), orderId }),
  fc.record({ kind: fc.constant("budget" as const), more: fc.integer({ min: 0, max: 800 }) }),
  fc.record({ kind: fc.constant("end" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const money = (cents: number) => (cents / 100).toFixed(2);

/** Shopify's side: what each order looks like, and the clock that its states carry. */
function play(scene: CampaignScene, campaignIds: readonly [string, string]) {
  const seen = new Map<string, { cents: number[]; cancelled: boolean }>();
  let tick = 0;
  const send = (id: string) => {
    const state = seen.get(id);
    if (!state) return undefined;
    tick += 1;
    const updatedAt = new Date(NOW.getTime() + tick * 1_000).toISOString();
    return scene.order({
      id,
      customerId: `7${Number(id) % 2}`,
      lines: state.cents.map((cents) => ({ price: money(cents) })),
      updatedAt,
      cancelledAt: state.cancelled ? updatedAt : null,
    });
  };
  const args = () => ({ shopId: scene.shopId, actor: "7", now: NOW, eventId: randomUUID() });
  return async (event: Step): Promise<unknown> => {
    const { db } = scene;
    switch (event.kind) {
      case "order":
        if (!seen.has(event.orderId)) seen.set(event.orderId, { cents: [event.cents], cancelled: false });
        return send(event.orderId);
      case "edit":
        seen.get(event.orderId)?.cents.push(event.cents);
        return send(event.orderId);
      case "refund":
        tick += 1;
        return scene.refund({
          id: String(1_000 + tick),
          orderId: event.orderId,
          amountOnly: money(event.cents),
        });
      case "cancel": {
        const state = seen.get(event.orderId);
        if (state) state.cancelled = true;
        return send(event.orderId);
      }
      case "budget": {
        const rows = await listCampaigns(db, scene.shopId);
        const row = rows.find(({ campaignId }) => campaignId === campaignIds[0]);
        if (!row || row.status === "ended") return undefined;
        const { campaignId, revision, spentPoints } = row;
        const settings = doublePoints({ budget: Math.max(1, spentPoints + event.more) });
        return db.transaction((tx) => saveCampaign(tx, { ...args(), campaignId, revision, settings }));
      }
      case "end":
        return db.transaction((tx) => endCampaign(tx, { ...args(), campaignId: campaignIds[1] }));
    }
  };
}

it("whatever happens in whatever sequence, costs are what orders hold, within the budget; all cancelled is nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (events) => {
      const scene = await createCampaignScene(database.db, { earn: (earn) => (earn.caps.perOrder = 1_500) });
      const first = await scene.campaign({ budget: 700, perMember: 600 });
      const second = await scene.campaign({ award: { kind: "bonus", points: 77, minimumMinor: 2_000 } });
      const happen = play(scene, [first, second]);
      for (const event of events) {
        await happen(event);
        expect(await scene.books()).toEqual([]);
      }
      // Settled again, nothing moves.
      for (const id of ORDERS) expect((await scene.settle(id)).posted).toBe(0);
      for (const id of ORDERS) await happen({ kind: "cancel", orderId: id });
      expect([await scene.spent(first), await scene.spent(second)]).toEqual([0, 0]);
      expect(await scene.books()).toEqual([]);
    }),
    { numRuns: 12 },
  );
});

it("a snapshot from before there were campaigns is settled as before, in the middle of one", async () => {
  const scene = await createCampaignScene(database.db);
  await scene.order({ id: "1" });
  const id = await scene.campaign();
  const [row] = await database.db.query<{ document: OrderDocument }>(
    `select document from order_state where shop_id = $1`,
    [scene.shopId],
  );
  const document = { ...row!.document, updatedAt: "2026-11-20T20:00:00Z" };
  await database.db.transaction((tx) =>
    recordDocument(tx, { shopId: scene.shopId, document, refunds: [], emailHash: null }),
  );
  const args = { shopId: scene.shopId, orderId: "1", now: NOW, newId: randomUUID, randomBytes };
  expect(await database.db.transaction((tx) => settleOrder(tx, args))).toMatchObject({ posted: 0 });
  expect(await scene.awards(id)).toEqual({});
});
