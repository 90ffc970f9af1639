export type DeliveryState = "queued" | "held" | "delivering" | "waiting" | "delivered" | "failed" | "dropped";

export interface DeliveryAttempt {
  at: string;
  /** HTTP status; null when there was no answer. */
  status: number | null;
  ms: number;
  error: string | null;
}

/** One delivery of one event to one subscription. */
export interface Delivery {
  /** X-Shopify-Webhook-Id; the same over all attempts. */
  id: string;
  /** X-Shopify-Event-Id; shared by all deliveries of one action. */
  eventId: string;
  shop: string;
  topic: string;
  uri: string;
  name: string | null;
  apiVersion: string;
  triggeredAt: string;
  /** The raw body as it is signed and sent. */
  body: string;
  state: DeliveryState;
  attempts: DeliveryAttempt[];
  /** Of the subscription made through the Admin API, else null. */
  subscriptionId: string | null;
  /** The delivery this one repeats, when it was redelivered under a new webhook id. */
  copyOf: string | null;
}
