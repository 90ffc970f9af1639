import { markup } from "#sandbox/admin/html.ts";
import type { Markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { dateTime, money } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { displayName } from "#sandbox/store/customer-stats.ts";
import { currentTotals, financialStatus, fulfillmentStatus } from "#sandbox/store/order-totals.ts";
import type { Order } from "#sandbox/store/order-types.ts";

const PAGE_SIZE = 50;

/** `partially_refunded` as people write it. */
export function words(status: string): string {
  const text = status.replace(/_/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** An order's states as small labels. */
export function orderBadges(order: Order): Markup {
  const financial = financialStatus(order);
  const tone =
    financial === "paid" ? "good" : financial === "pending" || financial === "authorized" ? "open" : "quiet";
  return markup`<span class="badge badge--${tone}">${words(financial)}</span> ${
    order.cancelledAt === null
      ? markup`<span class="badge">${words(fulfillmentStatus(order) ?? "unfulfilled")}</span>`
      : markup`<span class="badge badge--quiet">Cancelled</span>`
  }${order.test && markup` <span class="badge badge--open">Test</span>`}`;
}

/** The newest orders as a table. */
export function orderRows(
  visit: AdminVisit,
  limit: number,
  orders = [...visit.state.orders.values()],
): Markup {
  if (orders.length === 0) return markup`<p class="empty muted">No orders yet.</p>`;
  const newest = [...orders].sort(
    (one, two) => two.processedAt.localeCompare(one.processedAt) || two.number - one.number,
  );
  const rows = newest.slice(0, limit).map((order) => {
    const customer = order.customerId === null ? undefined : visit.state.customers.get(order.customerId);
    return markup`<tr>
      <td><a href="/admin/orders/${order.id}"><strong>${order.name}</strong></a></td>
      <td class="muted nowrap">${dateTime(visit, order.processedAt)}</td>
      <td>${customer ? displayName(customer) : (order.email ?? "Guest")}</td>
      <td class="nowrap">${orderBadges(order)}</td>
      <td class="number">${money(visit, currentTotals(order).totalMinor)}</td>
    </tr>`;
  });
  return markup`<div class="scroll"><table><thead><tr><th>Order</th><th>Placed</th><th>Customer</th><th>Status</th><th class="number">Total now</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The list of orders, newest first, with a search by number, name or e-mail. */
export function showOrders(visit: AdminVisit): SandboxResponse {
  const query = (visit.request.url.searchParams.get("q") ?? "").trim().toLowerCase();
  const page = Math.max(1, Number(visit.request.url.searchParams.get("page") ?? 1) || 1);
  const found = [...visit.state.orders.values()].filter((order) => {
    const customer = order.customerId === null ? undefined : visit.state.customers.get(order.customerId);
    return `${order.name} ${order.email ?? ""} ${customer ? displayName(customer) : ""}`
      .toLowerCase()
      .includes(query);
  });
  const newest = found.sort(
    (one, two) => two.processedAt.localeCompare(one.processedAt) || two.number - one.number,
  );
  const shown = newest.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const link = (to: number, label: string) =>
    markup`<a class="button" href="/admin/orders?page=${to}&q=${query}">${label}</a>`;
  const body = markup`<section class="card card--flush">
    <form class="search" method="get"><input type="search" name="q" value="${query}" placeholder="Order, name or e-mail" aria-label="Search orders"><button class="button">Search</button></form>
    ${orderRows(visit, PAGE_SIZE, shown)}
    <p class="pages">${page > 1 && link(page - 1, "Newer")}${page * PAGE_SIZE < newest.length && link(page + 1, "Older")}<span class="muted">${newest.length} orders</span></p>
  </section>`;
  const actions = markup`<a class="button button--primary" href="/admin/orders/new">Create order</a>`;
  return renderShell(visit, { title: "Orders", current: "orders", body, actions });
}
