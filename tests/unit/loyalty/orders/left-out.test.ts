import { describe, expect, it } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { type ApiOrder, readOrderFromApi } from "#app/loyalty/orders/read-order-from-api.ts";
import {
  type ReadOrder,
  readOrderPayload,
  readRefundPayload,
} from "#app/loyalty/orders/read-order-payload.ts";
import { freshRules } from "#app/loyalty/orders/settlement.ts";
import { targetPoints } from "#app/loyalty/orders/target-points.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";

// What an order holds that is no goods paid for by the shopper: tips, gift cards, duties, fees, shipping taken off again.

const NOW = new Date("2026-11-21T03:00:00Z");
/** 5 points per 1.00, rounded down. */
const RULES = freshRules(
  { version: 1, settings: defaultSettings({ currency: "USD", currencyExponent: 2 }) },
  null,
  NOW,
);
const pointsOf = ({ document, refunds }: ReadOrder, rules = RULES) =>
  targetPoints(document, Object.fromEntries(refunds.map((refund) => [refund.refundId, refund])), rules)
    .points;

type Payload = Record<string, unknown> & { line_items: Record<string, unknown>[] };
/** Goods of 100.00 and a tip of 15.00, as webhooks list it: a line of no product. */
function withTip(tip: object, over: Parameters<typeof orderPayload>[0] = {}): Payload {
  const payload = orderPayload({
    ...over,
    lines: [{ price: "100.00" }, { id: "9099", price: "15.00", productId: null }],
  }) as Payload;
  Object.assign(payload.line_items[1]!, { variant_id: null, title: "Tip", ...tip });
  return payload;
}

describe("tips", () => {
  it.each([
    ["named by its gateway", { tip_payment_gateway: "shopify_payments" }],
    ["named by its method", { tip_payment_method: "Visa" }],
    ["named, though by nothing", { tip_payment_gateway: null, tip_payment_method: null }],
  ])("earn nothing: 100.00 and a tip of 15.00, %s, are 500", (_, tip) => {
    const read = readOrderPayload(withTip(tip));
    expect(read.document.lines.map((line) => line.lineId)).toEqual(["9001"]);
    expect(pointsOf(read)).toBe(500);
  });

  it("are told from goods without a product, which earn: 115.00 are 575", () => {
    expect(pointsOf(readOrderPayload(withTip({})))).toBe(575);
  });

  it("given back take nothing: of the goods' 500, a tenth of the goods' money takes 50, the tip none", () => {
    const tip = refundPayload({ id: "1", lines: [{ lineId: "9099", subtotal: "15.00" }] });
    const tenth = refundPayload({ id: "2", amountOnly: "10.00" });
    const named = { tip_payment_gateway: null };
    expect(pointsOf(readOrderPayload(withTip(named, { refunds: [tip] })))).toBe(500);
    expect(pointsOf(readOrderPayload(withTip(named, { refunds: [tip, tenth] })))).toBe(450);
  });

  const money = (amount: string) => ({ shopMoney: { amount } });
  const apiLine = (id: string, amount: string, product: string | null, over: object = {}) => ({
    id: `gid://shopify/LineItem/${id}`,
    quantity: 1,
    currentQuantity: 1,
    isGiftCard: false,
    product: product && { legacyResourceId: product },
    variant: product && { legacyResourceId: product },
    originalUnitPriceSet: money(amount),
    discountAllocations: [],
    taxLines: [],
    ...over,
  });
  const apiOrder = (tip: string | null): ApiOrder =>
    ({
      legacyResourceId: "1",
      name: "#1001",
      email: null,
      test: false,
      sourceName: "pos",
      processedAt: "2026-11-20T15:00:00Z",
      updatedAt: "2026-11-20T15:00:05Z",
      cancelledAt: null,
      displayFinancialStatus: "PAID",
      displayFulfillmentStatus: "UNFULFILLED",
      taxesIncluded: false,
      currencyCode: "USD",
      discountCodes: [],
      paymentGatewayNames: ["bogus"],
      ...(tip === null ? {} : { totalTipReceivedSet: money(tip) }),
      shippingLines: { nodes: [] },
      customer: { legacyResourceId: "7" },
      refunds: [],
    }) as unknown as ApiOrder;
  const lines = (...all: ReturnType<typeof apiLine>[]) => all as unknown as ApiOrder["lineItems"]["nodes"];

  it("are left out also where the Admin API lists them, which marks none", () => {
    const all = lines(apiLine("1", "100.00", "5"), apiLine("2", "15.00", null), apiLine("3", "20.00", null));
    const read = readOrderFromApi(apiOrder("15.00"), all);
    expect(read.document.lines.map((line) => line.lineId)).toEqual(["1", "3"]);
    expect(pointsOf(read)).toBe(600);
    // Without a tip, or in a file from before it was asked for, everything is goods.
    expect(pointsOf(readOrderFromApi(apiOrder("0.00"), all))).toBe(675);
    expect(pointsOf(readOrderFromApi(apiOrder(null), all))).toBe(675);
  });

  it("are not looked for among products, gift cards, and what has tax or a discount", () => {
    const all = lines(
      apiLine("1", "15.00", "5"),
      apiLine("2", "15.00", null, { isGiftCard: true }),
      apiLine("3", "15.00", null, { taxLines: [{ priceSet: money("1.20") }] }),
      apiLine("4", "15.00", null, { discountAllocations: [{ allocatedAmountSet: money("1.00") }] }),
    );
    expect(readOrderFromApi(apiOrder("15.00"), all).document.lines).toHaveLength(4);
  });
});

describe("amount-only refunds", () => {
  it("over goods and a gift card are spread over both: 30.00 of 150.00 takes a fifth of the goods' 500", () => {
    const refunds = [refundPayload({ amountOnly: "30.00" })];
    const lines = [{ price: "100.00" }, { price: "50.00", giftCard: true }];
    expect(pointsOf(readOrderPayload(orderPayload({ lines, refunds })))).toBe(400);
  });

  it("given before a line came back, and held back of its price, count once: 20.00, then 80.00 of 100.00, leave 500", () => {
    const first = refundPayload({ id: "1", amountOnly: "20.00" });
    const lines = [{ price: "100.00" }, { price: "100.00" }];
    // The other sign: less was given than the line had cost.
    const back = {
      ...refundPayload({ id: "2", lines: [{ subtotal: "100.00" }] }),
      order_adjustments: [{ kind: "refund_discrepancy", amount: "20.00" }],
    };
    expect(pointsOf(readOrderPayload(orderPayload({ lines, refunds: [first] })))).toBe(900);
    expect(pointsOf(readOrderPayload(orderPayload({ lines, refunds: [first, back] })))).toBe(500);
    expect(pointsOf(readOrderPayload(orderPayload({ lines, refunds: [back] })))).toBe(500);
  });
});

describe("duties, fees and shipping", () => {
  it("of an order earn nothing", () => {
    const set = { shop_money: { amount: "25.00", currency_code: "USD" } };
    const payload = {
      ...orderPayload({ shipping: "8.00" }),
      original_total_duties_set: set,
      original_total_additional_fees_set: set,
      total_cash_rounding_payment_adjustment_set: { shop_money: { amount: "-0.02", currency_code: "USD" } },
    };
    expect(pointsOf(readOrderPayload(payload))).toBe(500);
  });

  it.each([
    ["duties", { duties: [{ duty_id: 1, amount_set: {} }] }],
    ["fees", { additional_fees: [{ id: 1 }] }],
  ])("T27 a refund of %s alone takes nothing of the goods' points", (_, what) => {
    const transactions = [{ kind: "refund", status: "success", amount: "25.00", currency: "USD" }];
    const refund = { ...refundPayload(), ...what, transactions };
    expect(readRefundPayload(refund, 2).refund.amountMinor).toBe(0);
    expect(pointsOf(readOrderPayload(orderPayload({ refunds: [refund] })))).toBe(500);
  });

  it("shipping that an edit took off again earns nothing, where shipping earns", () => {
    const payload = orderPayload({ shipping: "8.00" }) as Record<string, unknown> & {
      shipping_lines: object[];
    };
    const earns = { ...RULES, shipping: "earns" as const };
    expect(pointsOf(readOrderPayload(payload), earns)).toBe(540);
    const removed = { ...payload, shipping_lines: [{ ...payload.shipping_lines[0], is_removed: true }] };
    expect(pointsOf(readOrderPayload(removed), earns)).toBe(500);
  });
});

describe("T17 presentment and shop currency", () => {
  it("a refund that shows only the shopper's money is not taken for the shop's", () => {
    const zero = (currency: string) => ({ amount: "0.00", currency_code: currency });
    const refund = {
      ...refundPayload(),
      total_duties_set: { shop_money: zero("USD"), presentment_money: zero("JPY") },
      transactions: [{ kind: "refund", status: "success", amount: "1500", currency: "JPY" }],
    };
    expect(readRefundPayload(refund, 2).refund.amountMinor).toBe(0);
    const inDollars = {
      ...refund,
      transactions: [{ ...refund.transactions[0], amount: "15.00", currency: "USD" }],
    };
    expect(readRefundPayload(inDollars, 2).refund.amountMinor).toBe(1_500);
  });
});
