import { createHmac } from "node:crypto";
import { renderPage, readThemeCatalogue } from "./render-page.ts";
import type { Visit } from "./render-page.ts";
import { translate, translateText } from "#sandbox/storefront/liquid/translate.ts";
import { html } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";

const PROXY_TIMEOUT_MS = 30_000;

/** Shopify removes these on the way to the app, besides what belongs to the connection. */
const REQUEST_HEADERS_DROPPED = new Set([
  "cookie",
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "upgrade",
  "te",
  "trailer",
  "proxy-authorization",
  "expect",
  "accept-encoding",
  "x-sandbox-shop",
]);
/** And these on the way back. */
const RESPONSE_HEADERS_DROPPED = new Set([
  "set-cookie",
  "date",
  "server",
  "accept-ranges",
  "pragma",
  "connection",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "keep-alive",
  "upgrade",
  "trailer",
]);

/**
 * Signs the query of a proxied request: all parameters but `signature`, decoded, repeated ones joined by a comma,
 * sorted, put together without separators, as lower-case hexadecimal HMAC-SHA256.
 */
export function signProxyQuery(query: URLSearchParams, secret: string): string {
  const names = [...new Set(query.keys())].filter((name) => name !== "signature");
  const message = names
    .map((name) => `${name}=${query.getAll(name).join(",")}`)
    .sort()
    .join("");
  return createHmac("sha256", secret).update(message).digest("hex");
}

/**
 * The query the app receives: what the client sent, untouched and first, then Shopify's own. A `signature` from the
 * client would never be Shopify's, so it is dropped.
 */
export function buildProxyQuery(
  client: URLSearchParams,
  own: { shop: string; customerId: string | null; pathPrefix: string; timestampSec: number },
  secret: string,
): URLSearchParams {
  const query = new URLSearchParams([...client].filter(([name]) => name !== "signature"));
  query.append("shop", own.shop);
  query.append("logged_in_customer_id", own.customerId ?? "");
  query.append("path_prefix", own.pathPrefix);
  query.append("timestamp", String(own.timestampSec));
  query.append("signature", signProxyQuery(query, secret));
  return query;
}

/** The path of the shop that goes to the app, `/apps/loyalty`; undefined when the app declares none or is not there. */
export function proxyPrefix({ context, request }: Visit): string | undefined {
  const { proxy } = context.config();
  if (proxy === null || context.store.shop(request.shop).installation === null) return undefined;
  return `/${proxy.prefix}/${proxy.subpath}`;
}

function buildTarget({ context, request, session }: Visit, prefix: string): URL {
  const base = new URL(context.config().proxy?.path ?? "/", context.app.url);
  const target = new URL(
    `${base.pathname.replace(/\/$/, "")}${request.url.pathname.slice(prefix.length)}`,
    base,
  );
  const own = {
    shop: request.shop,
    customerId: session.customer?.id ?? null,
    pathPrefix: prefix,
    timestampSec: Math.floor(context.now().getTime() / 1000),
  };
  target.search = buildProxyQuery(request.url.searchParams, own, context.app.apiSecret).toString();
  return target;
}

function forwardedHeaders({ request }: Visit): Headers {
  const headers = new Headers();
  for (const [name, value] of request.headers) {
    if (!REQUEST_HEADERS_DROPPED.has(name.toLowerCase())) headers.append(name, value);
  }
  headers.set("x-forwarded-host", request.url.host);
  headers.set("x-forwarded-proto", request.url.protocol.replace(":", ""));
  return headers;
}

/** Sends a request to the app as Shopify's app proxy would, and its answer back. */
export async function forwardToApp(visit: Visit, prefix: string): Promise<SandboxResponse> {
  const { request, session } = visit;
  let answer: Response;
  let body: Buffer;
  try {
    const bodyless = request.method === "GET" || request.method === "HEAD";
    answer = await fetch(buildTarget(visit, prefix), {
      method: request.method,
      headers: forwardedHeaders(visit),
      body: bodyless ? null : new Uint8Array(request.body),
      signal: AbortSignal.timeout(PROXY_TIMEOUT_MS),
    });
    body = Buffer.from(await answer.arrayBuffer());
  } catch {
    const catalogue = readThemeCatalogue(session);
    const text = (key: string) => translate(catalogue, `proxy.${key}`);
    const source = `<section class="page-width section"><div class="empty"><h1>${text("down_title")}</h1><p class="muted">${text("down_text")}</p></div></section>`;
    const title = translateText(catalogue, "proxy.down_title");
    return html(502, await renderPage(visit, { type: "page", template: "proxy", title, source }));
  }
  if (answer.headers.get("content-type")?.startsWith("application/liquid")) {
    const page = {
      type: "page",
      template: "proxy",
      title: visit.context.config().name,
      source: body.toString("utf8"),
    };
    return html(answer.status, await renderPage(visit, page));
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of answer.headers) {
    if (!RESPONSE_HEADERS_DROPPED.has(name.toLowerCase())) headers[name] = value;
  }
  return { status: answer.status, headers, body };
}
