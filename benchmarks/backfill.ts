import { randomUUID } from "node:crypto";
import { backfillFromLines } from "#app/loyalty/importing/backfill-orders.server.ts";
import { readLines } from "#app/loyalty/importing/read-lines.ts";
import { type BenchContext, BIG_SHOP } from "./context.ts";
import { type Result, round } from "./measure.ts";
import { watchMemory } from "./memory.ts";
import { NOW } from "./now.ts";
import { benchServices } from "./services.ts";

const ORDERS = Math.round(BIG_SHOP / 10);
const MEMBERS = Math.min(20_000, ORDERS);
const ORDERS_A_PIECE = 50;
/** No two of them are of one member. */
const FLOOR_ORDERS = Math.min(1_000, MEMBERS);

/**
 * Past orders read from the bytes of an export, staged and settled, oldest first; the floor writes the rows of as many
 * settled orders (order, balance, transfer, lot), a thousand a statement, with nothing read, staged or planned.
 */
export async function benchBackfillOrders({ db, databaseUrl, createShop }: BenchContext): Promise<Result> {
  const { shopId } = await createShop(MEMBERS);
  const services = benchServices(db, databaseUrl);
  const started = performance.now();
  let read = started;
  const { result: run, grownMb } = await watchMemory(() =>
    backfillFromLines(services, {
      shopId,
      runId: randomUUID(),
      now: NOW,
      lines: readLines(exportOf(ORDERS, () => (read = performance.now()))),
    }),
  );
  const perSecond = ORDERS / ((performance.now() - started) / 1000);
  if (run?.ordersSettled !== ORDERS || run.ordersAwarded !== ORDERS) {
    throw new Error(`${ORDERS} orders, but the run says ${JSON.stringify(run)}`);
  }
  const floorShop = await createShop(MEMBERS);
  const floorStarted = performance.now();
  for (let first = 1; first <= ORDERS; first += FLOOR_ORDERS) {
    const last = Math.min(ORDERS, first + FLOOR_ORDERS - 1);
    await db.query(FLOOR_SQL, [floorShop.shopId, first, last, MEMBERS, NOW, orderLine(first)]);
  }
  const floor = ORDERS / ((performance.now() - floorStarted) / 1000);
  return {
    name: "backfill_orders",
    value: round(perSecond, 0),
    unit: "orders/s",
    floor: round(floor, 0),
    ratio: round(perSecond / floor, 3),
    note: `${ORDERS} orders of ${MEMBERS} members; reading and staging took ${round((read - started) / 1000, 1)} s of ${round(ORDERS / perSecond, 1)} s; memory of the process at most ${grownMb} MB more`,
  };
}

const FLOOR_SQL = `
with planned as (
  select n::text as order_id, member_id, last_seq + 1 as seq, available + 500 as after
    from generate_series($2::int, $3::int) as n
    join member on shop_id = $1 and customer_id = (1 + n % $4::int)::text
), balances as (
  update member set available = p.after, lifetime = lifetime + 500, last_seq = p.seq, revision = revision + 1
    from planned p where member.shop_id = $1 and member.member_id = p.member_id
), orders as (
  insert into order_state (shop_id, order_id, member_id, document, snapshot, points_held, outcome, settled_at)
  select $1, order_id, member_id, $6::jsonb, $6::jsonb, 500, 'settled', $5 from planned
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
  select $1, member_id, seq, 'issued', 'available', 500, 'earn', 'order', order_id, 'order:' || order_id || ':1', $5, $5,
      'system', jsonb_build_object('orderName', '#' || order_id, 'eligibleMinor', 10000), after from planned
)
insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, order_id)
select $1, member_id, seq, 500, 500, 'available', $5, $5, order_id from planned`;

/** The export's file as it comes over the network, in pieces that break lines; `ended` hears when all of it is read. */
function exportOf(orders: number, ended: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let number = 0;
  return new ReadableStream({
    pull(stream) {
      if (number >= orders) {
        ended();
        stream.close();
        return;
      }
      const last = Math.min(orders, number + ORDERS_A_PIECE);
      let text = "";
      for (number += 1; number <= last; number += 1) text += `${orderLine(number)}\n${itemLine(number)}\n`;
      number = last;
      const bytes = encoder.encode(text);
      const middle = Math.floor(bytes.length / 2);
      stream.enqueue(bytes.subarray(0, middle));
      stream.enqueue(bytes.subarray(middle));
    },
  });
}

function orderLine(number: number): string {
  const at = new Date(NOW.getTime() - 86_400_000 * 50 + number * 1000).toISOString();
  return JSON.stringify({
    id: `gid://shopify/Order/${number}`,
    legacyResourceId: String(number),
    name: `#${number}`,
    email: "someone@example.com",
    test: false,
    sourceName: "web",
    processedAt: at,
    updatedAt: at,
    cancelledAt: null,
    displayFinancialStatus: "PAID",
    displayFulfillmentStatus: "FULFILLED",
    taxesIncluded: false,
    currencyCode: "USD",
    discountCodes: [],
    paymentGatewayNames: ["shopify_payments"],
    customer: { legacyResourceId: String(1 + (number % MEMBERS)) },
    refunds: [],
  });
}

function itemLine(number: number): string {
  return JSON.stringify({
    __parentId: `gid://shopify/Order/${number}`,
    id: `gid://shopify/LineItem/${number}`,
    quantity: 1,
    currentQuantity: 1,
    isGiftCard: false,
    product: null,
    variant: null,
    originalUnitPriceSet: { shopMoney: { amount: "100.00" } },
    discountAllocations: [],
    taxLines: [],
  });
}
