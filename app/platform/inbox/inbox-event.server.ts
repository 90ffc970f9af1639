import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { isInboxTopic, type InboxTopic } from "./topics.ts";

export interface InboxEvent {
  shopId: string;
  webhookId: string;
  topic: InboxTopic;
  payload: string;
  triggeredAt: Date | null;
  receivedAt: Date;
}

export type Settlement =
  | { status: "settled"; reason: string | null; subject: string | null }
  /** Known, and nothing of ours to do. */
  | { status: "ignored"; reason: string; subject: string | null }
  /** Not acted on, and somebody should look: shown in Activity with the reason. */
  | { status: "parked"; reason: string; subject: string | null };

interface Row {
  topic: string;
  payload: string | null;
  triggered_at: Date | null;
  received_at: Date;
}

/** The event if it still waits to be processed, locked until the transaction ends; null when that is done or it is gone. */
export async function lockWaitingEvent(
  tx: Tx,
  shopId: string,
  webhookId: string,
): Promise<InboxEvent | null> {
  const [row] = await tx.query<Row>(
    `select topic, payload, triggered_at, received_at from inbox_event
      where shop_id = $1 and webhook_id = $2 and status = 'received' for update`,
    [shopId, webhookId],
  );
  if (row === undefined || row.payload === null || !isInboxTopic(row.topic)) return null;
  const { topic, payload, triggered_at: triggeredAt, received_at: receivedAt } = row;
  return { shopId, webhookId, topic, payload, triggeredAt, receivedAt };
}

/** Writes how the event ended. What is ignored needs no payload any more. */
export async function settleEvent(
  q: Queryable,
  event: { shopId: string; webhookId: string },
  settlement: Settlement,
  now: Date,
): Promise<void> {
  await q.query(
    `update inbox_event
        set status = $3, reason = $4, subject = coalesce($5, subject), settled_at = $6, attempts = attempts + 1,
            payload = case when $3 = 'ignored' then null else payload end
      where shop_id = $1 and webhook_id = $2 and status = 'received'`,
    [event.shopId, event.webhookId, settlement.status, settlement.reason, settlement.subject, now],
  );
}

/** Counts an attempt that failed and will be made again. */
export async function countAttempt(
  q: Queryable,
  event: { shopId: string; webhookId: string },
): Promise<void> {
  await q.query("update inbox_event set attempts = attempts + 1 where shop_id = $1 and webhook_id = $2", [
    event.shopId,
    event.webhookId,
  ]);
}
