import { signingSecrets, type Config } from "#app/platform/config/config.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { Logger } from "#app/platform/log/logger.server.ts";
import { isShopId } from "#app/platform/shopify/ids.ts";
import { createInboxWriter, type Delivery, type InboxWriter } from "./store-deliveries.server.ts";
import { isInboxTopic } from "./topics.ts";
import { verifyWebhookHmac } from "./verify-webhook-hmac.server.ts";

/** What the webhook path needs of the services. */
export interface WebhookServices {
  config: Config;
  db: Database;
  log: Logger;
  now: () => Date;
}

/** A request by its headers and raw bytes, whoever read them. */
export interface RawWebhook {
  header(name: string): string | null;
  body: Uint8Array;
}

export type WebhookOutcome =
  | { status: 200; outcome: "accepted" | "ignored" }
  | { status: 400; outcome: "bad_shop" | "bad_webhook_id" | "not_json" }
  | { status: 401; outcome: "bad_hmac" }
  | { status: 413; outcome: "too_large" }
  | { status: 503; outcome: "not_stored" };

/** A few times the largest order Shopify sends. */
export const MAX_WEBHOOK_BYTES = 5 * 1024 * 1024;
/** Shopify hangs up after five seconds; a 503 before that is a delivery it repeats, and we know about it. */
export const WEBHOOK_DEADLINE_MS = 4_000;

const writers = new WeakMap<Database, InboxWriter>();
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Proves, stores and queues one delivery; nothing else happens on this path. Repeating it changes nothing: the row is
 * unique by shop and webhook id, and what it leads to is keyed by the order or refund it is about.
 */
export async function acceptWebhook(services: WebhookServices, webhook: RawWebhook): Promise<WebhookOutcome> {
  const outcome = await accept(services, webhook);
  const fields = { outcome: outcome.outcome, topic: webhook.header("x-shopify-topic")?.slice(0, 60) };
  if (outcome.status === 503) services.log.error("webhook not stored", fields);
  else if (outcome.status !== 200) services.log.warn("webhook refused", fields);
  return outcome;
}

async function accept(services: WebhookServices, webhook: RawWebhook): Promise<WebhookOutcome> {
  const { config, log, now } = services;
  if (webhook.body.length > MAX_WEBHOOK_BYTES) return { status: 413, outcome: "too_large" };
  const hmac = webhook.header("x-shopify-hmac-sha256");
  if (hmac === null || !verifyWebhookHmac(webhook.body, hmac, signingSecrets(config))) {
    return { status: 401, outcome: "bad_hmac" };
  }
  const shopId = webhook.header("x-shopify-shop-domain") ?? "";
  if (!isShopId(shopId)) return { status: 400, outcome: "bad_shop" };
  const webhookId = webhook.header("x-shopify-webhook-id") ?? "";
  if (!/^[\w.:-]{1,128}$/u.test(webhookId)) return { status: 400, outcome: "bad_webhook_id" };
  if (!isJson(webhook.body)) return { status: 400, outcome: "not_json" };
  const topic = webhook.header("x-shopify-topic") ?? "";
  if (!isInboxTopic(topic)) return { status: 200, outcome: "ignored" };
  const delivery: Delivery = {
    shopId,
    webhookId,
    shopifyEventId: webhook.header("x-shopify-event-id")?.slice(0, 128) ?? null,
    topic,
    triggeredAt: instantOf(webhook.header("x-shopify-triggered-at")),
    receivedAt: now(),
    payload: Buffer.from(webhook.body.buffer, webhook.body.byteOffset, webhook.body.byteLength),
  };
  try {
    await writerOf(services.db).store(delivery);
    return { status: 200, outcome: "accepted" };
  } catch (error) {
    log.error("the inbox refused a webhook", { error, shopId, webhookId });
    return { status: 503, outcome: "not_stored" };
  }
}

/** The same for a web-standard request: what the Remix route calls. */
export async function handleWebhook(services: WebhookServices, request: Request): Promise<Response> {
  if (request.method !== "POST") return new Response(null, { status: 405, headers: { Allow: "POST" } });
  const body = new Uint8Array(await request.arrayBuffer());
  const { status } = await acceptWebhook(services, { header: (name) => request.headers.get(name), body });
  return new Response(null, { status });
}

function writerOf(db: Database): InboxWriter {
  const writer = writers.get(db) ?? createInboxWriter(db, { deadlineMs: WEBHOOK_DEADLINE_MS - 500 });
  writers.set(db, writer);
  return writer;
}

/** Whether the bytes are JSON in UTF-8 that PostgreSQL can keep. What it means is the job's business. */
function isJson(body: Uint8Array): boolean {
  try {
    // PostgreSQL's text cannot hold a zero byte; as an escape inside the JSON it can.
    if (body.includes(0)) return false;
    JSON.parse(utf8.decode(body));
    return true;
  } catch {
    return false;
  }
}

function instantOf(header: string | null): Date | null {
  const instant = new Date(header ?? "");
  return Number.isNaN(instant.getTime()) ? null : instant;
}
