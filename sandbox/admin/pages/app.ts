import { createHmac } from "node:crypto";
import { markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import { json, redirect } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { extensionHandle, readBlocks, readCatalogue, schemaText } from "#sandbox/storefront/extension.ts";
import { ensureDefaultBlocks } from "#sandbox/storefront/place-default-blocks.ts";

const APP_HOME = "/app";

/** Shopify's `host` parameter: where in the admin the app is embedded. */
function hostParameter(shop: string): string {
  return Buffer.from(`admin.shopify.com/store/${shop.replace(".myshopify.com", "")}`)
    .toString("base64")
    .replace(/=+$/, "");
}

/** Shopify signs what it opens the app with: the sorted query, joined as a query, as hexadecimal HMAC-SHA256. */
function signQuery(query: URLSearchParams, secret: string): string {
  const pairs = [...query].filter(([name]) => name !== "hmac").map(([name, value]) => `${name}=${value}`);
  return createHmac("sha256", secret).update(pairs.sort().join("&")).digest("hex");
}

function readLocale(visit: AdminVisit): string {
  const cookie = /(?:^|;\s*)admin_locale=(en|ko)\b/.exec(visit.request.headers.get("cookie") ?? "")?.[1];
  return cookie ?? (visit.state.shop.locale.startsWith("ko") ? "ko" : "en");
}

/**
 * The app's address for the frame. `localhost` is another site than the shop's `dangol-demo.localhost`, and browsers deny
 * storage to frames of other sites; so an app on localhost is met under the shop's own host, which is the same machine.
 */
function frameBase({ context, request }: AdminVisit): URL {
  const base = new URL(context.app.url);
  const isThisMachine = base.hostname === "localhost" || base.hostname === "127.0.0.1";
  if (isThisMachine && request.url.hostname.endsWith(".localhost")) base.hostname = request.url.hostname;
  return base;
}

function buildFrameUrl(visit: AdminVisit): URL {
  const { context, shop, request } = visit;
  const inner = visit.path.slice(2).join("/");
  const url = new URL(inner === "" ? APP_HOME : `/${inner}`, frameBase(visit));
  for (const [name, value] of request.url.searchParams) {
    if (name !== "notice" && name !== "error") url.searchParams.append(name, value);
  }
  url.searchParams.set("embedded", "1");
  url.searchParams.set("shop", shop);
  url.searchParams.set("host", hostParameter(shop));
  url.searchParams.set("locale", readLocale(visit));
  url.searchParams.set("session", context.store.newToken());
  url.searchParams.set("timestamp", String(Math.floor(context.now().getTime() / 1000)));
  url.searchParams.set("id_token", context.mintIdToken(shop));
  url.searchParams.set("hmac", signQuery(url.searchParams, context.app.apiSecret));
  return url;
}

/** The app in its frame; the rest of the address is the page of the app. */
export function showApp(visit: AdminVisit): SandboxResponse {
  const { context, state } = visit;
  if (state.installation === null) return redirect("/admin/settings", 303);
  ensureDefaultBlocks(context, visit.shop);
  const frame = buildFrameUrl(visit);
  const locale = readLocale(visit);
  const language = (code: string, label: string) =>
    markup`<button type="button" data-locale="${code}"${code === locale && markup` aria-pressed="true"`}>${label}</button>`;
  const body = markup`<div class="app-head"><strong data-app-title>${context.config().name}</strong><span class="app-head__actions" data-app-actions></span><span class="app-head__languages">${language("en", "EN")}${language("ko", "KO")}</span></div>
    <iframe class="app-frame" title="${context.config().name}" data-src="${frame.href}" data-app-frame allow="clipboard-write"></iframe>
    <div class="toasts" data-toasts aria-live="polite"></div>`;
  return renderShell(visit, {
    title: context.config().name,
    current: "app",
    body,
    bare: true,
    scripts: ["app-frame.js"],
  });
}

/** What `shopify.app.extensions()` answers: which of the app's blocks are on the theme, and where. */
export function listExtensions(visit: AdminVisit): SandboxResponse {
  const { context, state } = visit;
  const catalogue = readCatalogue(context.app.extensionDir, "en", ".schema");
  const themeId = `gid://shopify/OnlineStoreTheme/${state.theme.id}`;
  const activations = readBlocks(context.app.extensionDir).map((block) => {
    const placed = state.theme.blocks.filter((entry) => entry.handle === block.handle && entry.enabled);
    return {
      target: block.schema.target,
      handle: block.handle,
      name: schemaText(catalogue, block.schema.name),
      status: placed.length > 0 ? "active" : "available",
      activations: placed.map((entry) => ({
        target: `template--${entry.template ?? "settings"}/main/${block.handle}_${entry.id}`,
        themeId,
      })),
    };
  });
  const handle = extensionHandle(context.app.extensionDir);
  return json(200, [{ handle, type: "theme_app_extension", activations }]);
}

/** A fresh ID token for the frame; the shell asks on the app's behalf. */
export function answerIdToken(visit: AdminVisit): SandboxResponse {
  if (visit.state.installation === null)
    return json(403, { error: "The app is not installed on this shop." });
  return json(200, { idToken: visit.context.mintIdToken(visit.shop) });
}

/** What `shopify.scopes.query()` answers. */
export function listScopes(visit: AdminVisit): SandboxResponse {
  const required = visit.context.config().scopes;
  return json(200, { granted: visit.state.installation?.scopes ?? [], required, optional: [] });
}
