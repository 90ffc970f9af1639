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
  /**
   * Resolves when the delivery and its job are committed, or were so before. Rejects when they cannot be, when that takes
   * longer than the deadline, and at once when too much waits already. What was rejected is not kept; only what is on its
   * way to the database by then may be stored all the same, which does no harm: it comes again under the same id.
   */
  store(delivery: Delivery): Promise<void>;
}

export interface InboxLimits {
  deadlineMs: number;
  /** The most deliveries, and bytes of them, that wait for a flight. */
  maxWaiting?: number;
  maxWaitingBytes?: number;
}

interface Waiting {
  delivery: Delivery;
  resolve: () => void;
  reject: (error: unknown) => void;
  /** Its sender has been told how it ended. */
  answered: boolean;
}

const MAX_BATCH = 64;
const MAX_FLIGHTS = 2;
/** More than is ever stored within a deadline, and still nothing to memory. */
const MAX_WAITING = 5_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

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
export function createInboxWriter(db: Database, limits: InboxLimits): InboxWriter {
  const { deadlineMs, maxWaiting = MAX_WAITING, maxWaitingBytes = MAX_WAITING_BYTES } = limits;
  // A set keeps the order in which they came, and lets one go from its middle.
  const waiting = new Set<Waiting>();
  let waitingBytes = 0;
  let flights = 0;

  const leave = (entry: Waiting): void => {
    if (waiting.delete(entry)) waitingBytes -= entry.delivery.payload.length;
  };
  const nextBatch = (): Waiting[] => {
    const batch: Waiting[] = [];
    for (const entry of waiting) {
      batch.push(entry);
      if (batch.length === MAX_BATCH) break;
    }
    for (const entry of batch) leave(entry);
    return batch;
  };
  const takeOff = async (): Promise<void> => {
    flights += 1;
    while (waiting.size > 0) await storeBatch(db, nextBatch());
    flights -= 1;
  };

  return {
    store: (delivery) =>
      new Promise((resolve, reject) => {
        const bytes = delivery.payload.length;
        if (waiting.size >= maxWaiting || waitingBytes + bytes > maxWaitingBytes) {
          return reject(new Error("too many deliveries wait for the database"));
        }
        const answer = (tell: () => void): void => {
          if (entry.answered) return;
          entry.answered = true;
          clearTimeout(timer);
          leave(entry);
          tell();
        };
        const entry: Waiting = {
          delivery,
          resolve: () => answer(resolve),
          reject: (error) => answer(() => reject(error)),
          answered: false,
        };
        const timer = setTimeout(() => entry.reject(new Error("the database took too long")), deadlineMs);
        waiting.add(entry);
        waitingBytes += bytes;
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
    // One delivery that PostgreSQL refuses must not take its neighbours with it. Whose sender has heard a 503 comes again.
    for (const one of batch) if (!one.answered) await storeBatch(db, [one]);
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
