/** The webhook topics we act on; shopify.app.toml subscribes to exactly these, by a test. */
export const INBOX_TOPICS = [
  "orders/create",
  "orders/paid",
  "orders/updated",
  "orders/cancelled",
  "orders/fulfilled",
  "refunds/create",
  "customers/create",
  "customers/update",
  "customers/delete",
  "customers/merge",
  "products/update",
  "products/delete",
  "collections/update",
  "app/uninstalled",
  "app/scopes_update",
  "shop/update",
] as const;

/** Declared apart in the toml: they come for every app, whatever its scopes. */
export const COMPLIANCE_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"] as const;

export type InboxTopic = (typeof INBOX_TOPICS)[number] | (typeof COMPLIANCE_TOPICS)[number];

const KNOWN = new Set<string>([...INBOX_TOPICS, ...COMPLIANCE_TOPICS]);

export function isInboxTopic(topic: string): topic is InboxTopic {
  return KNOWN.has(topic);
}
