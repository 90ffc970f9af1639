import type { OrderLine, RefundDocument } from "./order.ts";

/** A line as Shopify counts it, in minor units for the whole original quantity. */
export interface RawLine {
  lineId: string;
  productId: string | null;
  variantId: string | null;
  quantity: number;
  /** After edits and refunds; null where the source does not say. */
  currentQuantity: number | null;
  unitMinor: number;
  discountMinor: number;
  taxMinor: number;
  giftCard: boolean;
}

/**
 * Brings a line to "after edits, before refunds". Shopify's current quantity is after both; refunds are accounted for by
 * id, so those that are part of this same state are added back and only edits remain.
 */
export function buildLine(line: RawLine, refunds: readonly RefundDocument[]): OrderLine {
  const refunded = refunds
    .flatMap((refund) => refund.lines)
    .filter((entry) => entry.lineId === line.lineId)
    .reduce((sum, entry) => sum + entry.quantity, 0);
  const quantity = Math.min(line.quantity, (line.currentQuantity ?? line.quantity) + refunded);
  const share = (minor: number): number =>
    quantity === line.quantity ? minor : Math.floor((minor * quantity) / line.quantity);
  return {
    lineId: line.lineId,
    productId: line.productId,
    variantId: line.variantId,
    quantity,
    priceMinor: line.unitMinor * quantity,
    discountMinor: share(line.discountMinor),
    taxMinor: share(line.taxMinor),
    giftCard: line.giftCard,
  };
}
