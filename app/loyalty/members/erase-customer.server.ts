import type { Services } from "#app/services.server.ts";
import { forgetCustomer } from "./forget-customer.server.ts";
import { hashEmail } from "./hash-email.ts";
import { readAddresses } from "./read-person.server.ts";

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
  const { email, phone } = await readAddresses(services.db, { shopId, webhookId: requestId });
  const contacts = [email?.toLowerCase(), phone].filter((contact) => typeof contact === "string");
  const emailHashes = email === null ? [] : [hashEmail(services.config.hashSecret, shopId, email)];
  const eventId = services.newId();
  const { outcome } = await services.db.transaction((tx) =>
    forgetCustomer(tx, { shopId, customerId, emailHashes, contacts, eventId, now: run.now }),
  );
  services.log.info("A customer was forgotten.", { shopId, outcome });
  return { outcome };
}
