import type { AppOptions } from "#sandbox/context.ts";
import { signWebhook } from "./sign.ts";
import type { Delivery } from "./types.ts";

/** Shopify gives an endpoint five seconds for the whole request. */
const DEADLINE_MS = 5000;

/** Posts one delivery to the app. Redirects are failures, as at Shopify. Never throws. */
export async function sendDelivery(
  app: AppOptions,
  delivery: Delivery,
): Promise<{ status: number | null; ms: number; error: string | null }> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const response = await fetch(new URL(delivery.uri, app.url), {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: {
        "content-type": "application/json",
        "user-agent": "Shopify-Captain-Hook",
        "x-shopify-topic": delivery.topic,
        "x-shopify-hmac-sha256": signWebhook(app.apiSecret, delivery.body),
        "x-shopify-shop-domain": delivery.shop,
        "x-shopify-api-version": delivery.apiVersion,
        "x-shopify-webhook-id": delivery.id,
        "x-shopify-triggered-at": delivery.triggeredAt,
        "x-shopify-event-id": delivery.eventId,
        ...(delivery.name === null ? {} : { "x-shopify-name": delivery.name }),
      },
      body: delivery.body,
    });
    const text = await response.text();
    return { status: response.status, ms: elapsed(), error: response.ok ? null : text.slice(0, 300) };
  } catch (error) {
    return { status: null, ms: elapsed(), error: describeFailure(error) };
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${DEADLINE_MS} ms`;
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
