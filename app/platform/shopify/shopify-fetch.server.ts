import type { Config } from "#app/platform/config/config.ts";

const SHOPIFY_HOST = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/u;

/**
 * fetch, except that a request to https://{shop}.myshopify.com/… goes to the sandbox when one is configured.
 * Nothing else of the app knows that there is a sandbox.
 */
export function createShopifyFetch(config: Config): typeof fetch {
  const { sandboxUrl } = config.shopify;
  if (sandboxUrl === null) return fetch;
  return (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (!SHOPIFY_HOST.test(url.hostname)) return fetch(request);
    const headers = new Headers(request.headers);
    headers.set("X-Sandbox-Shop", url.hostname);
    return fetch(new Request(`${sandboxUrl}${url.pathname}${url.search}`, new Request(request, { headers })));
  };
}
