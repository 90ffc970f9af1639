import type { Product, Shop } from "#sandbox/store/types.ts";
import { makePeople } from "./people.ts";
import { placePlanned } from "./place-planned.ts";
import type { DemoBuyer } from "./place-planned.ts";
import { planOrders } from "./plan-orders.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { createShopClient } from "./sandbox-client.ts";
import type { ShopClient } from "./sandbox-client.ts";
import { startCampaign } from "./start-campaign.ts";
import { redeemAndUse, referFriend } from "./use-loyalty.ts";

const BUYERS = 40;
const ORDERS = 240;
const DAYS = 92;
const REDEMPTIONS = 12;
const REFERRALS = 5;
const SHOPPERS_AT_ONCE = 4;
const DRAIN_MS = 60_000;
/** The last thing a filled shop carries; a shop that has it is left alone. */
const DONE_TAG = "demo-done";

export interface FillProgress {
  shop: string;
  step: "install" | "customers" | "orders" | "webhooks" | "redemptions" | "referrals" | "done" | "skipped";
  done: number;
  total: number;
}

export interface FilledShop {
  shop: string;
  /** Nothing was done, since it was filled before. */
  skipped: boolean;
  customers: number;
  orders: number;
  redemptions: number;
  referrals: number;
  /** What did not work, in words; the demo goes on without it. */
  problems: string[];
}

export interface FillOptions {
  sandboxUrl: string;
  onProgress?: ((progress: FillProgress) => void) | undefined;
  /** Same seed, same demo. */
  seed?: number | undefined;
  /** How many orders each shop gets. */
  orders?: number | undefined;
  now?: Date | undefined;
}

/**
 * Fills both shops through the front door: installs the app, starts a campaign, makes customers, places three months of orders with
 * refunds and cancellations, and lets shoppers redeem and refer through the app proxy. A second run does nothing; a
 * run that was cut short goes on where it stopped.
 */
export async function fillDemo(options: FillOptions): Promise<FilledShop[]> {
  const first = createShopClient(options.sandboxUrl, "");
  const { shops } = await first.control<{ shops: Shop[] }>("GET", "shops");
  return Promise.all(shops.map((shop) => fillShop(options, shop)));
}

async function fillShop(options: FillOptions, shop: Shop): Promise<FilledShop> {
  const client = createShopClient(options.sandboxUrl, shop.domain);
  const report = (step: FillProgress["step"], done: number, total: number) =>
    options.onProgress?.({ shop: shop.domain, step, done, total });
  const filled: FilledShop = {
    shop: shop.domain,
    skipped: false,
    customers: 0,
    orders: 0,
    redemptions: 0,
    referrals: 0,
    problems: [],
  };
  const done = await doneKeys(client);
  if (done.has(DONE_TAG)) {
    report("skipped", 1, 1);
    return { ...filled, skipped: true };
  }
  const random = createRandom(options.seed ?? 1, shop.domain);
  report("install", 0, 1);
  const appUrl = await openApp(client, shop, filled);
  const begun = [...done].some((key) => key.startsWith("demo-"));
  if (appUrl !== null && !begun) {
    await startCampaign(client, appUrl, shop, options.now ?? new Date()).catch((error: unknown) =>
      note(filled, "the campaign", error),
    );
  }
  const { products } = await client.control<{ products: Product[] }>("GET", "products");
  const buyers = await makeBuyers(client, random, shop, (count) => report("customers", count, BUYERS));
  filled.customers = buyers.length;

  const planned = planOrders(random, {
    count: options.orders ?? ORDERS,
    days: DAYS,
    buyers: buyers.length,
    products,
    now: options.now ?? new Date(),
  });
  for (const [index, order] of planned.entries()) {
    if (!done.has(order.key)) {
      const buyer = order.buyer === null ? undefined : buyers[order.buyer];
      await placePlanned(client, shop, order, buyer).catch((error: unknown) =>
        note(filled, `order ${order.key}`, error),
      );
    }
    filled.orders += 1;
    report("orders", index + 1, planned.length);
  }
  report("webhooks", 0, 1);
  const { pending } = await client.control<{ pending: number }>("POST", "webhooks/drain", {
    timeoutMs: DRAIN_MS,
  });
  if (pending > 0)
    filled.problems.push(`${pending} webhooks were not accepted within ${DRAIN_MS / 1000} s; is the app up?`);
  else await useLoyalty({ client, random, shop, buyers, products, done, filled, report });
  await client.control("POST", "webhooks/drain", { timeoutMs: DRAIN_MS });
  await markDone(client, filled);
  report("done", 1, 1);
  return filled;
}

/** The keys of what an earlier run did: the tags of the orders. */
async function doneKeys(client: ShopClient): Promise<Set<string>> {
  const { orders } = await client.control<{ orders: { tags: string[] }[] }>("GET", "orders?limit=100000");
  return new Set(orders.flatMap((order) => order.tags));
}

async function markDone(client: ShopClient, filled: FilledShop): Promise<void> {
  const { orders } = await client.control<{ orders: { id: string; tags: string[] }[] }>(
    "GET",
    "orders?limit=1",
  );
  const [last] = orders;
  if (last !== undefined && filled.problems.length === 0)
    await client.control("PATCH", `orders/${last.id}`, { tags: [...last.tags, DONE_TAG] });
}

/**
 * Installs the app and opens it once, as a merchant does: that is when it gets its token and starts its program. Returns the
 * app's address, or null where it could not be opened.
 */
async function openApp(client: ShopClient, shop: Shop, filled: FilledShop): Promise<string | null> {
  await client.control("POST", "app/install", {});
  const { url } = await client.control<{ url: string }>("GET", "app");
  const { idToken } = await client.control<{ idToken: string }>("POST", "app/id-token", {});
  const host = Buffer.from(`${shop.domain}/admin`).toString("base64").replaceAll("=", "");
  const query = new URLSearchParams({
    embedded: "1",
    shop: shop.domain,
    host,
    id_token: idToken,
    locale: shop.locale,
  });
  const response = await fetch(`${url}/app?${query}`, {
    redirect: "follow",
    headers: {
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
      accept: "text/html",
    },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => error);
  if (response instanceof Response && response.ok) return url;
  note(filled, "opening the app", response instanceof Response ? `HTTP ${response.status}` : response);
  return null;
}

async function makeBuyers(
  client: ShopClient,
  random: Random,
  shop: Shop,
  report: (count: number) => void,
): Promise<DemoBuyer[]> {
  const { customers } = await client.control<{ customers: { id: string; email: string | null }[] }>(
    "GET",
    "customers?limit=100000",
  );
  const known = new Map(customers.map((one) => [one.email ?? "", one.id]));
  const seeded = customers.slice(-4).toReversed();
  const buyers: DemoBuyer[] = seeded.map((one) => ({ id: one.id, email: one.email ?? "" }));
  for (const person of makePeople(random, shop.locale, BUYERS - buyers.length)) {
    const id =
      known.get(person.email) ??
      (await client.control<{ customer: { id: string } }>("POST", "customers", { ...person, enabled: true }))
        .customer.id;
    buyers.push({ id, email: person.email });
    report(buyers.length);
  }
  return buyers;
}

interface LoyaltyUse {
  client: ShopClient;
  random: Random;
  shop: Shop;
  buyers: DemoBuyer[];
  products: Product[];
  done: Set<string>;
  filled: FilledShop;
  report: (step: FillProgress["step"], done: number, total: number) => void;
}

/** The keenest buyers redeem, every third keeping the code; some bring friends. A few shoppers are about at once. */
async function useLoyalty(use: LoyaltyUse): Promise<void> {
  const { client, random, buyers, filled, done } = use;
  const goods = use.products.filter((product) => !product.isGiftCard);
  const basket = () =>
    [random.pick(goods), random.pick(goods)].map((product) => ({
      variantId: random.pick(product.variants).id,
      quantity: 1,
    }));
  const wishes = buyers.slice(0, REDEMPTIONS).map((buyer, index) => {
    return {
      buyer,
      key: `demo-redeem-${index + 1}`,
      nth: random.between(0, 5),
      use: index % 3 !== 2,
      lines: basket(),
    };
  });
  const friends = makePeople(random, use.shop.locale, REFERRALS).map((friend, index) => ({
    friend: { ...friend, email: `friend.${friend.email}` },
    advocate: buyers[index % 3],
    order: { key: `demo-refer-${index + 1}`, lines: [...basket(), ...basket()], buys: index % 4 !== 3 },
  }));
  await inTurns(wishes, async (wish, count) => {
    if (!done.has(wish.key)) {
      const outcome = await redeemAndUse(client, wish.buyer, wish).catch((error: unknown) =>
        note(filled, wish.key, error),
      );
      if (outcome !== undefined) filled.redemptions += 1;
    }
    use.report("redemptions", count, REDEMPTIONS);
  });
  await inTurns(friends, async ({ friend, advocate, order }, count) => {
    if (advocate !== undefined && !done.has(order.key)) {
      const outcome = await referFriend(client, advocate, friend, order).catch((error: unknown) =>
        note(filled, order.key, error),
      );
      if (outcome !== undefined) filled.referrals += 1;
    }
    use.report("referrals", count, REFERRALS);
  });
}

/** Does each, so many at a time, saying how many were begun. */
async function inTurns<T>(
  items: readonly T[],
  act: (item: T, count: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const item = items[next];
      next += 1;
      if (item !== undefined) await act(item, next);
    }
  };
  await Promise.all(Array.from({ length: SHOPPERS_AT_ONCE }, work));
}

function note(filled: FilledShop, what: string, error: unknown): undefined {
  filled.problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  return undefined;
}
