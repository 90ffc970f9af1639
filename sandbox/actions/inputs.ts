import type {
  Address,
  DiscountContext,
  DiscountItems,
  DiscountValue,
  Id,
  Instant,
  Json,
  MarketingState,
} from "#sandbox/store/types.ts";
import type { DisputeStatus, Order, RestockType } from "#sandbox/store/order-types.ts";

/** `undefined` leaves a value as it is (or at its default); `null` clears it. */
type Maybe<T> = { [K in keyof T]?: T[K] | undefined };

export type AddressInput = Maybe<Omit<Address, "id">>;

export type CustomerInput = Maybe<{
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  locale: string;
  note: string | null;
  tags: string[];
  taxExempt: boolean;
  verifiedEmail: boolean;
  /** Whether the shopper has an account to log in to. */
  enabled: boolean;
  marketing: MarketingState;
  addresses: AddressInput[];
}>;

export interface MergeResult {
  keptId: Id;
  deletedId: Id;
}

export type VariantInput = Maybe<{
  title: string;
  sku: string | null;
  priceMinor: number;
  compareAtMinor: number | null;
  optionValues: string[];
  taxable: boolean;
  requiresShipping: boolean;
  inventoryQuantity: number | null;
}>;

export type ProductInput = Maybe<{
  handle: string;
  descriptionHtml: string;
  vendor: string;
  productType: string;
  tags: string[];
  status: "ACTIVE" | "ARCHIVED" | "DRAFT";
  isGiftCard: boolean;
  options: { name: string; values: string[] }[];
  variants: VariantInput[];
  images: { path: string; alt: string; width?: number | undefined; height?: number | undefined }[];
}> & { title: string };

export type CollectionInput = Maybe<{
  handle: string;
  descriptionHtml: string;
  productIds: Id[];
  imagePath: string | null;
}> & { title: string };

/** What may be changed of a collection later. */
export type CollectionChange = Maybe<{
  title: string;
  handle: string;
  descriptionHtml: string;
  productIds: Id[];
}>;

export type OrderLineInput = { quantity: number } & Maybe<{
  variantId: Id;
  /** For a line of no variant: its title and price are needed. */
  title: string;
  /** Overrides the variant's price. */
  priceMinor: number;
  giftCard: boolean;
  taxable: boolean;
  requiresShipping: boolean;
  properties: { name: string; value: string }[];
}>;

export type Tender =
  | { kind: "gift_card"; code: string; amountMinor?: number | undefined }
  | { kind: "store_credit"; amountMinor?: number | undefined };

export interface PaymentInput {
  kind: "sale" | "authorization";
  status: "success" | "pending" | "failure";
  gateway: string;
  amountMinor: number;
}

export type PlaceOrderInput = { lines: OrderLineInput[] } & Maybe<{
  /** Null or absent: a guest, known by e-mail. */
  customerId: Id | null;
  email: string | null;
  phone: string | null;
  /** Checked as a checkout checks them; a refusal names the code and why. */
  discountCodes: string[];
  /** Handle of one of the shop's rates; null for goods that are not shipped. Absent: the first rate when anything is shipped. */
  shippingHandle: string | null;
  /** A shipping line of its own, instead of one of the shop's rates. */
  shipping: { title: string; priceMinor: number } | null;
  /** Gift cards and store credit, used up in this order before the rest is paid with money. */
  tenders: Tender[];
  /** `paid` (default) captures the rest at once, `pending` leaves it open, `authorized` only authorizes it. */
  payment: "paid" | "pending" | "authorized";
  gateway: string;
  /** The payments themselves (orderCreate), instead of one for what is left. */
  payments: PaymentInput[];
  /** The tax to reckon with, instead of the shop's; null for none. */
  tax: { title: string; rate: string } | null;
  taxesIncluded: boolean;
  taxExempt: boolean;
  presentment: { currency: string; rate: string } | null;
  shippingAddress: AddressInput | null;
  billingAddress: AddressInput | null;
  processedAt: Instant;
  test: boolean;
  sourceName: string;
  tags: string[];
  note: string | null;
  noteAttributes: { name: string; value: string }[];
  locale: string;
  cartToken: string;
  checkoutToken: string;
  /** A discount given by hand over all lines (draft orders, orderCreate), not checked against anything. */
  manualDiscount: {
    title: string;
    code?: string | undefined;
    valueType: "percentage" | "fixed_amount" | "free_shipping";
    /** A percentage (`10`) or an amount as decimal string. */
    value: string;
  };
  /** False creates the order without any mail to the shopper. Default true. */
  sendReceipt: boolean;
}>;

/** What a checkout shows before the order is placed; made by the same pricing as the order itself. */
export interface Quote {
  currency: string;
  lines: { title: string; quantity: number; priceMinor: number; totalMinor: number; discountMinor: number }[];
  /** Before discounts on the order, after those on lines. */
  linesMinor: number;
  discounts: { code: string; title: string; amountMinor: number; target: "line_item" | "shipping_line" }[];
  /** Codes that were not applied, with the reason to show the shopper. */
  rejected: { code: string; reason: CodeRefusal; message: string }[];
  subtotalMinor: number;
  shippingMinor: number;
  taxMinor: number;
  totalMinor: number;
  /** How the tenders would share the total. */
  giftCardMinor: number;
  storeCreditMinor: number;
  dueMinor: number;
}

export type CodeRefusal =
  | "not_found"
  | "not_started"
  | "expired"
  | "usage_limit"
  | "already_used"
  | "wrong_customer"
  | "login_needed"
  | "minimum_not_met"
  | "no_entitled_items"
  | "no_shipping"
  | "does_not_combine";

export interface DisputeInput {
  orderId: Id;
  kind?: "CHARGEBACK" | "INQUIRY" | undefined;
  /** What becomes of the latest dispute; without it a new one opens. */
  status?: DisputeStatus | undefined;
}

export interface RefundInput {
  orderId: Id;
  lines?: { lineItemId: Id; quantity: number; restockType?: RestockType | undefined }[] | undefined;
  /** What of the shipping to refund. */
  shipping?: { full: true } | { amountMinor: number } | undefined;
  /** Money to give back; default what the lines and shipping come to (capped at what was paid). Amount alone: a discrepancy. */
  amountMinor?: number | undefined;
  /** Money goes back as store credit instead of to where it came from. */
  asStoreCredit?: boolean | undefined;
  /** Why the money differs from what the goods and shipping come to. */
  discrepancyReason?: "customer" | "damage" | "restock" | "other" | undefined;
  /** No money moves (goods come back, nothing is paid). */
  withoutMoney?: boolean | undefined;
  /** `pending` or `failure` when the money does not move as planned; default `success`. */
  transactionStatus?: "success" | "pending" | "failure" | undefined;
  note?: string | null | undefined;
  processedAt?: Instant | undefined;
}

export interface CancelInput {
  orderId: Id;
  reason?: Order["cancelReason"] | undefined;
  /** Gives back all that was paid and not yet refunded. Default true. */
  refund?: boolean | undefined;
  restock?: boolean | undefined;
  staffNote?: string | null | undefined;
}

/** Changes an order edit commits together. */
export interface EditInput {
  orderId: Id;
  setQuantities?: { lineItemId: Id; quantity: number; restock?: boolean | undefined }[] | undefined;
  addVariants?: { variantId: Id; quantity: number }[] | undefined;
  addCustomItems?:
    | { title: string; quantity: number; priceMinor: number; taxable?: boolean | undefined }[]
    | undefined;
  staffNote?: string | null | undefined;
}

export interface DiscountInput {
  title: string;
  code: string;
  value: DiscountValue;
  startsAt?: Instant | undefined;
  endsAt?: Instant | null | undefined;
  context?: DiscountContext | undefined;
  items?: DiscountItems | undefined;
  usageLimit?: number | null | undefined;
  oncePerCustomer?: boolean | undefined;
  minimum?:
    | { type: "subtotal"; amountMinor: number }
    | { type: "quantity"; quantity: number }
    | null
    | undefined;
  combinesWith?:
    | { order?: boolean | undefined; product?: boolean | undefined; shipping?: boolean | undefined }
    | undefined;
  tags?: string[] | undefined;
  createdByApp?: boolean | undefined;
}

export interface MetafieldInput {
  ownerId: string;
  /** `$app`, `$app:name` or a plain namespace; absent means `$app`. */
  namespace?: string | undefined;
  key: string;
  type?: string | undefined;
  value: string;
  /** Compare-and-set: the digest the value must have now, null that it must not exist; absent does not check. */
  compareDigest?: string | null | undefined;
}

export interface GiftCardInput {
  initialMinor: number;
  code?: string | undefined;
  customerId?: Id | null | undefined;
  expiresOn?: string | null | undefined;
  note?: string | null | undefined;
}

export interface DraftOrderInput {
  customerId?: Id | null | undefined;
  email?: string | null | undefined;
  lines: OrderLineInput[];
  discount?: { title: string; valueType: "percentage" | "fixed_amount"; value: string } | null | undefined;
  tags?: string[] | undefined;
  note?: string | null | undefined;
}

export interface MailInput {
  to: string;
  subject: string;
  html?: string | undefined;
  text?: string | undefined;
  from?: string | undefined;
  kind?: "order" | "app" | "account" | "other" | undefined;
}

export type ShopInput = Maybe<{
  name: string;
  email: string;
  timeZone: string;
  locale: string;
  currency: string;
  taxesIncluded: boolean;
  taxRate: string;
  planName: string;
  largeIds: boolean;
}>;

export type ThemeBlockInput = Maybe<{
  id: Id;
  enabled: boolean;
  settings: Record<string, Json>;
}> & { handle: string; target: "embed" | "section"; template?: string | null | undefined };
