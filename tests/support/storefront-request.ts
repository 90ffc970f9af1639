import { signAppProxyParams } from "#app/platform/http/app-proxy.server.ts";
import { NOW } from "./ledger-fixtures.ts";

export interface StorefrontAsk {
  shopId: string;
  /** Who is logged in; left out: a guest. */
  customerId?: string;
  path: string;
  query?: Record<string, string>;
  /** Sent as JSON by POST; a string is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  secret?: string;
}

/** A request as Shopify's app proxy forwards it, signed with the secret of rewardServices. */
export function storefrontRequest(ask: StorefrontAsk): Request {
  const url = new URL(`https://app.example.com/proxy${ask.path}`);
  for (const [name, value] of Object.entries(ask.query ?? {})) url.searchParams.set(name, value);
  url.searchParams.set("shop", ask.shopId);
  url.searchParams.set("logged_in_customer_id", ask.customerId ?? "");
  url.searchParams.set("path_prefix", "/apps/loyalty");
  url.searchParams.set("timestamp", String(Math.floor(NOW.getTime() / 1000)));
  url.searchParams.set("signature", signAppProxyParams(url.searchParams, ask.secret ?? "hush"));
  if (ask.body === undefined) return new Request(url, { headers: ask.headers ?? {} });
  return new Request(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...ask.headers },
    body: typeof ask.body === "string" ? ask.body : JSON.stringify(ask.body),
  });
}
