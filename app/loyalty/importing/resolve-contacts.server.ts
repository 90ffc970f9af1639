import type { Services } from "#app/services.server.ts";
import { errorOfFailure } from "#app/loyalty/members/gateway-error.ts";
import { CustomersByContact } from "#app/platform/shopify/operations/customers-by-contact.ts";
import { CustomersById } from "#app/platform/shopify/operations/customers-by-id.ts";
import type { ContactKind } from "./read-import-row.ts";

export interface Contact {
  kind: ContactKind;
  value: string;
}

/** What became of a look-up, by contact key: a customer id, or why there is none. */
export type Resolved = Map<
  string,
  { customerId: string } | { problem: "unknown_customer" | "several_customers" }
>;

/** Finds the customers behind contacts; another can stand in for Shopify. */
export type ResolveContacts = (shopId: string, contacts: readonly Contact[]) => Promise<Resolved>;

const GID = "gid://shopify/Customer/";
const IDS_PER_CALL = 250;
const CONTACTS_PER_CALL = 50;

export function contactKey({ kind, value }: Contact): string {
  return `${kind}:${value}`;
}

/** Asks Shopify, up to 250 ids or 50 addresses a call. */
export function shopifyContacts(services: Pick<Services, "shopify">): ResolveContacts {
  return async (shopId, contacts) => {
    const resolved: Resolved = new Map();
    const ids = contacts.filter(({ kind }) => kind === "customer");
    for (const some of chunks(ids, IDS_PER_CALL)) await findIds(services, shopId, some, resolved);
    const others = contacts.filter(({ kind }) => kind !== "customer");
    for (const some of chunks(others, CONTACTS_PER_CALL))
      await findContacts(services, shopId, some, resolved);
    return resolved;
  };
}

async function findIds(
  { shopify }: Pick<Services, "shopify">,
  shopId: string,
  contacts: readonly Contact[],
  resolved: Resolved,
): Promise<void> {
  const reply = await shopify.request(shopId, CustomersById, {
    ids: contacts.map(({ value }) => GID + value),
  });
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const found = new Set(
    reply.data.nodes.flatMap((node) => (node?.__typename === "Customer" ? [node.id.slice(GID.length)] : [])),
  );
  for (const contact of contacts) {
    const { value: customerId } = contact;
    resolved.set(
      contactKey(contact),
      found.has(customerId) ? { customerId } : { problem: "unknown_customer" },
    );
  }
}

async function findContacts(
  { shopify }: Pick<Services, "shopify">,
  shopId: string,
  contacts: readonly Contact[],
  resolved: Resolved,
): Promise<void> {
  const query = contacts.map(({ kind, value }) => `${kind}:"${value}"`).join(" OR ");
  const reply = await shopify.request(shopId, CustomersByContact, { query, first: 250 });
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const byKey = new Map<string, Set<string>>();
  for (const customer of reply.data.customers.nodes) {
    const email = customer.defaultEmailAddress?.emailAddress.toLowerCase();
    const phone = customer.defaultPhoneNumber?.phoneNumber;
    const keys = [
      ...(email ? [contactKey({ kind: "email", value: email })] : []),
      ...(phone ? [contactKey({ kind: "phone", value: phone })] : []),
    ];
    for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(customer.id.slice(GID.length)));
  }
  for (const contact of contacts) {
    // Only who has exactly this address: a search may find more than was asked for.
    const [customerId, another] = byKey.get(contactKey(contact)) ?? [];
    resolved.set(
      contactKey(contact),
      customerId === undefined
        ? { problem: "unknown_customer" }
        : another === undefined
          ? { customerId }
          : { problem: "several_customers" },
    );
  }
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
