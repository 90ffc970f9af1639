import { randomUUID } from "node:crypto";
import { backfillFromLines } from "#app/loyalty/importing/backfill-orders.server.ts";
import { type BenchContext, BIG_SHOP } from "./context.ts";
import { type Result, round } from "./measure.ts";
import { NOW } from "./now.ts";
import { benchServices } from "./services.ts";

const ORDERS = Math.round(BIG_SHOP / 10);
const MEMBERS = Math.min(20_000, ORDERS);

/**
 * Past orders read from the lines of an export, staged and settled, oldest first; the floor inserts the documents of as many
 * orders and nothing else, a thousand a statement.
 */
export async function benchBackfillOrders({ db, databaseUrl, createShop }: BenchContext): Promise<Result> {
  const { shopId } = await createShop(MEMBERS);
  const services = benchServices(db, databaseUrl);
  const before = process.memoryUsage.rss();
  let peak = before;
  const started = performance.now();
  const run = await backfillFromLines(services, {
    shopId,
    runId: randomUUID(),
    now: NOW,
    lines: (async function* () {
      for (let number = 1; number <= ORDERS; number += 1) {
        yield orderLine(number);
        yield itemLine(number);
        if (number % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
      }
    })(),
  });
  const perSecond = ORDERS / ((performance.now() - started) / 1000);
  peak = Math.max(peak, process.memoryUsage.rss());
  if (run?.ordersSettled !== ORDERS || run.ordersAwarded !== ORDERS) {
    throw new Error(`${ORDERS} orders, but the run says ${JSON.stringify(run)}`);
  }
  const floorShop = await createShop(1);
  const floorStarted = performance.now();
  for (let first = 1; first <= ORDERS; first += 1000) {
    await db.query(
      `insert into order_state (shop_id, order_id, document) select $1, n::text, $4::jsonb
         from generate_series($2::int, $3::int) as n`,
      [floorShop.shopId, first, Math.min(ORDERS, first + 999), orderLine(first)],
    );
  }
  const floor = ORDERS / ((performance.now() - floorStarted) / 1000);
  return {
    name: "backfill_orders",
    value: round(perSecond, 0),
    unit: "orders/s",
    floor: round(floor, 0),
    ratio: round(perSecond / floor, 3),
    note: `${ORDERS} orders of ${MEMBERS} members; memory of the process at most ${round((peak - before) / 2 ** 20, 0)} MB more`,
  };
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
