/**
 * One process of two_workers: `mixed-load.ts shop members from count connections`. Of ten operations, five settle an order, two settle
 * one that another process may be settling too, one binds points of two members to codes and gives them back, one reads
 * what the storefront's panel asks for, one ends holds or lapses lots of the whole shop.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { readBalances, readStatement } from "#app/loyalty/ledger/statement.server.ts";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { openDatabase } from "#app/platform/db/database.server.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { drive } from "./measure.ts";
import { NOW } from "./now.ts";
import { LOTS_LAPSE_AT } from "./seed.ts";

const [shopId = "", members = "1", from = "0", count = "0", connections = "6"] = process.argv.slice(2);
const CONCURRENCY = Number(connections);
/** Orders that every process settles. */
const SHARED = 100;

const db = openDatabase({ connectionString: process.env["DATABASE_URL"] ?? "", max: CONCURRENCY });
const ids = (
  await db.query<{ id: string }>(`select member_id as id from member where shop_id = $1 order by member_id`, [
    shopId,
  ])
).map(({ id }) => id);
const member = (index: number): string => ids[index % ids.length] ?? "";

async function settle(number: number): Promise<void> {
  const payload = orderPayload({
    id: String(9_000_000_000 + number),
    customerId: String(1 + (number % Number(members))),
  });
  await db.transaction(async (tx) => {
    const { orderId } = await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
    await settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes });
  });
}

/** Two members at once, named in either order, held and given back in one transaction. */
async function holdAndReturn(index: number): Promise<void> {
  await db.transaction(async (tx) => {
    const hold = (memberId: string, name: string): Posting => ({
      memberId,
      from: "available",
      to: "held",
      points: 10,
      reason: "redeem_hold",
      source: "redemption",
      sourceId: `${from}:${index}`,
      idempotencyKey: `load:${from}:${index}:${name}`,
      occurredAt: NOW,
    });
    const postings = [hold(member(index * 7), "a"), hold(member(index * 13 + 1), "b")];
    const held = await postTransfers(tx, { shopId, now: NOW, postings });
    if (held.outcome !== "posted") return;
    const back = postings.map((posting, place) => ({
      ...posting,
      from: "held" as const,
      to: "available" as const,
      reason: "redeem_return" as const,
      idempotencyKey: `${posting.idempotencyKey}:back`,
      returnOf: { transferSeq: held.transfers[place]?.seq ?? 0 },
    }));
    await postTransfers(tx, { shopId, now: NOW, postings: back });
  });
}

async function read(index: number): Promise<void> {
  await readBalances(db, shopId, member(index));
  await readStatement(db, { shopId, memberId: member(index), limit: 20 });
}

async function sweep(index: number): Promise<void> {
  // Small batches, so that the sweeps of both processes are at it for the whole run.
  if (index % 100 === 9) await releaseLots(db, { shopId, now: NOW, batchSize: 50 });
  else if (index % 100 === 59) await expireLots(db, { shopId, now: LOTS_LAPSE_AT, batchSize: 50 });
  else await read(index);
}

await drive(Number(count), CONCURRENCY, (offset) => {
  const index = Number(from) + offset;
  const turn = index % 10;
  if (turn < 5) return settle(SHARED + index);
  if (turn < 7) return settle(offset % SHARED);
  if (turn === 7) return holdAndReturn(index);
  return turn === 8 ? read(index) : sweep(index);
});
await db.close();
