/** Lines of a bulk export of orders, as the backfill's query asks for them. */
const gid = (orderId: string) => `gid://shopify/Order/${orderId}`;

/** A paid order of a customer whom nobody knows yet. */
export function exportedOrder(orderId: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: gid(orderId),
    legacyResourceId: orderId,
    name: `#${orderId}`,
    email: null,
    test: false,
    sourceName: "web",
    processedAt: "2026-10-01T00:00:00Z",
    updatedAt: "2026-10-01T00:00:00Z",
    cancelledAt: null,
    displayFinancialStatus: "PAID",
    displayFulfillmentStatus: "UNFULFILLED",
    taxesIncluded: false,
    currencyCode: "USD",
    discountCodes: [],
    customer: { legacyResourceId: "990001" },
    refunds: [],
    paymentGatewayNames: ["manual"],
    ...over,
  };
}

/** One piece of something, which is one of the order's lines. */
export function exportedLine(orderId: string, lineId: string, amount: string): Record<string, unknown> {
  return {
    __parentId: gid(orderId),
    id: `gid://shopify/LineItem/${lineId}`,
    quantity: 1,
    currentQuantity: 1,
    isGiftCard: false,
    product: null,
    variant: null,
    originalUnitPriceSet: { shopMoney: { amount } },
    discountAllocations: [],
    taxLines: [],
  };
}

/** The lines as they come over the wire. */
export async function* asLines(rows: readonly unknown[]): AsyncGenerator<string> {
  for (const row of rows) yield JSON.stringify(row);
}
