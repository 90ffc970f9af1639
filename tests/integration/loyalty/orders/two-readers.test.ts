import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchOrder } from "#app/loyalty/orders/fetch-order.server.ts";
import { type ReadOrder, readOrderPayload } from "#app/loyalty/orders/read-order-payload.ts";
import { freshRules } from "#app/loyalty/orders/settlement.ts";
import { targetPoints } from "#app/loyalty/orders/target-points.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { parsePayload } from "#app/platform/inbox/parse-payload.ts";
import type { Services } from "#app/services.server.ts";
import type { Sandbox } from "#sandbox/server.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { testServices } from "#tests/support/services.ts";
import { createDeafSandbox, signInOnSandbox } from "#tests/support/shop-on-sandbox.ts";

// An order is read from a webhook, and from the Admin API when a webhook was lost: both must be the same order.

const SHOPS = ["dangol-demo.myshopify.com", "dangol-seoul.myshopify.com"] as const;
const database = useTestDatabase();
let sandbox: Sandbox;
let services: Services;

beforeAll(async () => {
  sandbox = await createDeafSandbox();
  services = testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: sandbox.url } });
  for (const shop of SHOPS) {
    await signInOnSandbox(services, sandbox, shop);
  }
});
afterAll(() => sandbox.close());

type Order = ReturnType<Sandbox["control"]["actions"]["placeOrder"]>;
type Actions = Sandbox["control"]["actions"];

/** With instants in one writing. */
function alike({ document, refunds }: ReadOrder) {
  const instant = (text: string | null) => text && new Date(text).toISOString();
  const { processedAt, updatedAt, cancelledAt } = document;
  return {
    ...document,
    processedAt: instant(processedAt),
    updatedAt: instant(updatedAt),
    cancelledAt: instant(cancelledAt),
    refunds: refunds.map((refund) => ({ ...refund, createdAt: instant(refund.createdAt) })),
  };
}

const THINGS = [
  { title: "Thing", priceMinor: 33_330, quantity: 3 },
  { title: "Other", priceMinor: 12_000, quantity: 1 },
];
const stories: [string, (actions: Actions, shop: string, place: (over?: object) => Order) => Order][] = [
  ["as it was placed", (_actions, _shop, place) => place()],
  [
    "with a gift card among the goods",
    (_actions, _shop, place) =>
      place({ lines: [...THINGS, { title: "Card", priceMinor: 50_000, quantity: 1, giftCard: true }] }),
  ],
  [
    "with a discount by hand",
    (_actions, _shop, place) =>
      place({ manualDiscount: { title: "Ten", valueType: "percentage", value: "10" } }),
  ],
  [
    "in another currency than the shop's",
    (_actions, _shop, place) => place({ presentment: { currency: "EUR", rate: "0.92" } }),
  ],
  [
    "of the till, without shipping",
    (_actions, _shop, place) => place({ sourceName: "pos", shippingHandle: null }),
  ],
  [
    "with units refunded",
    (actions, shop, place) => {
      const order = place();
      actions.refundOrder(shop, {
        orderId: order.id,
        lines: [{ lineItemId: order.lines[0]!.id, quantity: 2 }],
      });
      return order;
    },
  ],
  [
    "with an amount refunded, then a unit for less than it cost",
    (actions, shop, place) => {
      const order = place();
      actions.refundOrder(shop, { orderId: order.id, amountMinor: 5_000 });
      const lines = [{ lineItemId: order.lines[0]!.id, quantity: 1 }];
      actions.refundOrder(shop, { orderId: order.id, lines, amountMinor: 20_000 });
      return order;
    },
  ],
  ...(["customer", "damage", "restock", "other"] as const).map(
    (discrepancyReason): (typeof stories)[number] => [
      `with an amount refunded, and a unit for less, by the reason "${discrepancyReason}"`,
      (actions, shop, place) => {
        const order = place();
        actions.refundOrder(shop, { orderId: order.id, amountMinor: 5_000, discrepancyReason });
        const lines = [{ lineItemId: order.lines[0]!.id, quantity: 1 }];
        actions.refundOrder(shop, { orderId: order.id, lines, amountMinor: 20_000, discrepancyReason });
        return order;
      },
    ],
  ),
  [
    "with goods back and money later",
    (actions, shop, place) => {
      const order = place();
      const lines = [{ lineItemId: order.lines[0]!.id, quantity: 1 }];
      actions.refundOrder(shop, { orderId: order.id, lines, withoutMoney: true });
      actions.refundOrder(shop, { orderId: order.id, amountMinor: 33_330 });
      return order;
    },
  ],
  [
    "with its shipping refunded",
    (actions, shop, place) => {
      const order = place({ shipping: { title: "Post", priceMinor: 3_000 } });
      actions.refundOrder(shop, { orderId: order.id, shipping: { full: true } });
      return order;
    },
  ],
  [
    "with units taken off and a line added by an edit, and what was owed paid out",
    (actions, shop, place) => {
      const order = place();
      actions.editOrder(shop, {
        orderId: order.id,
        setQuantities: [{ lineItemId: order.lines[0]!.id, quantity: 1 }],
      });
      actions.refundOrder(shop, { orderId: order.id, amountMinor: 66_660 });
      actions.editOrder(shop, {
        orderId: order.id,
        addCustomItems: [{ title: "New", quantity: 2, priceMinor: 7_000 }],
      });
      return order;
    },
  ],
  [
    "cancelled",
    (actions, shop, place) => {
      const order = place();
      actions.cancelOrder(shop, { orderId: order.id });
      return order;
    },
  ],
];

describe.each(SHOPS)("an order of %s", (shop) => {
  it.each(stories)(
    "%s is the same by webhook and by the Admin API, and worth the same",
    async (_story, act) => {
      const { actions, store } = sandbox.control;
      const state = store.shop(shop);
      const customerId = [...state.customers.keys()][0]!;
      const order = act(actions, shop, (over = {}) =>
        actions.placeOrder(shop, { customerId, lines: THINGS, ...over }),
      );
      const heard = readOrderPayload(parsePayload(JSON.stringify(orderPayload(state, order))));
      const asked = await fetchOrder(services, shop, order.id);
      expect(alike(asked!)).toEqual(alike(heard));

      const { currency } = heard.document;
      const settings = defaultSettings({ currency, currencyExponent: currency === "KRW" ? 0 : 2 });
      const rules = freshRules({ version: 1, settings }, null, new Date());
      const points = ({ document, refunds }: ReadOrder) =>
        targetPoints(document, Object.fromEntries(refunds.map((one) => [one.refundId, one])), rules).points;
      expect(points(asked!)).toBe(points(heard));
    },
  );

  it.each(["customer", "damage", "restock", "other"] as const)(
    "an amount refunded by the reason %s takes its share of the points",
    (discrepancyReason) => {
      const { actions, store } = sandbox.control;
      const state = store.shop(shop);
      const order = actions.placeOrder(shop, {
        customerId: [...state.customers.keys()][0]!,
        lines: [{ title: "A", priceMinor: 20_000, quantity: 1, taxable: false }],
        shippingHandle: null,
      });
      actions.refundOrder(shop, { orderId: order.id, amountMinor: 5_000, discrepancyReason });
      const { refunds } = readOrderPayload(parsePayload(JSON.stringify(orderPayload(state, order))));
      expect(refunds).toMatchObject([{ amountMinor: 5_000 }]);
    },
  );

  it("goods that came back first and were paid for later are taken back once", () => {
    const { actions, store } = sandbox.control;
    const state = store.shop(shop);
    const lines = [
      { title: "A", priceMinor: 10_000, quantity: 1, taxable: false },
      { title: "B", priceMinor: 10_000, quantity: 1, taxable: false },
    ];
    const order = actions.placeOrder(shop, {
      customerId: [...state.customers.keys()][0]!,
      lines,
      shippingHandle: null,
    });
    const points = () => {
      const { document, refunds } = readOrderPayload(
        parsePayload(JSON.stringify(orderPayload(state, order))),
      );
      const exponent = document.currency === "KRW" ? 0 : 2;
      const settings = defaultSettings({ currency: document.currency, currencyExponent: exponent });
      const rules = freshRules({ version: 1, settings }, null, new Date());
      return targetPoints(document, Object.fromEntries(refunds.map((one) => [one.refundId, one])), rules)
        .points;
    };
    const whole = points();
    const back = [{ lineItemId: order.lines[0]!.id, quantity: 1 }];
    actions.refundOrder(shop, { orderId: order.id, lines: back, withoutMoney: true });
    expect(points()).toBe(whole / 2);
    actions.refundOrder(shop, { orderId: order.id, amountMinor: 10_000 });
    expect(points()).toBe(whole / 2);
  });
});
