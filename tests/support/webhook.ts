import { createHmac, randomUUID } from "node:crypto";
import { TEST_SECRET } from "#tests/support/services.ts";

export interface WebhookSpec {
  topic: string;
  shopId: string;
  /** An object is written as JSON; a text is sent as it is. */
  body: unknown;
  secret?: string;
  webhookId?: string;
  eventId?: string;
  triggeredAt?: string;
  /** Replaces headers after signing; null leaves one out. */
  headers?: Record<string, string | null>;
}

export interface SignedWebhook {
  body: string;
  headers: Record<string, string>;
}

/** A delivery as Shopify signs it: base64 HMAC-SHA256 over the raw bytes, everything else unsigned. */
export function signWebhook(spec: WebhookSpec): SignedWebhook {
  const body = typeof spec.body === "string" ? spec.body : JSON.stringify(spec.body);
  const all: Record<string, string | null> = {
    "content-type": "application/json",
    "x-shopify-topic": spec.topic,
    "x-shopify-shop-domain": spec.shopId,
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": spec.webhookId ?? randomUUID(),
    "x-shopify-event-id": spec.eventId ?? randomUUID(),
    "x-shopify-triggered-at": spec.triggeredAt ?? "2026-11-20T15:00:06.123456789Z",
    "x-shopify-hmac-sha256": createHmac("sha256", spec.secret ?? TEST_SECRET)
      .update(body)
      .digest("base64"),
    ...spec.headers,
  };
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  return { body, headers: Object.fromEntries(kept) };
}

/** The same as a web-standard request. */
export function webhookRequest(spec: WebhookSpec): Request {
  const { body, headers } = signWebhook(spec);
  return new Request("http://localhost:3000/webhooks", { method: "POST", body, headers });
}
