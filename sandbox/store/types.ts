import type { DraftOrder, Order } from "./order-types.ts";

/** A Shopify id as a string of digits; never a number, so that 18-digit ids survive. */
export type Id = string;
/** An instant as an ISO 8601 string in UTC. */
export type Instant = string;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface ShippingRate {
  handle: string;
  title: string;
  priceMinor: number;
  /** The subtotal after discounts from which the rate costs nothing; null when it never does. */
  freeFromMinor: number | null;
}

export interface Shop {
  id: Id;
  /** The permanent name, `dangol-demo.myshopify.com`. */
  domain: string;
  /** The browser's host without a port, `dangol-demo.localhost`. */
  host: string;
  name: string;
  email: string;
  currency: string;
  timeZone: string;
  locale: string;
  countryCode: string;
  countryName: string;
  city: string;
  /** Liquid money format, e.g. `${{amount}}` or `{{amount_no_decimals}}원`. */
  moneyFormat: string;
  moneyWithCurrencyFormat: string;
  taxesIncluded: boolean;
  /** A fraction as decimal string, `0.08875`. */
  taxRate: string;
  taxTitle: string;
  planName: string;
  shippingRates: ShippingRate[];
  /** Gives orders, lines, refunds and transactions 18-digit ids, beyond what a JavaScript number can hold. */
  largeIds: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface Address {
  id: Id;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  address1: string | null;
  address2: string | null;
  city: string | null;
  province: string | null;
  provinceCode: string | null;
  zip: string | null;
  country: string | null;
  countryCode: string | null;
  phone: string | null;
}

export type MarketingState = "subscribed" | "not_subscribed" | "unsubscribed" | "pending";
export type CustomerState = "disabled" | "invited" | "enabled" | "declined";

export interface Customer {
  id: Id;
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  /** BCP 47, `en` or `ko`. */
  locale: string;
  state: CustomerState;
  verifiedEmail: boolean;
  taxExempt: boolean;
  tags: string[];
  note: string | null;
  emailMarketing: { state: MarketingState; updatedAt: Instant | null };
  addresses: Address[];
  defaultAddressId: Id | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface ProductImage {
  id: Id;
  /** A path on the shop's host. */
  path: string;
  alt: string;
  width: number;
  height: number;
}

export interface Variant {
  id: Id;
  productId: Id;
  title: string;
  sku: string | null;
  position: number;
  priceMinor: number;
  compareAtMinor: number | null;
  /** One value for each option of the product. */
  optionValues: string[];
  taxable: boolean;
  requiresShipping: boolean;
  /** Null when the shop does not track stock. */
  inventoryQuantity: number | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface Product {
  id: Id;
  handle: string;
  title: string;
  descriptionHtml: string;
  vendor: string;
  productType: string;
  tags: string[];
  status: "ACTIVE" | "ARCHIVED" | "DRAFT";
  isGiftCard: boolean;
  options: { id: Id; name: string; values: string[] }[];
  variants: Variant[];
  images: ProductImage[];
  createdAt: Instant;
  updatedAt: Instant;
  publishedAt: Instant | null;
}

export interface Collection {
  id: Id;
  handle: string;
  title: string;
  descriptionHtml: string;
  productIds: Id[];
  imagePath: string | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export type DiscountValue =
  | { type: "percentage"; /** A fraction as decimal string, `0.1` for 10 %. */ fraction: string }
  | { type: "amount"; amountMinor: number; onEachItem: boolean }
  | { type: "free_shipping"; maximumShippingMinor: number | null };

export type DiscountContext =
  | { type: "all" }
  | { type: "customers"; customerIds: Id[] }
  | { type: "segments"; segmentIds: Id[] };

export type DiscountItems =
  | { type: "all" }
  | { type: "products"; productIds: Id[]; variantIds: Id[] }
  | { type: "collections"; collectionIds: Id[] };

export type DiscountClass = "ORDER" | "PRODUCT" | "SHIPPING";

export interface RedeemCode {
  id: Id;
  code: string;
  usageCount: number;
}

export interface Discount {
  /** The same number serves DiscountCodeNode and DiscountNode. */
  id: Id;
  title: string;
  value: DiscountValue;
  discountClass: DiscountClass;
  context: DiscountContext;
  items: DiscountItems;
  codes: RedeemCode[];
  startsAt: Instant;
  endsAt: Instant | null;
  usageLimit: number | null;
  oncePerCustomer: boolean;
  minimum: { type: "subtotal"; amountMinor: number } | { type: "quantity"; quantity: number } | null;
  combinesWith: { order: boolean; product: boolean; shipping: boolean };
  tags: string[];
  /** Who used it, for usage limits per customer: customer ids or e-mails of guests. */
  usedBy: string[];
  createdByApp: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface GiftCard {
  id: Id;
  code: string;
  currency: string;
  initialMinor: number;
  balanceMinor: number;
  customerId: Id | null;
  expiresOn: string | null;
  enabled: boolean;
  note: string | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface StoreCreditTransaction {
  id: Id;
  kind: "credit" | "debit" | "expiration";
  /** Signed: what it did to the balance. */
  amountMinor: number;
  balanceAfterMinor: number;
  expiresAt: Instant | null;
  createdAt: Instant;
  /** What caused it: an order's payment, or a call of the Admin API. */
  event: "adjustment" | "order_payment" | "order_refund" | "tax_finalization";
  orderId: Id | null;
}

export interface StoreCreditAccount {
  id: Id;
  customerId: Id;
  currency: string;
  balanceMinor: number;
  transactions: StoreCreditTransaction[];
}

export interface Metafield {
  id: Id;
  /** The owner's gid, `gid://shopify/Customer/1`. */
  ownerId: string;
  /** With `$app` written out as `app--<app id>`. */
  namespace: string;
  key: string;
  type: string;
  value: string;
  compareDigest: string;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface Installation {
  id: Id;
  scopes: string[];
  installedAt: Instant;
}

export interface AccessToken {
  token: string;
  kind: "offline" | "online";
  scopes: string[];
  expiresAt: Instant | null;
  refreshToken: string | null;
  refreshTokenExpiresAt: Instant | null;
  /** A refresh token stays good until the token that replaced it is used. */
  replaces: string | null;
  userId: Id | null;
  issuedAt: Instant;
  revoked: boolean;
}

export interface ApiSubscription {
  id: Id;
  topic: string;
  uri: string;
  format: "JSON" | "XML";
  includeFields: string[];
  filter: string | null;
  name: string | null;
  createdAt: Instant;
  updatedAt: Instant;
  consecutiveFailures: number;
}

export interface Mail {
  id: Id;
  at: Instant;
  from: string;
  to: string;
  subject: string;
  html: string;
  text: string;
  kind: "order" | "app" | "account" | "other";
}

export interface ThemeBlock {
  id: Id;
  /** The block's file in the app's extension, without `.liquid`. */
  handle: string;
  /** `embed` stands in the body of every page; `section` in a template at its place. */
  target: "embed" | "section";
  /** The template of a section block: `product`, `index`, `collection`, `cart`, `customers/account`; null for an embed. */
  template: string | null;
  enabled: boolean;
  settings: Record<string, Json>;
}

export interface Theme {
  id: Id;
  name: string;
  blocks: ThemeBlock[];
  settings: Record<string, Json>;
}

export interface BulkOperation {
  id: Id;
  query: string;
  status: "CREATED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELED";
  errorCode: string | null;
  objectCount: number;
  rootObjectCount: number;
  createdAt: Instant;
  completedAt: Instant | null;
  /** The JSONL itself; served under `/__sandbox/bulk/<id>.jsonl`. */
  result: string | null;
}

export interface ShopState {
  shop: Shop;
  /** The number of the last order, 1000 at first. */
  orderNumber: number;
  customers: Map<Id, Customer>;
  products: Map<Id, Product>;
  collections: Map<Id, Collection>;
  orders: Map<Id, Order>;
  draftOrders: Map<Id, DraftOrder>;
  discounts: Map<Id, Discount>;
  giftCards: Map<Id, GiftCard>;
  storeCredit: Map<Id, StoreCreditAccount>;
  /** Keyed by the owner's gid, then `namespace.key`. */
  metafields: Map<string, Map<string, Metafield>>;
  /** Null while the app is not installed. */
  installation: Installation | null;
  tokens: Map<string, AccessToken>;
  subscriptions: Map<Id, ApiSubscription>;
  bulkOperations: Map<Id, BulkOperation>;
  mailbox: Mail[];
  theme: Theme;
  /** Ids of customers that were merged away, and into whom. */
  mergedCustomers: Map<Id, Id>;
}

export interface State {
  version: 1;
  /** The last id given; ids grow over all kinds and shops. */
  lastId: number;
  shops: Map<string, ShopState>;
}
