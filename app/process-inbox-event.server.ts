import type { Tx } from "#app/platform/db/database.server.ts";
import { AppError, Malformed } from "#app/platform/errors.ts";
import { compareShop, type KnownShop } from "#app/platform/inbox/body-shop.ts";
import {
  countAttempt,
  lockWaitingEvent,
  settleEvent,
  type InboxEvent,
  type Settlement,
} from "#app/platform/inbox/inbox-event.server.ts";
import { parsePayload } from "#app/platform/inbox/parse-payload.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { isRetryable } from "#app/platform/jobs/classify-failure.ts";
import type { Services } from "#app/services.server.ts";
import { inboxHandlers, type HandlerContext } from "./inbox-handlers.server.ts";

export type InboxOutcome = Settlement["status"] | "seen";

type EventServices = Pick<Services, "config" | "db" | "log" | "newId" | "randomBytes">;

interface ShopFacts extends KnownShop {
  installed: boolean;
  currencyExponent: number;
}

/** Topics that a shop without us installed still has a right to. */
const ALWAYS_PROCESSED = new Set([
  "app/uninstalled",
  "customers/data_request",
  "customers/redact",
  "shop/redact",
]);

/**
 * Acts on one stored webhook. The effect and the mark that it is done are one transaction, so a crash does it again or
 * not at all. What no repetition can mend is parked with its reason; anything else is thrown, for the queue to retry.
 */
export async function processInboxEvent(
  services: EventServices,
  { shopId, webhookId }: { shopId: string; webhookId: string },
  { now }: { now: Date },
): Promise<{ outcome: InboxOutcome }> {
  const { db, log } = services;
  try {
    const settlement = await db.transaction((tx) => processLocked(services, tx, { shopId, webhookId }, now));
    if (settlement === null) return { outcome: "seen" };
    const { status: outcome, reason } = settlement;
    log[outcome === "parked" ? "warn" : "debug"]("webhook processed", {
      shopId,
      webhookId,
      outcome,
      reason: reason ?? undefined,
    });
    return { outcome };
  } catch (error) {
    if (isRetryable(error)) {
      await countAttempt(db, { shopId, webhookId }).catch(() => {});
      throw error;
    }
    log.error("webhook parked", { shopId, webhookId, error });
    await settleEvent(
      db,
      { shopId, webhookId },
      { status: "parked", reason: reasonOf(error), subject: null },
      now,
    );
    return { outcome: "parked" };
  }
}

async function processLocked(
  services: EventServices,
  tx: Tx,
  key: { shopId: string; webhookId: string },
  now: Date,
): Promise<Settlement | null> {
  const event = await lockWaitingEvent(tx, key.shopId, key.webhookId);
  if (event === null) return null;
  const settlement = await decide(services, tx, event, now);
  await settleEvent(tx, event, settlement, now);
  return settlement;
}

async function decide(services: EventServices, tx: Tx, event: InboxEvent, now: Date): Promise<Settlement> {
  const { shopId, topic } = event;
  const shop = await readShop(tx, shopId);
  if (shop?.installed !== true && !ALWAYS_PROCESSED.has(topic)) {
    return { status: "ignored", reason: "not_installed", subject: null };
  }
  const payload = parsePayload(event.payload);
  if (compareShop(topic, payload, shop ?? { shopId, storefrontHost: null }) === "other") {
    // Should it be genuine after all, Shopify itself will tell: reconciliation asks it with this shop's own token.
    if (shop?.installed === true) {
      const runId = services.newId();
      await enqueue(tx, "reconcile-orders", { shopId, runId }, { jobKey: `reconcile:${shopId}` });
    }
    return { status: "parked", reason: "shop_mismatch", subject: null };
  }
  const context: HandlerContext = {
    tx,
    shopId,
    event,
    payload,
    now,
    hashSecret: services.config.hashSecret,
    currencyExponent: shop?.currencyExponent ?? 2,
    newId: services.newId,
    randomBytes: services.randomBytes,
  };
  return inboxHandlers[topic](context);
}

async function readShop(tx: Tx, shopId: string): Promise<ShopFacts | null> {
  const [row] = await tx.query<{
    storefront_url: string;
    uninstalled_at: Date | null;
    currency_exponent: number;
  }>("select storefront_url, uninstalled_at, currency_exponent from shop where shop_id = $1", [shopId]);
  if (row === undefined) return null;
  const { storefront_url: url, currency_exponent: currencyExponent } = row;
  const storefrontHost = URL.canParse(url) ? new URL(url).hostname : null;
  return { shopId, storefrontHost, installed: row.uninstalled_at === null, currencyExponent };
}

function reasonOf(error: unknown): string {
  if (error instanceof Malformed) return "malformed";
  return error instanceof AppError ? error.code : "failed";
}
