import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { SandboxContext } from "#sandbox/context.ts";
import type { SandboxRequest } from "#sandbox/http.ts";
import type { Customer } from "#sandbox/store/types.ts";

const CUSTOMER_COOKIE = "sandbox_customer";
const CART_COOKIE = "cart";
const LOCALE_COOKIE = "localization";
const COOKIE_LIFETIME_SEC = 30 * 24 * 60 * 60;

const cartSchema = z.object({
  token: z.string().max(64),
  note: z.string().max(5000).default(""),
  attributes: z.record(z.string(), z.string()).default({}),
  codes: z.array(z.string().max(255)).max(10).default([]),
  giftCards: z.array(z.string().max(64)).max(5).default([]),
  items: z
    .array(
      z.object({
        variantId: z.string().regex(/^\d{1,20}$/),
        quantity: z.number().int().min(1).max(999),
        properties: z.record(z.string(), z.string()).default({}),
      }),
    )
    .max(60),
});

/** A visitor's cart; it lives in their cookie, so that it outlasts a restart. */
export type StoredCart = z.infer<typeof cartSchema>;

export interface Session {
  customer: Customer | null;
  cart: StoredCart;
  /** The language of the page, one of those the theme has. */
  locale: string;
  /** Cookies to send with the answer. */
  cookies: string[];
}

export const LOCALES = ["en", "ko"] as const;

/** Parses the Cookie header. */
export function readCookies(request: SandboxRequest): Record<string, string> {
  const pairs = (request.headers.get("cookie") ?? "").split(/;\s*/).filter(Boolean);
  const cookies = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at > 0) cookies[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return cookies;
}

function cookie(name: string, value: string, maxAgeSec = COOKIE_LIFETIME_SEC): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSec}`;
}

function sign(context: SandboxContext, text: string): string {
  return createHmac("sha256", `storefront-session:${context.app.apiSecret}`).update(text).digest("base64url");
}

function readCustomer(context: SandboxContext, shop: string, value: string | undefined): Customer | null {
  const [id = "", signature = ""] = (value ?? "").split(".");
  const expected = sign(context, `${shop}:${id}`);
  if (signature.length !== expected.length) return null;
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return null;
  const state = context.store.shop(shop);
  return state.customers.get(state.mergedCustomers.get(id) ?? id) ?? null;
}

function readCart(context: SandboxContext, value: string | undefined): StoredCart {
  const empty = () => cartSchema.parse({ token: context.store.newToken(), items: [] });
  if (value === undefined) return empty();
  try {
    return cartSchema.parse(JSON.parse(Buffer.from(value, "base64url").toString("utf8")));
  } catch {
    return empty();
  }
}

function chooseLocale(asked: string | null | undefined, fallback: string): string {
  const language = asked?.toLowerCase().split("-")[0];
  return LOCALES.find((locale) => locale === language) ?? fallback;
}

/** Reads who is visiting, their cart and their language. */
export function readSession(context: SandboxContext, request: SandboxRequest): Session {
  const cookies = readCookies(request);
  const shopLocale = chooseLocale(context.store.shop(request.shop).shop.locale, "en");
  const remembered = chooseLocale(cookies[LOCALE_COOKIE], shopLocale);
  const locale = chooseLocale(request.url.searchParams.get("locale"), remembered);
  return {
    customer: readCustomer(context, request.shop, cookies[CUSTOMER_COOKIE]),
    cart: readCart(context, cookies[CART_COOKIE]),
    locale,
    cookies: locale === remembered ? [] : [cookie(LOCALE_COOKIE, locale)],
  };
}

/** Keeps the cart for the visitor's next request. */
export function saveCart(session: Session): void {
  const value = Buffer.from(JSON.stringify(session.cart)).toString("base64url");
  session.cookies.push(cookie(CART_COOKIE, value));
}

/** Empties the cart under a new token, as after an order. */
export function renewCart(context: SandboxContext, session: Session): void {
  session.cart = readCart(context, undefined);
  session.cookies.push(cookie(CART_COOKIE, "", 0));
}

/** Logs a customer in. */
export function logIn(context: SandboxContext, shop: string, session: Session, customer: Customer): void {
  session.customer = customer;
  session.cookies.push(cookie(CUSTOMER_COOKIE, `${customer.id}.${sign(context, `${shop}:${customer.id}`)}`));
}

/** Logs the customer out. */
export function logOut(session: Session): void {
  session.customer = null;
  session.cookies.push(cookie(CUSTOMER_COOKIE, "", 0));
}
