import type { Tasks } from "#app/platform/jobs/tasks.ts";
import type { Services } from "#app/services.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { hashEmail } from "./hash-email.ts";
import { heldOnCustomer } from "./held-on-customer.server.ts";
import { readAddresses, readPerson } from "./read-person.server.ts";

/**
 * Does what `customers/data_request` asks: gathers everything held on exactly this customer of this shop into
 * a document that the merchant can download. The same request twice is one document. The number of a customer who was
 * merged is answered for the one who was kept.
 *
 * @param payload.webhookId whose body, while we still have it, tells the address that guest orders are hashed under
 */
export async function exportCustomer(
  services: Services,
  payload: Tasks["export-customer"],
  run: { now: Date },
): Promise<{ outcome: "exported" | "unchanged" }> {
  const { shopId, customerId, requestId } = payload;
  const eventId = services.newId();
  return services.db.transaction(async (tx) => {
    const { email, phone } = await readAddresses(tx, { shopId, webhookId: payload.webhookId ?? "" });
    const document = await heldOnCustomer(tx, {
      shopId,
      customerId,
      person: await readPerson(tx, { shopId, customerId, through: true }),
      emailHashes: email === null ? [] : [hashEmail(services.config.hashSecret, shopId, email)],
      contacts: [email?.toLowerCase(), phone].filter((contact) => typeof contact === "string"),
    });
    const rows = await tx.query(
      `insert into privacy_export (shop_id, request_id, customer_id, created_at, document)
       values ($1, $2, $3, $4, $5::jsonb) on conflict do nothing returning request_id`,
      [shopId, requestId, customerId, run.now, JSON.stringify({ requestedAt: run.now, ...document })],
    );
    if (rows.length === 0) return { outcome: "unchanged" };
    await recordAudit(tx, {
      shopId,
      eventId,
      at: run.now,
      actor: "system",
      action: "privacy.export",
      subject: `request:${requestId}`,
    });
    return { outcome: "exported" };
  });
}
