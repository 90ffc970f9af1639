import { z } from "zod";
import type { Services } from "#app/services.server.ts";
import type { Queryable } from "#app/platform/db/database.server.ts";
import { forgetCustomer } from "./forget-customer.server.ts";
import { hashEmail } from "./hash-email.ts";

/** Of Shopify's request only this much is read, and only for the length of the job. */
const redactRequest = z.object({ customer: z.object({ email: z.string().nullish() }).nullish() });

/**
 * Does what `customers/redact` asks (and what a deleted customer is owed): identity goes, the ledger stays
 * under a random id. Repeating it changes nothing.
 *
 * @param payload.requestId the webhook's id: its body, while we still have it, tells the address that guest
 *   orders and referrals are hashed under
 */
export async function eraseCustomer(
  services: Services,
  payload: { shopId: string; customerId: string; requestId: string },
  run: { now: Date },
): Promise<{ outcome: "erased" | "nothing_held" }> {
  const { shopId, customerId, requestId } = payload;
  const email = await readEmail(services.db, shopId, requestId);
  const emailHashes = email === null ? [] : [hashEmail(services.config.hashSecret, shopId, email)];
  const eventId = services.newId();
  const { outcome } = await services.db.transaction((tx) =>
    forgetCustomer(tx, { shopId, customerId, emailHashes, eventId, now: run.now }),
  );
  services.log.info("A customer was forgotten.", { shopId, outcome });
  return { outcome };
}

async function readEmail(q: Queryable, shopId: string, webhookId: string): Promise<string | null> {
  const [row] = await q.query<{ payload: string }>(
    `select payload from inbox_event where shop_id = $1 and webhook_id = $2 and payload is not null`,
    [shopId, webhookId],
  );
  if (!row) return null;
  try {
    return redactRequest.parse(JSON.parse(row.payload)).customer?.email ?? null;
  } catch {
    return null;
  }
}
