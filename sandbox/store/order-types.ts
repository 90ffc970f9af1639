import type { Address, Id, Instant } from "./types.ts";

export interface Allocation {
  /** Index into the order's discount applications. */
  applicationIndex: number;
  amountMinor: number;
}

export interface TaxLine {
  title: string;
  /** A fraction as decimal string. */
  rate: string;
  amountMinor: number;
}

export interface DiscountApplication {
  type: "discount_code" | "manual" | "automatic";
  code: string | null;
  title: string;
  targetType: "line_item" | "shipping_line";
  targetSelection: "all" | "entitled" | "explicit";
  allocationMethod: "across" | "each";
  valueType: "percentage" | "fixed_amount";
  /** A percentage (`10.0`) or an amount as decimal string. */
  value: string;
  discountId: Id | null;
}

export interface OrderLine {
  id: Id;
  productId: Id | null;
  variantId: Id | null;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  vendor: string | null;
  /** Units ordered, with those an edit added and without taking off what was refunded or removed (Shopify books both as refunds). */
  quantity: number;
  /** Units at the time the order was placed; 0 for a line an edit added. Allocations and taxes are for these. */
  originalQuantity: number;
  fulfilledQuantity: number;
  priceMinor: number;
  giftCard: boolean;
  taxable: boolean;
  requiresShipping: boolean;
  allocations: Allocation[];
  properties: { name: string; value: string }[];
}

export interface ShippingLine {
  id: Id;
  title: string;
  code: string;
  priceMinor: number;
  allocations: Allocation[];
}

export type TransactionKind = "sale" | "authorization" | "capture" | "refund" | "void";

export interface Transaction {
  id: Id;
  kind: TransactionKind;
  status: "success" | "pending" | "failure";
  /** `bogus`, `manual`, `gift_card`, `shopify_store_credit` … */
  gateway: string;
  amountMinor: number;
  parentId: Id | null;
  giftCardId: Id | null;
  createdAt: Instant;
  processedAt: Instant;
}

export type RestockType = "no_restock" | "cancel" | "return";

export interface RefundLine {
  id: Id;
  lineItemId: Id;
  quantity: number;
  restockType: RestockType;
  subtotalMinor: number;
  taxMinor: number;
}

export interface OrderAdjustment {
  id: Id;
  /** A discrepancy, also one with a stated reason, changes what the order comes to; a pending one pays out what an edit left owing. */
  kind: "refund_discrepancy" | "pending_refund_discrepancy" | "customer" | "damage" | "restock";
  reason: string;
  amountMinor: number;
  taxMinor: number;
}

export interface Refund {
  id: Id;
  orderId: Id;
  note: string | null;
  restock: boolean;
  /** Made by an order edit that took units off; no money moves with it. */
  byEdit: boolean;
  lines: RefundLine[];
  shippingLines: { id: Id; shippingLineId: Id; subtotalMinor: number; taxMinor: number }[];
  adjustments: OrderAdjustment[];
  /** Of the order's transactions. */
  transactionIds: Id[];
  createdAt: Instant;
  processedAt: Instant;
}

export interface Fulfillment {
  id: Id;
  name: string;
  status: "success" | "cancelled";
  lines: { lineItemId: Id; quantity: number }[];
  trackingNumber: string | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export type DisputeStatus = "NEEDS_RESPONSE" | "UNDER_REVIEW" | "ACCEPTED" | "LOST" | "WON" | "PREVENTED";

export interface Order {
  id: Id;
  number: number;
  /** `#1001` */
  name: string;
  customerId: Id | null;
  email: string | null;
  phone: string | null;
  locale: string;
  currency: string;
  /** Another currency the shopper saw, and how many of it one unit of the shop's currency is; null when it is the same. */
  presentment: { currency: string; rate: string } | null;
  taxesIncluded: boolean;
  taxRate: string;
  taxTitle: string;
  taxExempt: boolean;
  test: boolean;
  sourceName: string;
  tags: string[];
  note: string | null;
  noteAttributes: { name: string; value: string }[];
  lines: OrderLine[];
  shippingLines: ShippingLine[];
  discountApplications: DiscountApplication[];
  discountCodes: { code: string; amountMinor: number; type: "percentage" | "fixed_amount" | "shipping" }[];
  transactions: Transaction[];
  refunds: Refund[];
  fulfillments: Fulfillment[];
  /** Chargebacks and inquiries, by Shopify's names. */
  disputes?: { id: Id; kind: "CHARGEBACK" | "INQUIRY"; status: DisputeStatus }[];
  shippingAddress: Address | null;
  billingAddress: Address | null;
  /** The secret part of the order status page's address. */
  token: string;
  cartToken: string | null;
  checkoutToken: string | null;
  createdAt: Instant;
  processedAt: Instant;
  updatedAt: Instant;
  cancelledAt: Instant | null;
  cancelReason: "customer" | "declined" | "fraud" | "inventory" | "other" | "staff" | null;
  closedAt: Instant | null;
}

export interface DraftOrder {
  id: Id;
  name: string;
  status: "OPEN" | "COMPLETED" | "INVOICE_SENT";
  customerId: Id | null;
  email: string | null;
  lines: { variantId: Id | null; title: string; quantity: number; priceMinor: number }[];
  discount: { title: string; valueType: "percentage" | "fixed_amount"; value: string } | null;
  tags: string[];
  note: string | null;
  orderId: Id | null;
  createdAt: Instant;
  updatedAt: Instant;
  completedAt: Instant | null;
}
