import type { Services } from "#app/services.server.ts";
import { fetchMissingFacts } from "./fetch-missing-facts.server.ts";
import { settleOrder } from "./settle-order.server.ts";

type JobServices = Pick<Services, "db" | "shopify" | "newId" | "randomBytes">;

/**
 * Settles an order from what is stored, after asking Shopify for what its price depends on and no webhook tells: products
 * that the rules are about, and what gift cards and store credit paid. The questions are asked outside the transaction;
 * should the order change meanwhile, settling asks for another run.
 *
 * @throws UpstreamUnavailable when Shopify does not answer (the job is tried again)
 */
export async function settleOrderJob(
  services: JobServices,
  { shopId, orderId }: { shopId: string; orderId: string },
  { now }: { now: Date },
): Promise<void> {
  await fetchMissingFacts(services, { shopId, orderId, now });
  const { newId, randomBytes } = services;
  await services.db.transaction((tx) => settleOrder(tx, { shopId, orderId, now, newId, randomBytes }));
}
