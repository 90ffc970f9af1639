import { markup } from "./html.ts";
import type { Content, Markup } from "./html.ts";
import type { AdminVisit } from "./visit.ts";
import { html } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";

export interface ShellPage {
  title: string;
  /** The item of the menu that is current. */
  current: string;
  body: Content;
  /** Buttons beside the title. */
  actions?: Content;
  /** The address of the page above this one. */
  back?: string;
  /** Fills the whole area, as the embedded app does. */
  bare?: boolean;
  scripts?: string[];
  status?: number;
}

const MENU: readonly (readonly [string, string, string])[] = [
  ["home", "/admin", "Home"],
  ["orders", "/admin/orders", "Orders"],
  ["customers", "/admin/customers", "Customers"],
  ["discounts", "/admin/discounts", "Discounts"],
  ["themes", "/admin/themes", "Online store"],
  ["mailbox", "/admin/mailbox", "Mailbox"],
  ["settings", "/admin/settings", "App and webhooks"],
];

function renderShops({ context, shop }: AdminVisit): Markup {
  const options = [...context.store.state.shops.values()].map(
    (entry) =>
      markup`<option value="${context.shopUrl(entry.shop.domain)}/admin"${entry.shop.domain === shop && markup` selected`}>${entry.shop.name}</option>`,
  );
  return markup`<label class="shops"><span class="visually-hidden">Shop</span><select data-shops>${options}</select></label>`;
}

function renderMenu(visit: AdminVisit, current: string): Markup {
  const links = MENU.map(
    ([name, href, label]) =>
      markup`<li><a href="${href}"${name === current && markup` aria-current="page"`}>${label}</a></li>`,
  );
  const app =
    visit.state.installation === null
      ? markup`<li><a href="/admin/settings">Install ${visit.context.config().name}</a></li>`
      : markup`<li><a href="/admin/apps/dangol"${current === "app" && markup` aria-current="page"`}>${visit.context.config().name}</a><ul data-app-menu></ul></li>`;
  return markup`<nav class="menu" aria-label="Admin">
    <ul>${links}</ul>
    <p class="menu__title">Apps</p>
    <ul>${app}</ul>
    <p class="menu__title">Sandbox</p>
    <ul>
      <li><a href="/" target="_blank" rel="noopener">View your shop</a></li>
      <li><a href="/__sandbox">Inspector</a></li>
    </ul>
  </nav>`;
}

function renderNotices({ request }: AdminVisit): Content {
  const { searchParams } = request.url;
  const notice = searchParams.get("notice");
  const error = searchParams.get("error");
  return [
    notice !== null && markup`<p class="notice" role="status">${notice}</p>`,
    error !== null && markup`<p class="notice notice--error" role="alert">${error}</p>`,
  ];
}

/** Puts a page into the shell: bar above, menu at the side. */
export function renderShell(visit: AdminVisit, page: ShellPage): SandboxResponse {
  const head =
    page.bare === true
      ? null
      : markup`<div class="page__head">${page.back !== undefined && markup`<a class="back" href="${page.back}" aria-label="Back">←</a>`}<h1>${page.title}</h1><div class="page__actions">${page.actions}</div></div>${renderNotices(visit)}`;
  const scripts = ["shell.js", ...(page.scripts ?? [])].map(
    (file) => markup`<script src="/admin/assets/${file}" type="module"></script>`,
  );
  const document = markup`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>${page.title} · ${visit.state.shop.name} · Admin</title>
    <link rel="icon" href="/favicon.ico" type="image/svg+xml">
    <link rel="stylesheet" href="/admin/assets/admin.css">
    <link rel="stylesheet" href="/admin/assets/pages.css">
    <link rel="stylesheet" href="/admin/assets/app.css">
    <link rel="stylesheet" href="/admin/assets/picker.css">
  </head>
  <body class="${page.bare === true ? "is-bare" : ""}">
    <header class="bar">
      <button class="bar__menu" type="button" aria-label="Menu" aria-expanded="false" data-menu-toggle>☰</button>
      <a class="bar__brand" href="/admin">Sandbox admin</a>
      <div class="bar__center" data-bar></div>
      ${renderShops(visit)}
    </header>
    <div class="frame">
      ${renderMenu(visit, page.current)}
      <main class="${page.bare === true ? "page page--bare" : "page"}">${head}${page.body}</main>
    </div>
    ${scripts}
  </body>
</html>`;
  return html(page.status ?? 200, document.text, { "content-security-policy": "frame-ancestors 'none'" });
}
