import type { Services } from "#app/services.server.ts";
import { CustomerNames } from "#app/platform/shopify/operations/customer-names.ts";
import { SearchCustomers } from "#app/platform/shopify/operations/search-customers.ts";

/** Names and addresses by customer id, for the length of one page. What Shopify does not tell is simply not there. */
export type CustomerLabels = Record<string, { name: string; email: string | null }>;

const TIMEOUT_MS = 4_000;
const IDS_PER_CALL = 100;
const MATCHES_MAX = 50;
const GID = "gid://shopify/Customer/";

/**
 * Asks Shopify what these customers are called. Dangol stores no names, so a page shows them as they are today; when
 * Shopify does not answer, or may not tell, the page shows customer numbers instead.
 */
export async function customerLabels(
  services: Pick<Services, "shopify">,
  shopId: string,
  customerIds: readonly (string | null)[],
): Promise<CustomerLabels> {
  const ids = [...new Set(customerIds.filter((id): id is string => id !== null))].slice(0, IDS_PER_CALL);
  if (ids.length === 0) return {};
  const reply = await services.shopify.request(
    shopId,
    CustomerNames,
    { ids: ids.map((id) => GID + id) },
    { timeoutMs: TIMEOUT_MS },
  );
  if (!reply.ok) return {};
  const labels: CustomerLabels = {};
  for (const node of reply.data.nodes) {
    if (node?.__typename !== "Customer") continue;
    const email = node.defaultEmailAddress?.emailAddress ?? null;
    const name = node.displayName || email;
    if (name) labels[node.id.slice(GID.length)] = { name, email };
  }
  return labels;
}

/** Ids of customers whose name or e-mail matches the words; empty when Shopify does not answer. */
export async function findCustomers(
  services: Pick<Services, "shopify">,
  shopId: string,
  words: string,
): Promise<string[]> {
  const query = searchText(words);
  if (query === "") return [];
  const reply = await services.shopify.request(
    shopId,
    SearchCustomers,
    { query, first: MATCHES_MAX },
    { timeoutMs: TIMEOUT_MS },
  );
  return reply.ok ? reply.data.customers.nodes.map((node) => node.id.slice(GID.length)) : [];
}

/** Shopify's search has a language of its own; what people type is words, so its operators are taken out. */
export function searchText(words: string): string {
  return words
    .replaceAll(/[:()"'\\*<>]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
