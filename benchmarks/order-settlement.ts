import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { readOrderPayload } from "#app/loyalty/orders/read-order-payload.ts";
import { recordDocuments, recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder, settleOrders } from "#app/loyalty/orders/settle-order.server.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import type { BenchContext } from "./context.ts";
import { type Cost, costPerPiece } from "./cost.ts";
import { NOW } from "./now.ts";
import { drive, interleave, pick, ratioOf, type Result, round } from "./measure.ts";

const MEMBERS = 2_000;
const PER_ROUND = 400;
const CONCURRENCY = 8;
const ROUNDS = 15;

/**
 * Orders settled per second, everything included (state read and kept, target computed, ledger posted, tier checked,
 * projection queued), against the same rows written barely: one transaction of prepared statements through pg.
 */
export async function benchOrderSettlement({ db, createShop }: BenchContext): Promise<Result> {
  const { shopId, memberIds } = await createShop(MEMBERS);
  const floorShop = await createShop(MEMBERS);
  let number = 0;
  const settle = async () => {
    number += 1;
    const payload = orderPayload({ id: String(number), customerId: String((number % MEMBERS) + 1) });
    await db.transaction(async (tx) => {
      const { orderId } = await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      await settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes });
    });
  };
  let turn = 0;
  const write = () => writeRows(db, (client) => writeOrder(client, floorShop, turn++));
  const loads = await interleave(
    ROUNDS,
    () => drive(PER_ROUND, CONCURRENCY, settle),
    () => drive(PER_ROUND, CONCURRENCY, write),
  );
  const cost = await costPerPiece(db, COST_PIECES, settle);
  const floorCost = await costPerPiece(db, COST_PIECES, write);
  await proveNothingWasDropped(db, shopId, memberIds.length, number);
  const { ratio, spread } = ratioOf(loads);
  return {
    name: "order_settlement",
    value: round(pick(loads.ours, "perSecond"), 0),
    unit: "orders/s",
    floor: round(pick(loads.floor, "perSecond"), 0),
    ratio,
    note:
      `${spread}; p99 ${round(pick(loads.ours, "p99Ms"))} ms (floor ${round(pick(loads.floor, "p99Ms"))} ms), ` +
      `${CONCURRENCY} at once; a settlement: ${costs(cost)} (floor ${costs(floorCost)})`,
  };
}

/**
 * The same, twenty-five orders a transaction, recorded and settled in sets as past orders are. The floor writes the rows
 * of twenty-five in one statement of one transaction.
 */
export async function benchSettlementBatched({ db, createShop }: BenchContext): Promise<Result> {
  const { shopId, memberIds } = await createShop(MEMBERS);
  const floorShop = await createShop(MEMBERS);
  let number = 0;
  const settle = async () => {
    const ids = Array.from({ length: BATCH }, (_, offset) => number + 1 + offset);
    number += BATCH;
    await db.transaction(async (tx) => {
      const states = ids.map((id) => ({
        ...readOrderPayload(orderPayload({ id: String(id), customerId: String((id % MEMBERS) + 1) })),
        emailHash: null,
      }));
      await recordDocuments(tx, { shopId, states });
      await settleOrders(tx, {
        shopId,
        orderIds: ids.map(String),
        now: NOW,
        newId: randomUUID,
        randomBytes,
      });
    });
  };
  let turn = 0;
  const write = () => {
    const first = turn;
    turn += BATCH;
    return writeRows(db, (client) => writeSet(client, floorShop, first));
  };
  const loads = await interleave(
    ROUNDS,
    () => drive(BATCHES_A_ROUND, BATCHES_AT_ONCE, settle),
    () => drive(BATCHES_A_ROUND, BATCHES_AT_ONCE, write),
  );
  const cost = await costPerPiece(db, COST_PIECES / BATCH, settle);
  const floorCost = await costPerPiece(db, COST_PIECES / BATCH, write);
  await proveNothingWasDropped(db, shopId, memberIds.length, number);
  const { ratio, spread } = ratioOf(loads);
  return {
    name: "settlement_batched",
    value: round(pick(loads.ours, "perSecond") * BATCH, 0),
    unit: "orders/s",
    floor: round(pick(loads.floor, "perSecond") * BATCH, 0),
    ratio,
    note:
      `${spread}; ${BATCH} orders a transaction, ${BATCHES_AT_ONCE} at once; ` +
      `a transaction: ${costs(cost)} (floor ${costs(floorCost)})`,
  };
}

/** Rows are all that were written, those that a later statement of the same transaction writes again included. */
function costs({ rows, walBytes, statements }: Cost): string {
  return `${rows} rows, ${walBytes} bytes of WAL, ${statements} statements`;
}

const COST_PIECES = 500;
const BATCHES_A_ROUND = 24;
const BATCH = 25;
const BATCHES_AT_ONCE = 4;

let floorNumber = 0;

async function writeRows(
  db: BenchContext["db"],
  write: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query("begin");
    await write(client);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

type Shop = { shopId: string; memberIds: string[] };

/** The rows of a settlement: order, member, transfer, lot, job. */
async function writeOrder(client: pg.PoolClient, { shopId, memberIds }: Shop, index: number): Promise<void> {
  floorNumber += 1;
  const orderId = String(floorNumber);
  const memberId = memberIds[index % memberIds.length];
  const { rows } = await client.query<{ seq: number; available: number }>({
    name: "floor-member",
    text: `update member set available = available + 500, lifetime = lifetime + 500, last_seq = last_seq + 1,
               revision = revision + 1 where shop_id = $1 and member_id = $2 returning last_seq as seq, available`,
    values: [shopId, memberId],
  });
  const member = rows[0];
  await client.query({
    name: "floor-order",
    text: `insert into order_state (shop_id, order_id, member_id, customer_id, name, processed_at, updated_at, document,
               snapshot, points_held, spent_minor, outcome, settled_at)
             values ($1, $2, $3, '1', '#1', $4, $4, $5, $5, 500, 10000, 'settled', $4)`,
    values: [shopId, orderId, memberId, NOW, DOCUMENT],
  });
  await client.query({
    name: "floor-transfer",
    text: `insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
               idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
             values ($1, $2, $3, 'issued', 'available', 500, 'earn', 'order', $4, 'order:' || $4, $5, $5, 'system', $6, $7)`,
    values: [shopId, memberId, member?.seq, orderId, NOW, DETAIL, member?.available],
  });
  await client.query({
    name: "floor-lot",
    text: `insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id)
             values ($1, $2, $3, 500, 500, 'available', $4, $4, $4, $5)`,
    values: [shopId, memberId, member?.seq, NOW, orderId],
  });
  await client.query({
    name: "floor-job",
    text: `select 1 from graphile_worker.add_job('project-member', json_build_object('shopId', $1::text, 'memberId', $2::text), job_key => $2::text)`,
    values: [shopId, memberId],
  });
}

/** The rows of as many settlements as a set has, of as many members, in one statement. */
async function writeSet(
  client: pg.PoolClient,
  { shopId, memberIds }: Shop,
  firstMember: number,
): Promise<void> {
  const members = Array.from(
    { length: BATCH },
    (_, offset) => memberIds[(firstMember + offset) % memberIds.length],
  );
  const orders = members.map((_, offset) => String(floorNumber + 1 + offset));
  floorNumber += BATCH;
  await client.query({
    name: "floor-set",
    text: `with asked as (
             select * from unnest($2::uuid[], $3::text[]) as a(member_id, order_id)
           ), balances as (
             update member m set available = available + 500, lifetime = lifetime + 500, last_seq = last_seq + 1,
                    revision = revision + 1
               from asked a where m.shop_id = $1 and m.member_id = a.member_id
             returning m.member_id, a.order_id, m.last_seq as seq, m.available
           ), orders as (
             insert into order_state (shop_id, order_id, member_id, customer_id, name, processed_at, updated_at, document,
                 snapshot, points_held, spent_minor, outcome, settled_at)
             select $1, order_id, member_id, '1', '#1', $4, $4, $5, $5, 500, 10000, 'settled', $4 from balances
           ), transfers as (
             insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source,
                 source_id, idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
             select $1, member_id, seq, 'issued', 'available', 500, 'earn', 'order', order_id, 'order:' || order_id, $4, $4,
                    'system', $6, available from balances
           ), lots as (
             insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at,
                 expires_at, order_id)
             select $1, member_id, seq, 500, 500, 'available', $4, $4, $4, order_id from balances
           )
           select 1 from graphile_worker.add_jobs(array(
             select row('project-member', json_build_object('shopId', $1::text, 'memberId', member_id), null, null, null,
                        member_id::text, null, null)::graphile_worker.job_spec from asked))`,
    values: [shopId, members, orders, NOW, DOCUMENT, DETAIL],
  });
}

const DOCUMENT = JSON.stringify({ order: "x".repeat(600) });
const DETAIL = JSON.stringify({ why: "x".repeat(250) });

async function proveNothingWasDropped(
  db: BenchContext["db"],
  shopId: string,
  members: number,
  orders: number,
): Promise<void> {
  const [row] = await db.query<{ posted: number; points: number }>(
    `select (select count(*)::int from points_transfer where shop_id = $1) as posted,
            (select sum(available)::bigint from member where shop_id = $1) as points`,
    [shopId],
  );
  // A few members reach a higher tier on the way, so the sum is at least what the base rate gives.
  if (row?.posted !== orders || row.points < orders * 500) {
    throw new Error(
      `${orders} orders settled for ${members} members, but ${row?.posted} transfers were posted`,
    );
  }
}
