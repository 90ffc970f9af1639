import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answerIdToken, listExtensions, listScopes, showApp } from "./pages/app.ts";
import {
  changeCustomer,
  createCustomer,
  showCustomer,
  showCustomers,
  showNewCustomer,
} from "./pages/customers.ts";
import { changeDiscount, createDiscount, showDiscounts } from "./pages/discounts.ts";
import { showHome } from "./pages/home.ts";
import { showMail, showMailbox } from "./pages/mailbox.ts";
import { showOrders } from "./pages/order-list.ts";
import { createOrder, showNewOrder } from "./pages/order-new.ts";
import { changeOrder, showOrder } from "./pages/order.ts";
import { listResources } from "./pages/resources.ts";
import { changeSettings, showSettings } from "./pages/settings.ts";
import { addBlock, changeBlock, followDeepLink, showThemes } from "./pages/themes.ts";
import { markup } from "./html.ts";
import { renderShell } from "./layout.ts";
import type { AdminVisit } from "./visit.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import { redirect } from "#sandbox/http.ts";
import type { Handler, SandboxRequest, SandboxResponse } from "#sandbox/http.ts";

const BRIDGE_DIR = join(import.meta.dirname, "bridge");
/** In the order in which they need each other. */
const BRIDGE_MODULES = ["messages", "navigation", "fetch", "bars", "forms", "modal", "global"];
const ASSETS_DIR = join(import.meta.dirname, "assets");

function serveText(type: string, body: string): SandboxResponse {
  return {
    status: 200,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" },
    body,
  };
}

/**
 * The App Bridge stand-in as the one classic script that apps load: its modules joined, their imports and exports taken
 * off. Loading it twice does nothing more.
 */
function serveBridge(): SandboxResponse {
  const modules = BRIDGE_MODULES.map((name) => readFileSync(join(BRIDGE_DIR, `${name}.js`), "utf8"));
  const code = modules
    .map((text) => text.replace(/^import [^;]+;\n/gm, "").replace(/^export /gm, ""))
    .join("\n");
  const guarded = `(() => {\n"use strict";\nif (window.shopify?.sandbox) return;\n${code}\n})();\n`;
  const response = serveText("text/javascript", guarded);
  return { ...response, headers: { ...response.headers, "access-control-allow-origin": "*" } };
}

function serveShellAsset(name: string): SandboxResponse | undefined {
  const file = join(ASSETS_DIR, name);
  if (!/^[\w-]+\.(css|js)$/.test(name) || !existsSync(file)) return undefined;
  return serveText(name.endsWith(".css") ? "text/css" : "text/javascript", readFileSync(file, "utf8"));
}

/** Shopify's install link, `/admin/oauth/install?client_id=…`, and its page for an app by key. */
function showByKey(visit: AdminVisit): SandboxResponse | undefined {
  const [first, second] = visit.path;
  if (first === "oauth" && second === "install") return redirect("/admin/settings", 303);
  if (first === "apps" && second === visit.context.app.apiKey) {
    return redirect(["/admin/apps/dangol", ...visit.path.slice(2)].join("/"), 303);
  }
  return undefined;
}

function show(visit: AdminVisit): SandboxResponse | undefined {
  const [first = "", second, third] = visit.path;
  const lists: Record<string, (visit: AdminVisit) => SandboxResponse> = {
    "": showHome,
    orders: showOrders,
    customers: showCustomers,
    discounts: showDiscounts,
    themes: showThemes,
    mailbox: showMailbox,
    settings: showSettings,
    __id_token: answerIdToken,
    __extensions: listExtensions,
    __resources: listResources,
    __scopes: listScopes,
  };
  if (first === "apps" && second === "dangol") return showApp(visit);
  if (first === "themes" && third === "editor") return followDeepLink(visit);
  if (second === undefined) return lists[first]?.(visit);
  if (first === "orders" && second === "new") return showNewOrder(visit);
  if (first === "customers" && second === "new") return showNewCustomer(visit);
  const order = first === "orders" ? visit.state.orders.get(second) : undefined;
  if (order) return showOrder(visit, order);
  const customer = first === "customers" ? visit.state.customers.get(second) : undefined;
  if (customer) return showCustomer(visit, customer);
  const mail = first === "mailbox" ? visit.state.mailbox.find((entry) => entry.id === second) : undefined;
  if (mail) return showMail(visit, mail);
  return showByKey(visit);
}

function change(visit: AdminVisit, fields: URLSearchParams): SandboxResponse | undefined {
  const [first, second = "", third = "", fourth = ""] = visit.path;
  if (first === "settings") return changeSettings(visit, second);
  if (first === "discounts")
    return second === "" ? createDiscount(visit, fields) : changeDiscount(visit, second, third);
  if (first === "themes" && second === "blocks")
    return third === "" ? addBlock(visit, fields) : changeBlock(visit, third, fourth, fields);
  if (first === "orders" && second === "new") return createOrder(visit, fields);
  if (first === "customers" && second === "new") return createCustomer(visit, fields);
  const order = first === "orders" ? visit.state.orders.get(second) : undefined;
  if (order) return changeOrder(visit, order, third, fields);
  const customer = first === "customers" ? visit.state.customers.get(second) : undefined;
  return customer && changeCustomer(visit, customer, third, fields);
}

/** A form of another site must not change a shop: browsers say where a request comes from. */
function comesFromElsewhere({ headers, url }: SandboxRequest): boolean {
  const origin = headers.get("origin");
  return origin !== null && origin !== "null" && new URL(origin).host !== url.host;
}

/** Another shop's admin is on that shop's own address. */
function otherShopUrl(context: SandboxContext, request: SandboxRequest): string | undefined {
  const asked = request.url.searchParams.get("shop");
  if (asked === null || asked === request.shop || !context.store.findShop(asked)) return undefined;
  return `${context.shopUrl(asked)}${request.url.pathname}`;
}

function answer(visit: AdminVisit): SandboxResponse {
  const isChange = visit.request.method === "POST";
  if (isChange && comesFromElsewhere(visit.request))
    return { status: 403, body: "This form was sent from another site." };
  const found = isChange
    ? change(visit, new URLSearchParams(visit.request.body.toString("utf8")))
    : show(visit);
  if (found) return found;
  const body = markup`<p>There is no such page. <a href="/admin">Go to the admin's front page</a>.</p>`;
  return renderShell(visit, { title: "Not found", current: "", body, status: 404 });
}

/** Serves the admin shell at `/admin` and the App Bridge stand-in; leaves the Admin API and OAuth to their handlers. */
export function adminHandler(context: SandboxContext): Handler {
  return async (request) => {
    const { pathname } = request.url;
    if (pathname === "/app-bridge.js") return serveBridge();
    if (pathname !== "/admin" && !pathname.startsWith("/admin/")) return undefined;
    const path = pathname.split("/").slice(2).filter(Boolean).map(decodeURIComponent);
    if (path[0] === "api" || (path[0] === "oauth" && path[1] !== "install")) return undefined;
    if (path[0] === "assets") return serveShellAsset(path[1] ?? "") ?? { status: 404, body: "Not found" };
    const elsewhere = path[0] === "apps" ? undefined : otherShopUrl(context, request);
    if (elsewhere !== undefined) return redirect(elsewhere);
    return answer({ context, request, shop: request.shop, state: context.store.shop(request.shop), path });
  };
}
