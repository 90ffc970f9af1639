import type { OrderDocument, OrderLine } from "#app/loyalty/orders/order.ts";

/** A line of an order as it is stored: one piece for 100.00. */
export function orderLine(over: Partial<OrderLine> = {}): OrderLine {
  return {
    lineId: "1",
    productId: null,
    variantId: null,
    quantity: 1,
    priceMinor: 10_000,
    discountMinor: 0,
    taxMinor: 0,
    giftCard: false,
    ...over,
  };
}

/** A paid order as it is stored. */
export function orderDocument(lines: OrderLine[], over: Partial<OrderDocument> = {}): OrderDocument {
  return {
    orderId: "1",
    name: "#1001",
    customerId: "7",
    currency: "USD",
    test: false,
    sourceName: "web",
    processedAt: "2026-11-01T00:00:00Z",
    updatedAt: "2026-11-01T00:00:00Z",
    cancelledAt: null,
    financialStatus: "paid",
    fulfilled: false,
    taxesIncluded: false,
    discountCodes: [],
    lines,
    ...over,
  };
}
