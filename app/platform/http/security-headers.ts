export interface PagePolicy {
  /** The shop whose admin may frame the page; null: nobody may. */
  shopId: string | null;
  nonce: string;
  /** The sandbox stands in for Shopify: its admin shell frames us and serves App Bridge. */
  sandboxUrl: string | null;
}

/** Sent with every response. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
};

/** The content security policy of a page: framed by that shop's admin alone, scripts from us and from App Bridge alone. */
export function contentSecurityPolicy(policy: PagePolicy): string {
  const sandbox = sandboxOrigins(policy);
  const directives: Record<string, string[]> = {
    "default-src": ["'self'"],
    "script-src": ["'self'", `'nonce-${policy.nonce}'`, "https://cdn.shopify.com", ...sandbox],
    // Polaris sets style attributes.
    "style-src": ["'self'", "'unsafe-inline'", "https://cdn.shopify.com", ...sandbox],
    "font-src": ["'self'", "https://cdn.shopify.com", "https://fonts.shopifycdn.com"],
    "img-src": ["'self'", "data:", "https://cdn.shopify.com", ...sandbox],
    "connect-src": [
      "'self'",
      "https://cdn.shopify.com",
      "https://monorail-edge.shopifysvc.com",
      ...shopOrigins(policy),
      ...sandbox,
    ],
    "frame-src": ["'self'", ...shopOrigins(policy), ...sandbox],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "frame-ancestors": frameAncestors(policy),
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}

/** Who may frame a page that Shopify's library answers itself. */
export function frameAncestorsPolicy(policy: Omit<PagePolicy, "nonce">): string {
  return `frame-ancestors ${frameAncestors(policy).join(" ")};`;
}

function frameAncestors(policy: Omit<PagePolicy, "nonce">): string[] {
  if (policy.shopId === null) return ["'none'"];
  return [...shopOrigins(policy), ...sandboxOrigins(policy)];
}

function shopOrigins({ shopId }: Omit<PagePolicy, "nonce">): string[] {
  return shopId === null ? [] : [`https://${shopId}`, "https://admin.shopify.com"];
}

// The sandbox gives each shop a host of its own on its one port: dangol-demo.localhost:4000.
function sandboxOrigins({ shopId, sandboxUrl }: Omit<PagePolicy, "nonce">): string[] {
  if (sandboxUrl === null) return [];
  const url = new URL(sandboxUrl);
  if (shopId === null) return [url.origin];
  const handle = shopId.replace(/\.myshopify\.com$/u, "");
  return [url.origin, `${url.protocol}//${handle}.localhost${url.port === "" ? "" : `:${url.port}`}`];
}
