import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { createInboxWriter, type Delivery } from "#app/platform/inbox/store-deliveries.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";

const database = useTestDatabase();
const SHOP = "dangol-test.myshopify.com";
const LONG = 60_000;

const releases: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0)) await release();
});

/** Lets nobody write to the inbox until it is released. */
async function stall(): Promise<() => Promise<void>> {
  const client = await database.db.pool.connect();
  await client.query("begin");
  await client.query("lock table inbox_event in exclusive mode");
  let held = true;
  const release = async () => {
    if (!held) return;
    held = false;
    await client.query("commit");
    client.release();
  };
  releases.push(release);
  return release;
}

function delivery(over: Partial<Delivery> = {}): Delivery {
  return {
    shopId: SHOP,
    webhookId: randomUUID(),
    shopifyEventId: null,
    topic: "orders/paid",
    triggeredAt: null,
    receivedAt: new Date("2026-11-20T17:00:00Z"),
    payload: Buffer.from("{}"),
    ...over,
  };
}

async function stored(deliveries: Delivery[]): Promise<boolean[]> {
  const rows = await database.db.query<{ id: string }>(
    "select webhook_id as id from inbox_event where shop_id = $1",
    [SHOP],
  );
  const ids = new Set(rows.map(({ id }) => id));
  return deliveries.map(({ webhookId }) => ids.has(webhookId));
}

const outcomes = async (stores: Promise<void>[]) =>
  (await Promise.allSettled(stores)).map(({ status }) => status);

describe("while the database takes no writes", () => {
  test("what waited past its deadline is let go, and comes again under the same id", async () => {
    const release = await stall();
    const writer = createInboxWriter(database.db, { deadlineMs: 100 });
    // Two go to the database at once; the others wait for them.
    const deliveries = Array.from({ length: 5 }, () => delivery());
    const stores = deliveries.map((one) => writer.store(one));
    expect(await outcomes(stores)).toEqual(Array.from({ length: 5 }, () => "rejected"));
    await release();
    const patient = createInboxWriter(database.db, { deadlineMs: LONG });
    const after = delivery();
    await patient.store(after);
    // The same queue, to know that it has emptied.
    await writer.store(delivery());
    expect(await stored([...deliveries, after])).toEqual([true, true, false, false, false, true]);
    for (const one of deliveries) await patient.store(one);
    expect(await stored(deliveries)).toEqual([true, true, true, true, true]);
  });

  test("a full queue refuses at once, by number and by bytes, and takes again what fits", async () => {
    const release = await stall();
    const number = createInboxWriter(database.db, { deadlineMs: LONG, maxWaiting: 3 });
    const many = Array.from({ length: 6 }, () => delivery());
    const stores = many.map((one) => number.store(one));
    await expect(stores[5]).rejects.toThrow("too many");

    const bytes = createInboxWriter(database.db, { deadlineMs: LONG, maxWaitingBytes: 1_000 });
    const big = Array.from({ length: 4 }, () =>
      delivery({ payload: Buffer.from(`{"a":"${"x".repeat(590)}"}`) }),
    );
    const small = delivery();
    const bigStores = big.map((one) => bytes.store(one));
    const smallStore = bytes.store(small);
    await expect(bigStores[3]).rejects.toThrow("too many");

    await release();
    expect(await outcomes(stores)).toEqual([...Array.from({ length: 5 }, () => "fulfilled"), "rejected"]);
    expect(await outcomes([...bigStores, smallStore])).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    await number.store(many[5]!);
    await bytes.store(big[3]!);
    expect(await stored([...many, ...big, small])).not.toContain(false);
  });

  test("one that PostgreSQL refuses is refused alone", async () => {
    const release = await stall();
    const writer = createInboxWriter(database.db, { deadlineMs: LONG });
    const first = [writer.store(delivery()), writer.store(delivery())];
    const bad = delivery({ payload: Buffer.from([0xff]) });
    const good = [delivery(), delivery()];
    const stores = [good[0]!, bad, good[1]!].map((one) => writer.store(one));
    await release();
    expect(await outcomes([...first, ...stores])).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(await stored([...good, bad])).toEqual([true, true, false]);
  });
});
