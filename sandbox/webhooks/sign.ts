import { createHmac } from "node:crypto";

/** Shopify's signature of a webhook: base64 of HMAC-SHA256 over the raw body. */
export function signWebhook(secret: string, body: string | Buffer): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}
