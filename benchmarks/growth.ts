import { randomBytes, randomUUID } from "node:crypto";
import { readMembers } from "#app/loyalty/insights/read-members.server.ts";
import { readMemberListQuery } from "#app/loyalty/insights/member-list-query.ts";
import { readBalances } from "#app/loyalty/ledger/statement.server.ts";
import { recordOrder } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { readHistory } from "#app/loyalty/rewards/storefront/read-history.server.ts";
import { readMe } from "#app/loyalty/rewards/storefront/read-me.server.ts";
import { storefrontTranslator } from "#app/loyalty/rewards/storefront/storefront-translator.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { type BenchContext, BIG_SHOP, type SeededCopy } from "./context.ts";
import { percentile, type Result, round, timesOf } from "./measure.ts";
import { NOW } from "./now.ts";
import { memberIdOf } from "./seed.ts";
import { benchServices } from "./services.ts";

const SMALL_SHOP = 1_000;
/** Pieces of work timed in each shop, a turn of this many at a time: what disturbs the machine disturbs both. */
const TURNS = 40;
const PER_TURN = 100;
const CONCURRENCY = 4;

type Work = (copy: SeededCopy, customerId: string) => Promise<unknown>;

/** What a member has, as every decision about points begins. */
export const benchGrowthBalance = growthBench("growth_balance_p99", ({ db, shop }, customerId) =>
  readBalances(db, shop.shopId, memberIdOf(shop.shopId, customerId)),
);

/** What the storefront's panel asks for. */
export const benchGrowthMe = growthBench("growth_me_p99", (copy, customerId) =>
  readMe({ ...callOf(copy), customerId }),
);

/** The first page of the statement, and the one after it. */
export const benchGrowthHistory = growthBench("growth_history_p99", async (copy, customerId) => {
  await readHistory({ ...callOf(copy), customerId }, undefined);
  await readHistory({ ...callOf(copy), customerId }, 6);
});

/** The admin's member search: by customer, referral code, order name and discount code, in turns. */
export const benchGrowthSearch = growthBench("growth_search_p99", async ({ db, shop }, customerId) => {
  const turn = Number(customerId) % 4;
  const words = [customerId, `b${customerId}`, `#${customerId}3`, `bench${customerId}`][turn] ?? "";
  const query = readMemberListQuery(new URLSearchParams({ q: words }));
  const page = await readMembers(db, { shopId: shop.shopId, query, customerIds: [] });
  if (!page.rows.some((row) => row.customerId === customerId)) throw new Error(`${words} found nobody`);
});

let orders = 0;

/** A new order of a member with ten transfers behind them, settled. */
export const benchGrowthSettlement = growthBench(
  "growth_settlement_p99",
  ({ db, shop }, customerId) => {
    const { shopId } = shop;
    orders += 1;
    const payload = orderPayload({ id: String(9_000_000_000 + orders), customerId });
    return db.transaction(async (tx) => {
      const { orderId } = await recordOrder(tx, { shopId, payload, hashEmail: (email) => email });
      const settled = await settleOrder(tx, { shopId, orderId, now: NOW, newId: randomUUID, randomBytes });
      if (settled.posted === 0) throw new Error(`an order was left as ${settled.outcome}`);
    });
  },
  { changes: true },
);

function callOf({ db, url, shop }: SeededCopy): Omit<Parameters<typeof readMe>[0], "customerId"> {
  return {
    services: benchServices(db, url),
    now: NOW,
    locale: "en",
    t: storefrontTranslator("en"),
    shop: {
      shopId: shop.shopId,
      currency: "USD",
      currencyExponent: 2,
      timeZone: "America/New_York",
      locale: "en",
      storefrontUrl: `https://${shop.shopId}`,
    },
  };
}

/**
 * p99 in a shop of ten million transfers (times DANGOL_BENCH_SCALE) over p99 in one of ten thousand, in turns, each over
 * all of its times.
 */
function growthBench(
  name: string,
  work: Work,
  { changes } = { changes: false },
): (context: BenchContext) => Promise<Result> {
  return (context) => {
    const seeded = changes ? context.withSeeded : context.readSeeded;
    return seeded(SMALL_SHOP, (small) =>
      seeded(BIG_SHOP, async (big) => {
        const run = (copy: SeededCopy) =>
          timesOf(PER_TURN, CONCURRENCY, async () => {
            await work(copy, String(1 + Math.floor(Math.random() * copy.shop.members)));
          });
        for (let warmUp = 0; warmUp < 5; warmUp += 1) for (const copy of [small, big]) await run(copy);
        const times = { small: [] as number[], big: [] as number[] };
        for (let turn = 0; turn < TURNS; turn += 1) {
          times.small.push(...(await run(small)));
          times.big.push(...(await run(big)));
        }
        const [value, floor] = [percentile(times.big, 0.99), percentile(times.small, 0.99)];
        const [middle, floorMiddle] = [percentile(times.big, 0.5), percentile(times.small, 0.5)];
        return {
          name,
          value: round(value),
          unit: "ms p99",
          floor: round(floor),
          ratio: round(value / floor),
          note:
            `p50 ${round(middle)} ms over ${round(floorMiddle)} ms, ratio ${round(middle / floorMiddle)}; ` +
            `${BIG_SHOP * 10} transfers over ${SMALL_SHOP * 10}, ${TURNS * PER_TURN} times each, random members, ${CONCURRENCY} at once; at most 2 is the bar`,
        };
      }),
    );
  };
}
