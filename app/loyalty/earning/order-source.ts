import type { OrderSource } from "../program/earn-settings.ts";

/**
 * Where an order comes from, by Shopify's source_name. Shops and apps may write anything there (sales channels give their
 * app's number): what is not the till, a draft or a subscription is a sale online.
 */
export function orderSource(sourceName: string): OrderSource {
  const name = sourceName.toLowerCase();
  if (name === "pos") return "pos";
  if (name === "shopify_draft_order") return "draft";
  if (name.startsWith("subscription_contract")) return "subscription";
  return "online";
}
