import { markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { money } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { countsForCustomer, receivedMinor, refundedMinor } from "#sandbox/store/order-totals.ts";
import { orderRows } from "./order-list.ts";

const LATEST = 6;

/** The shell's front page: what this shop is, whether the app is on it, the last orders. */
export function showHome(visit: AdminVisit): SandboxResponse {
  const { state, context } = visit;
  const orders = [...state.orders.values()].filter(countsForCustomer);
  const sales = orders.reduce((sum, order) => sum + receivedMinor(order) - refundedMinor(order), 0);
  const { name } = context.config();
  const app =
    state.installation === null
      ? markup`<p>${name} is not installed on this shop.</p><form method="post" action="/admin/settings/install"><button class="button button--primary">Install ${name}</button></form>`
      : markup`<p>${name} is installed.</p><p><a class="button button--primary" href="/admin/apps/dangol">Open ${name}</a></p>`;
  const body = markup`
    <div class="cards cards--three">
      <section class="card figure"><p class="muted">Sales, less refunds</p><p class="figure__value">${money(visit, sales)}</p></section>
      <section class="card figure"><p class="muted">Orders</p><p class="figure__value">${orders.length}</p></section>
      <section class="card figure"><p class="muted">Customers</p><p class="figure__value">${state.customers.size}</p></section>
    </div>
    <div class="cards cards--two">
      <section class="card"><h2>${name}</h2>${app}</section>
      <section class="card"><h2>${state.shop.name}</h2>
        <p class="muted">${state.shop.domain}<br>${state.shop.currency} · ${state.shop.timeZone} · ${state.shop.taxesIncluded ? "prices include tax" : "tax on top"}</p>
        <p><a class="button" href="/" target="_blank" rel="noopener">View your shop</a></p>
      </section>
    </div>
    <section class="card card--flush"><div class="card__head"><h2>Latest orders</h2><a href="/admin/orders">All orders</a></div>${orderRows(visit, LATEST)}</section>`;
  return renderShell(visit, { title: "Home", current: "home", body });
}
