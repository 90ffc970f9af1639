import { readMembers } from "#app/loyalty/insights/read-members.server.ts";
import { readMemberListQuery } from "#app/loyalty/insights/member-list-query.ts";
import { readHistory } from "#app/loyalty/rewards/storefront/read-history.server.ts";
import { readMe } from "#app/loyalty/rewards/storefront/read-me.server.ts";
import { storefrontTranslator } from "#app/loyalty/rewards/storefront/storefront-translator.ts";
import { type BenchContext, BIG_SHOP, type SeededCopy } from "./context.ts";
import { drive, median, type Result, round } from "./measure.ts";
import { NOW } from "./now.ts";
import { benchServices } from "./services.ts";

const SMALL_SHOP = 1_000;
const READS = 2_000;
const CONCURRENCY = 4;
const ROUNDS = 5;

type Read = (copy: SeededCopy, customerId: string) => Promise<unknown>;

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

/** p99 in a shop of ten million transfers (times DANGOL_BENCH_SCALE) over p99 in one of ten thousand, in turns. */
function growthBench(name: string, read: Read): (context: BenchContext) => Promise<Result> {
  return ({ withSeeded }) =>
    withSeeded(SMALL_SHOP, (small) =>
      withSeeded(BIG_SHOP, async (big) => {
        const run = (copy: SeededCopy) =>
          drive(READS, CONCURRENCY, async () => {
            const customerId = String(1 + Math.floor(Math.random() * copy.shop.members));
            await read(copy, customerId);
          });
        await run(small);
        await run(big);
        const p99 = { small: [] as number[], big: [] as number[] };
        for (let turn = 0; turn < ROUNDS; turn += 1) {
          p99.small.push((await run(small)).p99Ms);
          p99.big.push((await run(big)).p99Ms);
        }
        const [value, floor] = [median(p99.big), median(p99.small)];
        return {
          name,
          value: round(value),
          unit: "ms p99",
          floor: round(floor),
          ratio: round(value / floor),
          note: `${BIG_SHOP * 10} transfers over ${SMALL_SHOP * 10}, random members, ${CONCURRENCY} at once; at most 2 is the bar`,
        };
      }),
    );
}
