import { createHmac, timingSafeEqual } from "node:crypto";

export interface AppProxyOptions {
  /** The app's secret, and the previous one during a rotation. */
  secrets: string[];
  now: Date;
  /** The parameters a client may add on this route. Any other name is refused. */
  allowedParams: readonly string[];
}

export type AppProxyCall =
  | { ok: true; shopId: string; customerId: string | null; pathPrefix: string; params: URLSearchParams }
  | { ok: false; status: 400 | 401; code: AppProxyRefusal };

export type AppProxyRefusal =
  | "bad_parameter"
  | "missing_signature"
  | "bad_signature"
  | "stale_timestamp"
  | "bad_shop"
  | "bad_customer";

const CLOCK_TOLERANCE_SEC = 90;
const SHOPIFY_PARAMS = ["shop", "logged_in_customer_id", "path_prefix", "timestamp", "signature"] as const;
const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$/u;

/**
 * Proves that a storefront request came through Shopify and says for whom. Our own, since the library's check leaves two
 * holes: Shopify joins the parameters without separators, so a signature may fit a re-split query (hence the
 * allowlist and no "=" in values), and `logged_in_customer_id` may be repeated (hence exactly one of each name).
 */
export function verifyAppProxy(request: Request, options: AppProxyOptions): AppProxyCall {
  const params = new URL(request.url).searchParams;
  const allowed = new Set<string>([...SHOPIFY_PARAMS, ...options.allowedParams]);
  const signature = params.get("signature");
  if (signature === null) return refuse(401, "missing_signature");
  for (const name of new Set(params.keys())) {
    if (!allowed.has(name) || params.getAll(name).length !== 1) return refuse(400, "bad_parameter");
    if (params.get(name)?.includes("=") === true) return refuse(400, "bad_parameter");
  }
  if (!isSignedBy(params, signature, options.secrets)) return refuse(401, "bad_signature");
  if (!isFresh(params.get("timestamp"), options.now)) return refuse(401, "stale_timestamp");
  const shopId = params.get("shop");
  if (shopId === null || !SHOP_DOMAIN.test(shopId)) return refuse(400, "bad_shop");
  const customerId = params.get("logged_in_customer_id") ?? "";
  if (!/^\d{0,20}$/u.test(customerId)) return refuse(400, "bad_customer");
  return {
    ok: true,
    shopId,
    customerId: customerId === "" ? null : customerId,
    pathPrefix: params.get("path_prefix") ?? "",
    params: clientParams(params, options.allowedParams),
  };
}

/** Shopify's signature over every parameter but itself: sorted, joined with nothing between, hex HMAC-SHA256. */
export function signAppProxyParams(params: URLSearchParams, secret: string): string {
  const names = [...new Set(params.keys())].filter((name) => name !== "signature");
  const pairs = names.map((name) => `${name}=${params.getAll(name).join(",")}`).toSorted();
  return createHmac("sha256", secret).update(pairs.join("")).digest("hex");
}

function isSignedBy(params: URLSearchParams, signature: string, secrets: string[]): boolean {
  const given = Buffer.from(signature);
  return secrets.some((secret) => {
    const expected = Buffer.from(signAppProxyParams(params, secret));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function isFresh(timestamp: string | null, now: Date): boolean {
  if (timestamp === null || !/^\d{1,12}$/u.test(timestamp)) return false;
  return Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= CLOCK_TOLERANCE_SEC;
}

function clientParams(params: URLSearchParams, allowed: readonly string[]): URLSearchParams {
  const own = new URLSearchParams();
  for (const name of allowed) {
    const value = params.get(name);
    if (value !== null) own.set(name, value);
  }
  return own;
}

function refuse(status: 400 | 401, code: AppProxyRefusal): AppProxyCall {
  return { ok: false, status, code };
}
