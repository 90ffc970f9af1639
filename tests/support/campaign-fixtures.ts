import { randomBytes, randomUUID } from "node:crypto";
import type { CampaignSettingsInput } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { publishCampaign, saveCampaign } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { createShop, NOW } from "./ledger-fixtures.ts";
import { orderPayload, type OrderSpec, refundPayload } from "./order-payload.ts";

/** Double points for everybody on everything, in November 2026. */
export function doublePoints(over: Partial<CampaignSettingsInput> = {}): CampaignSettingsInput {
  return {
    name: { en: "Double points weekend", ko: "더블 적립 주말" },
    starts: "2026-11-01T00:00",
    ends: "2026-12-01T00:00",
    award: { kind: "multiplier", multiplier: "2" },
    ...over,
  };
}

/** A published campaign; returns its id. */
export async function createCampaign(
  db: Database,
  shopId: string,
  over: Partial<CampaignSettingsInput> = {},
  campaignId: string = randomUUID(),
): Promise<string> {
  const args = { shopId, campaignId, actor: "7", now: NOW };
  await db.transaction(async (tx) => {
    const { revision } = await saveCampaign(tx, {
      ...args,
      settings: doublePoints(over),
      revision: null,
      eventId: randomUUID(),
    });
    await publishCampaign(tx, { ...args, revision, eventId: randomUUID() });
  });
  return campaignId;
}

/** A shop whose orders come and are settled as webhooks do it, with what campaigns make of them. */
export async function createCampaignScene(
  db: Database,
  over: {
    earn?: (earn: ProgramSettings["earn"]) => void;
    currency?: string;
    currencyExponent?: number;
    timeZone?: string;
  } = {},
) {
  const shopId = await createShop(db, over);
  if (over.earn) {
    const [live] = await db.query<{ settings: ProgramSettings }>(
      `select settings from program_version where shop_id = $1`,
      [shopId],
    );
    over.earn(live!.settings.earn);
    const settings = JSON.stringify(live!.settings);
    await db.query(`update program_version set settings = $2::jsonb where shop_id = $1`, [shopId, settings]);
  }
  const settle = (orderId: string, now = NOW) =>
    db.transaction((tx) => settleOrder(tx, { shopId, orderId, now, newId: randomUUID, randomBytes }));
  return {
    db,
    shopId,
    settle,
    campaign: (settings: Partial<CampaignSettingsInput> = {}, campaignId = randomUUID()) =>
      createCampaign(db, shopId, settings, campaignId),
    record: (spec: OrderSpec & { id: string }) =>
      db.transaction((tx) =>
        recordOrder(tx, { shopId, payload: orderPayload(spec), hashEmail: (email) => email }),
      ),
    /** Recorded and settled in one transaction, as a webhook is. */
    order: (spec: OrderSpec & { id: string }, now = NOW) =>
      db.transaction(async (tx) => {
        const payload = orderPayload(spec);
        await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
        return settleOrder(tx, { shopId, orderId: spec.id, now, newId: randomUUID, randomBytes });
      }),
    refund: (spec: Parameters<typeof refundPayload>[0] & { orderId: string }, now = NOW) =>
      db.transaction(async (tx) => {
        const payload = refundPayload(spec);
        await recordRefund(tx, { shopId, payload, exponent: over.currencyExponent ?? 2 });
        return settleOrder(tx, { shopId, orderId: spec.orderId, now, newId: randomUUID, randomBytes });
      }),
    held: async (orderId: string) => {
      const [row] = await db.query<{ points: number }>(
        `select points_held as points from order_state where shop_id = $1 and order_id = $2`,
        [shopId, orderId],
      );
      return row?.points ?? null;
    },
    /** By order, in their sequence. */
    awards: async (campaignId: string) =>
      Object.fromEntries(
        (
          await db.query<{ orderId: string; points: number }>(
            `select order_id as "orderId", points from campaign_award
              where shop_id = $1 and campaign_id = $2 order by order_id`,
            [shopId, campaignId],
          )
        ).map(({ orderId, points }) => [orderId, points]),
      ),
    spent: async (campaignId: string) =>
      (
        await db.query<{ spent: number }>(
          `select spent_points as spent from campaign where shop_id = $1 and campaign_id = $2`,
          [shopId, campaignId],
        )
      )[0]?.spent,
    books: async () => (await auditLedger(db, { shopIds: [shopId] })).discrepancies,
  };
}

export type CampaignScene = Awaited<ReturnType<typeof createCampaignScene>>;
