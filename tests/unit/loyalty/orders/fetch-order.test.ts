import { describe, expect, it } from "vitest";
import { fetchOrder } from "#app/loyalty/orders/fetch-order.server.ts";
import { OrderForSettlement } from "#app/platform/shopify/operations/order-for-settlement.ts";
import { RefundLines } from "#app/platform/shopify/operations/refund-lines.ts";
import type { ShopifyGateway } from "#app/platform/shopify/gateway.ts";

const money = (amount: string) => ({ shopMoney: { amount } });
const gid = (type: string, id: number | string) => `gid://shopify/${type}/${id}`;
const refundLine = (id: number) => ({
  quantity: 1,
  lineItem: { id: gid("LineItem", id) },
  subtotalSet: money("1.00"),
});
const page = <Node>(all: readonly Node[], from: number, size: number) => ({
  nodes: all.slice(from, from + size),
  pageInfo: { hasNextPage: from + size < all.length, endCursor: String(from + size) },
});

/** Shopify with one order of this many lines, all of which one refund gave back. */
function shopify(lineCount: number, refundIsGone = false) {
  const ids = Array.from({ length: lineCount }, (_, index) => index + 1);
  const lines = ids.map((id) => ({
    id: gid("LineItem", id),
    quantity: 1,
    currentQuantity: 0,
    isGiftCard: false,
    product: null,
    variant: null,
    originalUnitPriceSet: money("1.00"),
    discountAllocations: [],
    taxLines: [],
  }));
  const order = (after: number) => ({
    legacyResourceId: "1",
    name: "#1",
    email: null,
    test: false,
    sourceName: "web",
    processedAt: "2026-11-20T15:00:00Z",
    updatedAt: "2026-11-20T16:00:00Z",
    cancelledAt: null,
    displayFinancialStatus: "PARTIALLY_REFUNDED",
    displayFulfillmentStatus: "FULFILLED",
    taxesIncluded: false,
    currencyCode: "USD",
    discountCodes: [],
    paymentGatewayNames: ["bogus"],
    totalTipReceivedSet: money("0.00"),
    shippingLines: { nodes: [] },
    customer: { legacyResourceId: "7" },
    lineItems: page(lines, after, 100),
    refunds: [
      {
        legacyResourceId: "9",
        createdAt: "2026-11-20T16:00:00Z",
        refundLineItems: page(ids.map(refundLine), 0, 25),
        refundShippingLines: { nodes: [] },
        orderAdjustments: { nodes: [] },
      },
    ],
  });
  const asked: unknown[] = [];
  const request = async (_shopId: string, operation: unknown, variables: Record<string, unknown>) => {
    asked.push(operation);
    const after = Number(variables["after"] ?? variables["linesAfter"] ?? 0);
    if (operation === OrderForSettlement) return { ok: true, data: { order: order(after) } };
    expect(variables["id"]).toBe(gid("Refund", 9));
    if (refundIsGone) return { ok: true, data: { refund: null } };
    return { ok: true, data: { refund: { refundLineItems: page(ids.map(refundLine), after, 250) } } };
  };
  return { shopify: { request } as unknown as ShopifyGateway, asked };
}

describe("asking Shopify for an order", () => {
  it.each([
    [3, 1, 0],
    [25, 1, 0],
    [26, 1, 1],
    [330, 4, 2],
  ])(
    "of %i lines, all refunded, reads all of them: %i pages of lines, %i more of the refund's",
    async (count, pages, more) => {
      const services = shopify(count);
      const read = await fetchOrder(services, "a.myshopify.com", "1");
      expect(read!.document.lines).toHaveLength(count);
      expect(read!.document.lines.every((line) => line.quantity === 1)).toBe(true);
      expect(read!.refunds[0]!.lines.map((line) => line.lineId)).toEqual(
        read!.document.lines.map((line) => line.lineId),
      );
      expect(services.asked.filter((operation) => operation === OrderForSettlement)).toHaveLength(pages);
      expect(services.asked.filter((operation) => operation === RefundLines)).toHaveLength(more);
    },
  );

  it("is asked again rather than believed when a refund is gone between two pages", async () => {
    await expect(fetchOrder(shopify(26, true), "a.myshopify.com", "1")).rejects.toThrow(
      "orders_refund_lines",
    );
  });
});
