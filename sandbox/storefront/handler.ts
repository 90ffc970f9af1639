import { serveAsset } from "./assets.ts";
import { answerCartApi, keepDiscount, localPath, showCart } from "./cart-api.ts";
import {
  logInAs,
  showAccount,
  showLogin,
  showLogout,
  showOrder,
  showRegister,
} from "#sandbox/storefront/pages/account.ts";
import { showCollection, showHome, showNotFound, showProduct } from "#sandbox/storefront/pages/catalogue.ts";
import { showCheckout } from "#sandbox/storefront/pages/checkout.ts";
import { ensureDefaultBlocks } from "./place-default-blocks.ts";
import { forwardToApp, proxyPrefix } from "./proxy.ts";
import type { Visit } from "./render-page.ts";
import { readSession } from "./session.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import { redirect } from "#sandbox/http.ts";
import type { Handler, SandboxResponse } from "#sandbox/http.ts";

const PAGES: Record<string, (visit: Visit) => Promise<SandboxResponse> | SandboxResponse> = {
  "/": showHome,
  "/cart": showCart,
  "/checkout": showCheckout,
  "/account": showAccount,
  "/account/login": showLogin,
  "/account/login-as": logInAs,
  "/account/logout": showLogout,
  "/account/register": showRegister,
  "/collections": (visit) => showCollection(visit, "all"),
  "/localization": (visit) => redirect(localPath(visit.request.url.searchParams.get("return_to")) ?? "/"),
};

async function route(visit: Visit): Promise<SandboxResponse> {
  const path = visit.request.url.pathname.replace(/(.)\/$/, "$1");
  const prefix = proxyPrefix(visit);
  if (prefix !== undefined && (path === prefix || path.startsWith(`${prefix}/`)))
    return forwardToApp(visit, prefix);
  const page = PAGES[path];
  if (page) return page(visit);
  const cart = (await answerCartApi(visit)) ?? keepDiscount(visit);
  if (cart) return cart;
  const [, folder, name, ...rest] = path.split("/").map(decodeURIComponent);
  if (folder === "collections" && name && rest[0] === "products" && rest[1])
    return showProduct(visit, rest[1]);
  if (rest.length > 0 || !name) return showNotFound(visit);
  if (folder === "products") return showProduct(visit, name);
  if (folder === "collections") return showCollection(visit, name);
  if (folder === "orders") return showOrder(visit, name);
  return showNotFound(visit);
}

/** Serves the shop to its shoppers: pages, cart, account, checkout, and the app's proxy. It answers every path. */
export function storefrontHandler(context: SandboxContext): Handler {
  return async (request) => {
    const asset = serveAsset(context, request);
    if (asset) return asset;
    ensureDefaultBlocks(context, request.shop);
    const session = readSession(context, request);
    const response = await route({ context, request, session });
    if (session.cookies.length === 0) return response;
    return { ...response, headers: { ...response.headers, "set-cookie": session.cookies } };
  };
}
