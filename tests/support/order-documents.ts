import type { OrderDocument, OrderLine, RefundDocument } from "#app/loyalty/orders/order.ts";
import type { PricingRules } from "#app/loyalty/orders/target-points.ts";

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

/** Five points a whole 1.00 of the goods, and nothing for shipping. */
export const pricingRules: PricingRules = {
  programVersion: 1,
  points: 5,
  perMinor: 100,
  rounding: "down",
  includedTax: "earns",
  tierId: null,
  tierName: null,
  multiplier: "1",
  awardedAt: "2026-11-01T00:00:00Z",
  shipping: "excluded",
  tender: "money",
};

/** A refund of an order as it is stored, under its id. */
export function refundDocument(id: string, over: Partial<RefundDocument>): Record<string, RefundDocument> {
  return { [id]: { refundId: id, createdAt: "2026-11-02T00:00:00Z", lines: [], amountMinor: 0, ...over } };
}
