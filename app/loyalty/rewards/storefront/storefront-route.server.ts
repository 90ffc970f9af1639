import { signingSecrets } from "#app/platform/config/config.ts";
import { NotFound } from "#app/platform/errors.ts";
import { verifyAppProxy } from "#app/platform/http/app-proxy.server.ts";
import { errorReply } from "#app/platform/http/reply.server.ts";
import { pickLocale, type Locale, type MessageVars } from "#app/platform/i18n/translate.ts";
import { getServices, type Services } from "#app/services.server.ts";
import { readJsonBody } from "./read-json-body.server.ts";
import {
  storefrontTranslator,
  type StorefrontErrorCode,
  type StorefrontTranslate,
} from "./storefront-translator.ts";

export interface StorefrontShop {
  shopId: string;
  currency: string;
  currencyExponent: number;
  timeZone: string;
  locale: string;
  storefrontUrl: string;
}

/** A request that came through Shopify, for a shop that has us installed. */
export interface StorefrontCall {
  services: Services;
  now: Date;
  shop: StorefrontShop;
  locale: Locale;
  t: StorefrontTranslate;
  /** The customer who is logged in, as Shopify signed it: the only way to say who is asking. Null for a guest. */
  customerId: string | null;
  /** Query parameters of the client, of the names the route allows. */
  params: URLSearchParams;
  /** From the path. */
  pathParams: Readonly<Record<string, string | undefined>>;
  /** Of a POST; an empty object otherwise. */
  body: Record<string, unknown>;
  /** Of headers only those that a route may need. */
  header: (name: string) => string | null;
  refuse: (status: number, code: StorefrontErrorCode, vars?: MessageVars) => Response;
}

interface RouteArgs {
  request: Request;
  params: Readonly<Record<string, string | undefined>>;
}

/**
 * A loader or action of the storefront API: proves that the request came through Shopify, finds the shop, reads the body,
 * and calls the handler. Whatever goes wrong is answered in the one error shape, in the shopper's language; nothing of
 * the request is ever repeated in an answer.
 *
 * @param options.params names a client may use in the query beside `locale`
 */
export function storefrontRoute(
  options: { method: "GET" | "POST"; params?: readonly string[] },
  handle: (call: StorefrontCall) => Promise<Response>,
): (args: RouteArgs) => Promise<Response> {
  return async (args) => {
    const services = await getServices().catch(() => null);
    if (!services) return refuseWith(fallbackLocale(args.request))(503, "unavailable");
    try {
      return await answer(services, options, args, handle);
    } catch (error) {
      return fail(services, args.request, error);
    }
  };
}

/** For the method that a route does not have. */
export const methodNotAllowed = storefrontRoute({ method: "GET" }, async (call) =>
  call.refuse(405, "method_not_allowed"),
);

async function answer(
  services: Services,
  options: { method: "GET" | "POST"; params?: readonly string[] },
  { request, params: pathParams }: RouteArgs,
  handle: (call: StorefrontCall) => Promise<Response>,
): Promise<Response> {
  const now = services.now();
  const proxied = verifyAppProxy(request, {
    secrets: signingSecrets(services.config),
    now,
    allowedParams: ["locale", ...(options.params ?? [])],
  });
  const refuseEarly = refuseWith(fallbackLocale(request));
  if (!proxied.ok)
    return refuseEarly(proxied.status, proxied.status === 401 ? "unauthorized" : "bad_parameter");
  const shop = await findShop(services, proxied.shopId);
  if (!shop) return refuseEarly(404, "shop_not_found");
  const locale = pickLocale(proxied.params.get("locale"), shop.locale);
  const refuse = refuseWith(locale);
  const isPost = options.method === "POST";
  if (isPost && request.method !== "POST") return refuse(405, "method_not_allowed");
  const body = isPost ? await readJsonBody(request) : { ok: true as const, value: {} };
  if (!body.ok) return refuse(body.status, body.code);
  return handle({
    services,
    now,
    shop,
    locale,
    t: storefrontTranslator(locale),
    customerId: proxied.customerId,
    params: proxied.params,
    pathParams,
    body: body.value,
    header: (name) => request.headers.get(name),
    refuse,
  });
}

/** An uninstalled shop has no program: its signed requests can only be late ones. */
async function findShop(services: Services, shopId: string): Promise<StorefrontShop | null> {
  const [shop] = await services.db.query<StorefrontShop>(
    `select shop_id as "shopId", currency, currency_exponent as "currencyExponent", time_zone as "timeZone", locale,
            storefront_url as "storefrontUrl"
       from shop where shop_id = $1 and uninstalled_at is null`,
    [shopId],
  );
  return shop ?? null;
}

function refuseWith(locale: Locale): StorefrontCall["refuse"] {
  const t = storefrontTranslator(locale);
  return (status, code, vars) => errorReply(status, code, t(`error.${code}`, vars));
}

/** Before the signature is checked only these two languages can come of what the request says. */
function fallbackLocale(request: Request): Locale {
  const asked = new URL(request.url).searchParams.get("locale");
  return pickLocale(asked, request.headers.get("Accept-Language")?.split(",", 1)[0]);
}

function fail(services: Services, request: Request, error: unknown): Response {
  const refuse = refuseWith(fallbackLocale(request));
  if (error instanceof NotFound) return refuse(404, "shop_not_found");
  services.log.error("a storefront request failed", {
    method: request.method,
    path: new URL(request.url).pathname,
    error,
  });
  return refuse(503, "unavailable");
}
