import type { InboxTopic } from "./topics.ts";
import type { Payload } from "./parse-payload.ts";

/** The hosts a shop is known by: its myshopify domain, and the one its storefront is on. */
export interface KnownShop {
  shopId: string;
  storefrontHost: string | null;
}

/**
 * Whether what a body says of its shop agrees with the header it came with. The signature covers the body alone, so a
 * genuine delivery of one shop could be sent again under another shop's name. `unknown`: the body says nothing.
 */
export function compareShop(
  topic: InboxTopic,
  payload: Payload,
  known: KnownShop,
): "same" | "other" | "unknown" {
  const named = hostsNamed(topic, payload);
  if (named.length === 0) return "unknown";
  return named.some((host) => host === known.shopId || host === known.storefrontHost) ? "same" : "other";
}

function hostsNamed(topic: InboxTopic, payload: Payload): string[] {
  const values = [payload["shop_domain"], payload["myshopify_domain"]];
  if (topic.startsWith("orders/")) values.push(hostOf(payload["order_status_url"]));
  if (topic === "shop/update" || topic === "app/uninstalled") values.push(payload["domain"]);
  return values
    .filter((value) => typeof value === "string" && value !== "")
    .map((value) => String(value).toLowerCase());
}

function hostOf(value: unknown): string | null {
  return typeof value === "string" && URL.canParse(value) ? new URL(value).hostname : null;
}
