/** What a shop's orders really are, as both sides are told of them: the engine by webhooks, the model as they stand here. */
import type { FinancialStatus } from "#app/loyalty/orders/order.ts";

export interface TrueLine {
  id: string;
  product: string;
  variant: string;
  unit: number;
  /** Units first ordered, and those left by edits; refunds are not in it. */
  ordered: number;
  quantity: number;
  /** Off the units first ordered, and the tax inside or on top of them. */
  discount: number;
  tax: number;
  gift: boolean;
}

export interface TrueRefund {
  id: string;
  at: Date;
  lines: { line: string; quantity: number; subtotal: number }[];
  amount: number;
  shipping: number;
}

/** One state of an order. A change makes a new one; those sent before stay as they were. Money is in minor units. */
export interface TrueOrder {
  id: string;
  customer: string;
  processed: Date;
  updated: Date;
  cancelled: Date | null;
  status: FinancialStatus;
  fulfilled: boolean;
  pos: boolean;
  taxesIncluded: boolean;
  /** The redemption whose code it was placed with, by the shopper's key. */
  redemption: string | null;
  lines: TrueLine[];
  refunds: TrueRefund[];
  shipping: number;
}

/** A webhook on its way. Sent again it has the same number, or (as another topic tells the same) a new one. */
export type Delivery = { webhookId: string } & (
  | { about: "order"; topic: string; state: TrueOrder }
  | { about: "refund"; order: string; refund: TrueRefund }
  | { about: "merge"; kept: string; gone: string }
);

/** How Shopify answers: as it should, not at all, without us hearing of it, or with a refusal. */
export type Answer = "ok" | "down" | "lost" | "refuse";
