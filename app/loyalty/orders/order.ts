import type { Allowance } from "../earning/caps.ts";
import type { CampaignSettings } from "../earning/campaigns/campaign-settings.ts";
import type { Stacking } from "../earning/campaigns/extras.ts";
import type { LineRate } from "../earning/rate-for-line.ts";

/**
 * An order reduced to what settlement needs. Stored in order_state.document; no name, address or e-mail is kept.
 * Fields that may be absent came later: a document stored before them is priced as it was then.
 */
export interface OrderDocument {
  orderId: string;
  /** As people call it: `#1042`. */
  name: string;
  customerId: string | null;
  currency: string;
  test: boolean;
  sourceName: string;
  /** ISO instants, as Shopify gave them. */
  processedAt: string;
  updatedAt: string;
  cancelledAt: string | null;
  financialStatus: FinancialStatus;
  fulfilled: boolean;
  taxesIncluded: boolean;
  discountCodes: string[];
  lines: OrderLine[];
  /** All shipping of the order, before refunds. */
  shipping?: { priceMinor: number; discountMinor: number; taxMinor: number };
  /** How it was paid; null where a gift card or store credit took part and Shopify has yet to be asked for how much. */
  payments?: Payments | null;
}

/** Money that came in, and what of it was not money: gift cards and store credit. */
export interface Payments {
  paidMinor: number;
  creditMinor: number;
}

export type FinancialStatus =
  | "pending"
  | "authorized"
  | "partially_paid"
  | "paid"
  | "partially_refunded"
  | "refunded"
  | "voided"
  | "expired";

export interface OrderLine {
  lineId: string;
  productId: string | null;
  variantId: string | null;
  /** What counts: after edits, before refunds. */
  quantity: number;
  /** For that quantity, in minor units: price × quantity, and what discounts took off it. */
  priceMinor: number;
  discountMinor: number;
  /** Tax within the price (where prices include it) or on top, for that quantity. */
  taxMinor: number;
  giftCard: boolean;
}

/** A refund reduced likewise; refunds accumulate by id. */
export interface RefundDocument {
  refundId: string;
  createdAt: string;
  lines: { lineId: string; quantity: number; subtotalMinor: number }[];
  /**
   * Money given back for no line in particular (amount-only), in minor units. Below zero where the lines of this refund came
   * back for less than their price. Shipping is not in it.
   */
  amountMinor: number;
  /** Shipping given back. */
  shippingMinor?: number;
}

export type Refunds = Readonly<Record<string, RefundDocument>>;

/** How an order is priced for ever: the rules as they stood when it was first awarded. */
export interface AwardSnapshot {
  programVersion: number;
  points: number;
  perMinor: number;
  rounding: "down" | "nearest" | "up";
  includedTax: "earns" | "excluded";
  tierId: string | null;
  tierName: { en: string; ko: string } | null;
  multiplier: string;
  awardedAt: string;
  shipping?: "excluded" | "earns";
  tender?: "money" | "all";
  /** What each line earns at, where not every line earns at the one general rate. */
  rates?: Record<string, LineRate>;
  /** The most the order may be awarded, by the caps as they stood; absent without caps. */
  cap?: Allowance;
  /** The campaigns it takes part in, in their sequence; absent without any. */
  campaigns?: AwardedCampaign[];
  /** How they go together with the tier and each other; absent without any. */
  stacking?: Stacking;
  /** What each line was awarded when last settled, before refunds: the parts add up to the order's award. */
  lines: Record<string, number>;
}

/** A campaign as an order goes by it for ever. */
export interface AwardedCampaign extends Pick<CampaignSettings, "name" | "award" | "products"> {
  campaignId: string;
  /** Of the lines seen so far, those that take part; null where all goods do, shipping among them. */
  lineIds: string[] | null;
  /** The most it may give this order: the room in its budget and below its cap per member at the time. */
  limit: number | null;
  /** What it gave when last settled, before refunds. */
  awarded: number;
}

/** A tuple that orders two states of one order, whatever the sequence they arrive in: the greater one is the later. */
export function stateRank(order: OrderDocument): [number, number, number, string] {
  return [
    new Date(order.updatedAt).getTime(),
    order.cancelledAt ? 1 : 0,
    PROGRESS[order.financialStatus],
    // Two webhooks of one second with equal progress: any fixed choice will do, as long as it is always the same.
    JSON.stringify(order.lines.map(lineRank)),
  ];
}

/** The fields by name: a document that comes back from the database has its keys in another sequence. */
function lineRank(line: OrderLine): unknown[] {
  const { lineId, productId, variantId, quantity, priceMinor, discountMinor, taxMinor, giftCard } = line;
  return [lineId, productId, variantId, quantity, priceMinor, discountMinor, taxMinor, giftCard];
}

const PROGRESS: Record<FinancialStatus, number> = {
  pending: 0,
  authorized: 1,
  partially_paid: 2,
  paid: 3,
  partially_refunded: 4,
  refunded: 5,
  expired: 6,
  voided: 7,
};

/** Whether `candidate` is a later state of the order than `known`. Equal states are not later. */
export function isLater(candidate: OrderDocument, known: OrderDocument): boolean {
  const [a, b] = [stateRank(candidate), stateRank(known)];
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    if (x !== y) return x > y;
  }
  return false;
}

const PAID: ReadonlySet<FinancialStatus> = new Set(["paid", "partially_refunded", "refunded"]);

/**
 * Whether the order earns at all in this state. An order that was awarded before keeps earning while an edit leaves a
 * balance open (partially_paid): taking everything back until the difference is paid would punish the edit.
 */
export function hasEarned(
  order: OrderDocument,
  trigger: "paid" | "fulfilled",
  awardedBefore: boolean,
): boolean {
  if (order.cancelledAt || order.financialStatus === "voided") return false;
  if (awardedBefore) return PAID.has(order.financialStatus) || order.financialStatus === "partially_paid";
  return PAID.has(order.financialStatus) && (trigger === "paid" || order.fulfilled);
}
