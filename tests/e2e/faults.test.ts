import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWorld, until, US, type World } from "./support/world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld({ DANGOL_DB_POOL: "10" });
  // The merchant opens the app once: that is what installs it.
  world.sandbox.control.actions.installApp(US.domain);
  const idToken = world.sandbox.control.context.mintIdToken(US.domain);
  const host = Buffer.from(`admin.shopify.com/store/dangol-demo`).toString("base64url");
  const query = new URLSearchParams({ embedded: "1", shop: US.domain, host, id_token: idToken });
  await fetch(`${world.appUrl}/app?${query.toString()}`, {
    headers: { "user-agent": "Mozilla/5.0 (Test) Chrome/156" },
  });
  await until(
    async () =>
      (await world.db.query(`select 1 from program_version where shop_id = $1`, [US.domain])).length > 0,
  );
});
afterAll(async () => {
  await world?.close();
});
beforeEach(() => {
  world.sandbox.control.faults.clear();
  world.sandbox.control.webhooks.plan({ mode: "normal", topics: [], remaining: null });
});

function newCustomer(): string {
  const { actions } = world.sandbox.control;
  const name = randomUUID().slice(0, 8);
  return actions.createCustomer(US.domain, { email: `${name}@example.com`, firstName: "A", lastName: name })
    .id;
}

function placeOrder(
  customerId: string,
  quantity: number,
  codes: string[] = [],
): { id: string; expected: number } {
  const { actions, store } = world.sandbox.control;
  const [variant] = [...store.shop(US.domain).products.values()].flatMap((product) => product.variants);
  const order = actions.placeOrder(US.domain, {
    customerId,
    lines: [{ variantId: variant!.id, quantity }],
    discountCodes: codes,
  });
  return { id: order.id, expected: Math.floor((variant!.priceMinor * quantity * 5) / 100) };
}

async function balances(customerId: string): Promise<[number, number, number] | null> {
  const [row] = await world.db.query<{ available: number; pending: number; held: number }>(
    `select available, pending, held from member where shop_id = $1 and customer_id = $2`,
    [US.domain, customerId],
  );
  return row ? [row.available, row.pending, row.held] : null;
}

/** Through the shop's app proxy, as the storefront does it. */
async function redeem(
  customerId: string,
  key: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const logIn = await fetch(`${world.sandbox.url}/account/login-as?customer=${customerId}`, {
    redirect: "manual",
    headers: { "x-sandbox-shop": US.domain },
  });
  const cookie = logIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const response = await fetch(`${world.sandbox.url}/apps/loyalty/me/redemptions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-sandbox-shop": US.domain, cookie },
    body: JSON.stringify({ rewardId: "amount-5", idempotencyKey: key }),
  });
  return {
    status: response.status,
    body: (await response.json().catch(() => ({}))) as Record<string, unknown>,
  };
}

/** The discounts that Shopify holds for this customer alone. */
function codesOf(customerId: string): unknown[] {
  return [...world.sandbox.control.store.shop(US.domain).discounts.values()].filter(
    ({ context }) => context.type === "customers" && context.customerIds.includes(customerId),
  );
}

describe("what the network does to webhooks", () => {
  test.each(["duplicate", "shuffle"] as const)(
    "%s: an order, its refund and a cancellation end at the same points",
    async (mode) => {
      const { actions, webhooks } = world.sandbox.control;
      webhooks.plan({ mode, topics: [], remaining: null });
      const [kept, gone] = [newCustomer(), newCustomer()];
      const order = placeOrder(kept, 2);
      const cancelled = placeOrder(gone, 3);
      actions.cancelOrder(US.domain, {
        orderId: cancelled.id,
        reason: "customer",
        refund: true,
        restock: true,
      });
      webhooks.release({ order: "shuffle" });
      await world.settle();
      expect(await balances(kept)).toEqual([order.expected, 0, 0]);
      expect(await balances(gone)).toEqual([0, 0, 0]);
      expect(await world.books()).toEqual([]);
    },
  );

  test("held back and released backwards, they end at the same points", async () => {
    const { webhooks } = world.sandbox.control;
    webhooks.plan({ mode: "hold", topics: [], remaining: null });
    const customerId = newCustomer();
    const orders = [placeOrder(customerId, 1), placeOrder(customerId, 2), placeOrder(customerId, 4)];
    webhooks.plan({ mode: "normal", topics: [], remaining: null });
    webhooks.release({ order: "reverse" });
    await world.settle();
    const [available] = (await balances(customerId)) ?? [];
    // The tier the first orders lead to may multiply the later ones: never less than the base rate, and the books balance.
    expect(available).toBeGreaterThanOrEqual(orders.reduce((sum, { expected }) => sum + expected, 0));
    expect(await world.books()).toEqual([]);
  });
});

describe("what Shopify's API does to a redemption", () => {
  test.each(["timeout_before", "timeout_after", "http_502", "throttled"] as const)(
    "T26 %s: the shopper ends with one code for the held points",
    async (kind) => {
      const customerId = newCustomer();
      const { expected } = placeOrder(customerId, 5);
      await world.settle();
      world.sandbox.control.faults.add({ kind, operation: "DiscountCodeBasicCreate", ms: 6_000 });
      const key = randomUUID();
      const first = await redeem(customerId, key);
      expect([200, 201]).toContain(first.status);
      await until(async () => {
        const again = await redeem(customerId, key);
        expect(again.body["id"]).toBe(first.body["id"]);
        return again.body["status"] === "ready";
      });
      expect(codesOf(customerId)).toHaveLength(1);
      expect(await balances(customerId)).toEqual([expected - 500, 0, 500]);
      expect(await world.books()).toEqual([]);
    },
  );
});

describe("T11 the process is killed at random moments", () => {
  test("orders and redemptions under way are neither lost nor doubled", async () => {
    const rounds = 8;
    const customers: { id: string; expected: number; redeemed: boolean }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const buyers = Array.from({ length: 4 }, () => newCustomer());
      const funded = customers.at(-1);
      const placed = buyers.map((id) => ({ id, expected: placeOrder(id, 5).expected, redeemed: false }));
      const redeeming = funded
        ? redeem(funded.id, `kill-${round}`).then(
            ({ status }) => status < 300,
            () => false,
          )
        : Promise.resolve(false);
      await new Promise((resolve) => setTimeout(resolve, (round * 37) % 260));
      await world.killApp();
      await redeeming;
      await world.startApp();
      await world.settle();
      if (funded) {
        // The shopper taps again: the same wish under the same key.
        await redeem(funded.id, `kill-${round}`);
        funded.redeemed = true;
        await world.settle();
      }
      customers.push(...placed);
    }
    await until(async () => {
      const [open] = await world.db.query<{ n: number }>(
        `select count(*)::int as n from redemption where shop_id = $1 and status = 'requested'`,
        [US.domain],
      );
      return open?.n === 0;
    });
    for (const { id, expected, redeemed } of customers) {
      expect(await balances(id)).toEqual(redeemed ? [expected - 500, 0, 500] : [expected, 0, 0]);
      expect(codesOf(id)).toHaveLength(redeemed ? 1 : 0);
    }
    expect(await world.books()).toEqual([]);
  }, 240_000);
});
