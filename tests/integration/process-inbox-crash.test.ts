import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import type { Database, Tx } from "#app/platform/db/database.server.ts";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { processInboxEvent } from "#app/process-inbox-event.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";
import { testServices } from "#tests/support/services.ts";
import { webhookRequest } from "#tests/support/webhook.ts";

const database = useTestDatabase();

class PowerCut extends Error {}

/** A database whose power goes before the given statement of its transactions, or right after the commit. */
function failing(db: Database, cutAt: number): { db: Database; statements: () => number } {
  let count = 0;
  const step = (): void => {
    count += 1;
    if (count === cutAt) throw new PowerCut();
  };
  const dying: Database = {
    ...db,
    transaction: async (work) => {
      const result = await db.transaction((tx) => {
        const cut: Tx = {
          kind: "tx",
          query: (text, values) => {
            step();
            return tx.query(text, values);
          },
        };
        return work(cut);
      });
      step();
      return result;
    },
    query: (text, values) => {
      step();
      return db.query(text, values);
    },
  };
  return { db: dying, statements: () => count };
}

describe("T11 the power goes at any step of acting on a webhook", () => {
  test.each([
    ["a paid order", "orders/paid", orderPayload(), 500],
    ["a refund", "refunds/create", refundPayload({ lines: [{ subtotal: "100.00" }] }), 0],
  ])(
    "%s: before each statement, and after the commit, nothing is lost or doubled",
    async (_, topic, body, expected) => {
      const { db } = database;
      let cuts = 0;
      for (let cutAt = 1; ; cutAt += 1) {
        const shopId = await createShop(db);
        const services = testServices(db);
        const deliver = async (of: string, payload: unknown) => {
          const webhookId = randomUUID();
          await handleWebhook(services, webhookRequest({ topic: of, shopId, body: payload, webhookId }));
          return { shopId, webhookId };
        };
        if (topic === "refunds/create") {
          await processInboxEvent(services, await deliver("orders/paid", orderPayload()), { now: NOW });
        }
        const event = await deliver(topic, body);
        const dying = failing(db, cutAt);
        let crashed = false;
        await processInboxEvent({ ...services, db: dying.db }, event, { now: NOW }).catch(
          (error: unknown) => {
            if (!(error instanceof PowerCut)) throw error;
            crashed = true;
          },
        );
        // A cut that the code under test took for a failure of the payload would have parked it: it must not.
        await processInboxEvent(services, event, { now: NOW });
        await processInboxEvent(services, event, { now: NOW });
        const [state] = await db.query<{ points: number; status: string }>(
          `select (select sum(available)::bigint from member where shop_id = $1) as points,
                (select status from inbox_event where shop_id = $1 and webhook_id = $2) as status`,
          [shopId, event.webhookId],
        );
        expect({ cutAt, ...state }).toEqual({ cutAt, points: expected, status: "settled" });
        expect((await auditLedger(db, { shopIds: [shopId] })).discrepancies).toEqual([]);
        if (!crashed) break;
        cuts += 1;
      }
      expect(cuts).toBeGreaterThan(8);
    },
    120_000,
  );
});
