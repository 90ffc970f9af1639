import { markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { act, FormError, money, readAmount, readText } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { customerStats, displayName, ordersOf } from "#sandbox/store/customer-stats.ts";
import type { Customer } from "#sandbox/store/types.ts";
import { orderRows } from "./order-list.ts";

const PAGE_SIZE = 50;
const ORDERS_SHOWN = 10;

/** The list of customers, newest first, with a search by name or e-mail. */
export function showCustomers(visit: AdminVisit): SandboxResponse {
  const query = (visit.request.url.searchParams.get("q") ?? "").trim().toLowerCase();
  const found = [...visit.state.customers.values()]
    .filter((customer) => `${displayName(customer)} ${customer.email ?? ""}`.toLowerCase().includes(query))
    .toReversed();
  const rows = found.slice(0, PAGE_SIZE).map((customer) => {
    const stats = customerStats(visit.state, customer.id);
    return markup`<tr>
      <td><a href="/admin/customers/${customer.id}"><strong>${displayName(customer)}</strong></a></td>
      <td class="muted">${customer.email}</td>
      <td class="number">${stats.orders}</td>
      <td class="number">${money(visit, stats.spentMinor)}</td>
      <td class="number"><a href="/account/login-as?customer=${customer.id}" target="_blank" rel="noopener">Log in as</a></td>
    </tr>`;
  });
  const table = markup`<div class="scroll"><table><thead><tr><th>Customer</th><th>E-mail</th><th class="number">Orders</th><th class="number">Spent</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const body = markup`<section class="card card--flush">
    <form class="search" method="get"><input type="search" name="q" value="${query}" placeholder="Name or e-mail" aria-label="Search customers"><button class="button">Search</button></form>
    ${found.length === 0 ? markup`<p class="empty muted">No customer fits.</p>` : table}
    <p class="pages"><span class="muted">${found.length > PAGE_SIZE ? `The newest ${PAGE_SIZE} of ${found.length}` : `${found.length} customers`}</span></p>
  </section>`;
  const actions = markup`<a class="button button--primary" href="/admin/customers/new">Add customer</a>`;
  return renderShell(visit, { title: "Customers", current: "customers", body, actions });
}

function customerFields(customer: Customer | undefined) {
  return markup`<div class="row">
      <label class="field grow"><span>First name</span><input name="firstName" value="${customer?.firstName}"></label>
      <label class="field grow"><span>Last name</span><input name="lastName" value="${customer?.lastName}"></label>
    </div>
    <div class="row">
      <label class="field grow"><span>E-mail</span><input name="email" type="email" value="${customer?.email}"></label>
      <label class="field grow"><span>Phone</span><input name="phone" value="${customer?.phone}"></label>
    </div>
    <div class="row">
      <label class="field grow"><span>Language</span><select name="locale"><option value="en">English</option><option value="ko"${customer?.locale.startsWith("ko") === true && markup` selected`}>Korean</option></select></label>
      <label class="field grow"><span>Tags, by commas</span><input name="tags" value="${customer?.tags.join(", ")}"></label>
    </div>
    <label class="field"><span>Note</span><input name="note" value="${customer?.note}"></label>
    <label class="check"><input type="checkbox" name="marketing" value="1"${customer?.emailMarketing.state === "subscribed" && markup` checked`}> <span>Wants news by e-mail</span></label>`;
}

/** The form for a new customer. */
export function showNewCustomer(visit: AdminVisit): SandboxResponse {
  const body = markup`<form method="post" class="card stack">${customerFields(undefined)}<p><button class="button button--primary">Add customer</button></p></form>`;
  return renderShell(visit, { title: "Add customer", current: "customers", back: "/admin/customers", body });
}

function renderTools(visit: AdminVisit, customer: Customer) {
  const others = [...visit.state.customers.values()]
    .filter((entry) => entry.id !== customer.id)
    .map((entry) => markup`<option value="${entry.id}">${displayName(entry)} · ${entry.email}</option>`);
  const path = `/admin/customers/${customer.id}`;
  return markup`<details class="card"><summary><h2>Store credit</h2></summary>
      <form method="post" action="${path}/credit" class="stack"><label class="field"><span>Amount in ${visit.state.shop.currency}</span><input name="amount" inputmode="decimal"></label><p><button class="button">Give store credit</button></p></form></details>
    <details class="card"><summary><h2>Merge</h2></summary>
      <form method="post" action="${path}/merge" class="stack"><label class="field"><span>With</span><select name="other">${others}</select></label><p><button class="button">Merge the two</button></p></form></details>
    <details class="card"><summary><h2>Privacy</h2></summary>
      <form method="post" action="${path}/data-request"><button class="button">Send a data request</button></form>
      <form method="post" action="${path}/redact"><button class="button">Send an erasure request</button></form></details>
    <details class="card"><summary><h2>Delete</h2></summary><form method="post" action="${path}/delete"><p class="muted">Shopify deletes only customers without orders.</p><button class="button button--danger">Delete the customer</button></form></details>`;
}

/** One customer: who they are, what the app wrote about them, their orders. */
export function showCustomer(visit: AdminVisit, customer: Customer): SandboxResponse {
  const stats = customerStats(visit.state, customer.id);
  const credit = visit.context.actions.storeCreditBalance(visit.shop, customer.id);
  const metafields = [
    ...(visit.state.metafields.get(`gid://shopify/Customer/${customer.id}`)?.values() ?? []),
  ].map(
    (entry) =>
      markup`<dt>${entry.namespace.startsWith("app--") ? "$app" : entry.namespace}.${entry.key}</dt><dd class="code">${entry.value}</dd>`,
  );
  const actions = [
    markup`<a class="button" href="/admin/orders/new?customer=${customer.id}">Create order</a>`,
    markup`<a class="button button--primary" href="/account/login-as?customer=${customer.id}" target="_blank" rel="noopener">Log in as</a>`,
  ];
  const body = markup`<p class="badges muted">${stats.orders} orders · ${money(visit, stats.spentMinor)} spent${credit > 0 && ` · ${money(visit, credit)} store credit`}</p>
    <div class="columns"><div class="stack">
      <form method="post" action="/admin/customers/${customer.id}/update" class="card stack"><h2>Details</h2>${customerFields(customer)}<p><button class="button button--primary">Save</button></p></form>
      <section class="card card--flush"><div class="card__head"><h2>Orders</h2></div>${orderRows(visit, ORDERS_SHOWN, ordersOf(visit.state, customer.id))}</section>
    </div><div class="stack">
      <section class="card"><h2>Metafields</h2>${metafields.length === 0 ? markup`<p class="muted">None yet.</p>` : markup`<dl class="metafields">${metafields}</dl>`}</section>
      ${renderTools(visit, customer)}
      <section class="card"><h2>Ids</h2><p class="muted code">gid://shopify/Customer/${customer.id}</p></section>
    </div></div>`;
  return renderShell(visit, {
    title: displayName(customer),
    current: "customers",
    back: "/admin/customers",
    body,
    actions,
  });
}

function readCustomer(fields: URLSearchParams) {
  return {
    firstName: readText(fields, "firstName"),
    lastName: readText(fields, "lastName"),
    email: readText(fields, "email"),
    phone: readText(fields, "phone"),
    locale: fields.get("locale") === "ko" ? "ko" : "en",
    note: readText(fields, "note"),
    tags: (fields.get("tags") ?? "")
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    marketing: fields.has("marketing") ? ("subscribed" as const) : ("not_subscribed" as const),
  };
}

/** Adds the customer that was typed in. */
export function createCustomer(visit: AdminVisit, fields: URLSearchParams): SandboxResponse {
  return act("/admin/customers/new", () => {
    const customer = visit.context.actions.createCustomer(visit.shop, {
      ...readCustomer(fields),
      enabled: true,
      verifiedEmail: true,
    });
    return { to: `/admin/customers/${customer.id}`, notice: "The customer is added." };
  });
}

/** What a customer's forms do. */
export function changeCustomer(
  visit: AdminVisit,
  customer: Customer,
  verb: string,
  fields: URLSearchParams,
): SandboxResponse | undefined {
  const { context, shop } = visit;
  const { actions } = context;
  const doing: Record<string, () => { to?: string; notice: string }> = {
    update: () => {
      actions.updateCustomer(shop, customer.id, readCustomer(fields));
      return { notice: "Saved." };
    },
    delete: () => {
      actions.deleteCustomer(shop, customer.id);
      return { to: "/admin/customers", notice: "The customer is deleted." };
    },
    merge: () => {
      const { keptId } = actions.mergeCustomers(shop, customer.id, fields.get("other") ?? "");
      return { to: `/admin/customers/${keptId}`, notice: "The two customers are one." };
    },
    credit: () => {
      const amountMinor = readAmount(visit, fields, "amount");
      if (!amountMinor) throw new FormError("Say how much store credit to give.");
      actions.creditStoreCredit(shop, customer.id, amountMinor);
      return { notice: `${money(visit, amountMinor)} of store credit is given.` };
    },
    "data-request": () => {
      actions.sendDataRequest(shop, customer.id);
      return { notice: "customers/data_request is on its way to the app." };
    },
    redact: () => {
      const orderIds = ordersOf(visit.state, customer.id).map((order) => order.id);
      actions.sendCustomerRedact(shop, customer, orderIds);
      return { notice: "customers/redact is on its way to the app." };
    },
  };
  const work = doing[verb];
  return work && act(`/admin/customers/${customer.id}`, work);
}
