import type { Database, Queryable } from "#app/platform/db/database.server.ts";

/** A webhook as it came, its signature proven. */
export interface Delivery {
  shopId: string;
  webhookId: string;
  shopifyEventId: string | null;
  topic: string;
  triggeredAt: Date | null;
  receivedAt: Date;
  /** UTF-8. Bytes, so that they reach PostgreSQL as they came: neither escaped nor encoded again. */
  payload: Buffer;
}

export interface InboxWriter {
  /** Resolves when the delivery and its job are committed, or were so before. */
  store(delivery: Delivery): Promise<void>;
}

interface Waiting {
  delivery: Delivery;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const MAX_BATCH = 64;
const MAX_FLIGHTS = 2;

const COLUMN_TYPES = ["text", "text", "text", "text", "timestamptz", "timestamptz", "text"];

const statements: string[] = [];

/** The statement for a number of deliveries; there are as many as a batch has sizes, each prepared once. */
function statementFor(count: number): string {
  const known = statements[count];
  if (known !== undefined) return known;
  const width = COLUMN_TYPES.length;
  const rows = Array.from({ length: count }, (_row, row) => {
    const cells = COLUMN_TYPES.map((type, column) => `$${row * width + column + 1}::${type}`);
    return `(${cells.join(", ")})`;
  });
  const statement = `
    with stored as (
      insert into inbox_event (shop_id, webhook_id, shopify_event_id, topic, triggered_at, received_at, payload)
      values ${rows.join(", ")}
      on conflict (shop_id, webhook_id) do nothing
      returning shop_id, webhook_id
    ), jobs as (
      select array_agg((
        'process-inbox-event', json_build_object('shopId', shop_id, 'webhookId', webhook_id),
        null, null, null, null, null, null)::graphile_worker.job_spec) as specs
      from stored
    )
    select count(added.id) from jobs, graphile_worker.add_jobs(jobs.specs) as added where jobs.specs is not null`;
  statements[count] = statement;
  return statement;
}

/**
 * Stores deliveries and queues their jobs, each with its job in one transaction. Those that arrive while a commit is
 * under way share the next one, so a burst costs a few flushes of the log instead of one each.
 */
export function createInboxWriter(db: Database): InboxWriter {
  const waiting: Waiting[] = [];
  let flights = 0;

  const takeOff = async (): Promise<void> => {
    flights += 1;
    while (waiting.length > 0) await storeBatch(db, waiting.splice(0, MAX_BATCH));
    flights -= 1;
  };

  return {
    store: (delivery) =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, resolve, reject });
        if (flights < MAX_FLIGHTS) void takeOff();
      }),
  };
}

async function storeBatch(db: Database, batch: Waiting[]): Promise<void> {
  try {
    await storeDeliveries(
      db,
      batch.map(({ delivery }) => delivery),
    );
    for (const { resolve } of batch) resolve();
  } catch (error) {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return only.reject(error);
    // One delivery that PostgreSQL refuses must not take its neighbours with it.
    for (const one of batch) await storeBatch(db, [one]);
  }
}

/** One statement, so one transaction: the rows that are new and a job for each. */
export async function storeDeliveries(q: Queryable, deliveries: Delivery[]): Promise<void> {
  const values = deliveries.flatMap((delivery) => [
    delivery.shopId,
    delivery.webhookId,
    delivery.shopifyEventId,
    delivery.topic,
    delivery.triggeredAt,
    delivery.receivedAt,
    delivery.payload,
  ]);
  await q.query(statementFor(deliveries.length), values);
}
