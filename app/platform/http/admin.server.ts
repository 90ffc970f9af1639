import { ShopifyError } from "@shopify/shopify-api";
import { answers } from "#app/platform/db/database.server.ts";
import { AppError, DatabaseUnavailable } from "#app/platform/errors.ts";
import { pickLocale, type Locale } from "#app/platform/i18n/translate.ts";
import { isShopId } from "#app/platform/shopify/ids.ts";
import { getServices, type Services } from "#app/services.server.ts";
import { getShopify, setUpShop } from "#app/shopify.server.ts";
import { statusOf } from "./error-status.ts";
import { readIdToken } from "./read-id-token.ts";
import { frameAncestorsPolicy } from "./security-headers.ts";

/** The row of the shop the admin is open in. */
export interface ShopRow {
  shopId: string;
  name: string;
  currency: string;
  currencyExponent: number;
  timeZone: string;
  locale: string;
  storefrontUrl: string;
  plan: string;
  installedAt: Date;
  uninstalledAt: Date | null;
}

export interface AdminCall {
  services: Services;
  shopId: string;
  /** The staff member's Shopify user id, for the audit log. */
  actor: string;
  locale: Locale;
  shop: ShopRow;
}

/**
 * Lets only an embedded admin session through and throws the Response that says otherwise. The first visit after an
 * installation sets the shop up, so that every page finds its shop's row and program.
 */
export async function requireAdmin(request: Request): Promise<AdminCall> {
  const services = await getServices();
  try {
    return await identify(services, request);
  } catch (error) {
    if (error instanceof Response) throw error;
    const failure = (await answers(services.db))
      ? error
      : new DatabaseUnavailable("it does not answer", { cause: error });
    if (!(failure instanceof AppError)) throw failure;
    services.log.error("an admin page could not be prepared", { error: failure, code: failure.code });
    throw new Response(failure.code, { status: statusOf(failure) });
  }
}

async function identify(services: Services, request: Request): Promise<AdminCall> {
  const { shopId, actor } = await authenticateAdmin(request);
  const shop = (await readShop(services, shopId)) ?? (await install(services, shopId));
  const url = new URL(request.url);
  const locale = pickLocale(
    url.searchParams.get("locale"),
    request.headers.get("x-dangol-locale"),
    request.headers.get("accept-language"),
    shop.locale,
  );
  return { services, shopId, actor, locale, shop };
}

/** Who is asking, by the ID token; Shopify's library exchanges it for an offline token when there is none. */
export async function authenticateAdmin(request: Request): Promise<{ shopId: string; actor: string }> {
  const reading = readIdToken(request);
  if (reading.outcome === "refused" || (reading.outcome === "absent" && !isDocumentOfAdmin(request))) {
    throw new Response("Unauthorized", { status: 401, headers: { "Cache-Control": "no-store" } });
  }
  const shopify = await getShopify();
  try {
    const { session, sessionToken } = await shopify.authenticate.admin(withoutBotCheck(request));
    return { shopId: session.shop, actor: sessionToken.sub };
  } catch (error) {
    if (error instanceof Response) throw await withOurPolicy(error, request);
    // The library's refusals of odd requests, such as leaving the frame for somebody else's address.
    if (error instanceof ShopifyError) throw new Response("Bad request", { status: 400 });
    throw error;
  }
}

/**
 * The library answers 410 to whatever calls itself a bot, test browsers included, to keep crawlers from starting
 * authentication. Here only a token or an admin's address gets this far, so who it says it is does not matter.
 */
function withoutBotCheck(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set("User-Agent", "Shopify Mobile/Dangol");
  // Without the body, which is the action's to read.
  return new Request(request.url, { headers, method: request.method === "OPTIONS" ? "OPTIONS" : "GET" });
}

/** A page that Shopify's admin opens for the first time has no token yet: the library's bounce page fetches one. */
function isDocumentOfAdmin(request: Request): boolean {
  const { searchParams } = new URL(request.url);
  return request.method === "GET" && isShopId(searchParams.get("shop") ?? "") && searchParams.has("host");
}

// The library's own pages name frame ancestors that we do not have, and know nothing of the sandbox.
async function withOurPolicy(response: Response, request: Request): Promise<Response> {
  if (!response.headers.has("content-security-policy")) return response;
  const { config } = await getServices();
  const named = new URL(request.url).searchParams.get("shop") ?? "";
  const policy = { shopId: isShopId(named) ? named : null, sandboxUrl: config.shopify.sandboxUrl };
  const headers = new Headers(response.headers);
  headers.set("Content-Security-Policy", frameAncestorsPolicy(policy));
  headers.delete("Link");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function install(services: Services, shopId: string): Promise<ShopRow> {
  await setUpShop(services, shopId);
  const shop = await readShop(services, shopId);
  if (shop !== null) return shop;
  throw new Response("The shop could not be set up yet", { status: 503, headers: { "Retry-After": "5" } });
}

/** null: never installed, or uninstalled since. */
async function readShop(services: Services, shopId: string): Promise<ShopRow | null> {
  const shop = await services.prisma.shop.findUnique({ where: { shopId } });
  return shop === null || shop.uninstalledAt !== null ? null : shop;
}
