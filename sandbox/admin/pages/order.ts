import { markup } from "#sandbox/admin/html.ts";
import type { Content, Markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { act, dateTime, FormError, money, readAmount, readCount, readText } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { displayName } from "#sandbox/store/customer-stats.ts";
import {
  currentQuantity,
  currentTotals,
  financialStatus,
  fulfillmentStatus,
  lineNet,
  originalTotals,
  receivedMinor,
  refundedMinor,
} from "#sandbox/store/order-totals.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import { orderBadges, words } from "./order-list.ts";
import { variantOptions } from "./order-new.ts";

function renderLines(visit: AdminVisit, order: Order): Markup {
  const rows = order.lines.map((line) => {
    const left = currentQuantity(order, line);
    const variant =
      line.variantTitle === null || line.variantTitle === "Default Title" ? "" : ` – ${line.variantTitle}`;
    return markup`<tr>
      <td>${line.title}${variant}${line.giftCard && markup` <span class="badge">Gift card</span>`}</td>
      <td class="number">${money(visit, line.priceMinor)}</td>
      <td class="number">${left === line.quantity ? left : markup`<s class="muted">${line.quantity}</s> ${left}`}</td>
      <td class="number">${money(visit, lineNet(line, left))}</td>
    </tr>`;
  });
  return markup`<div class="scroll"><table><thead><tr><th>Product</th><th class="number">Price</th><th class="number">Now</th><th class="number">After discounts</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function renderTotals(visit: AdminVisit, order: Order): Markup {
  const [before, now] = [originalTotals(order), currentTotals(order)];
  const row = (label: Content, was: number, is: number) =>
    markup`<tr><td>${label}</td><td class="number muted">${was === is ? "" : markup`<s>${money(visit, was)}</s>`}</td><td class="number">${money(visit, is)}</td></tr>`;
  const codes = order.discountCodes.map((entry) => entry.code).join(", ");
  return markup`<table class="sums"><tbody>
    ${row("Subtotal", before.subtotalMinor, now.subtotalMinor)}
    ${codes !== "" && markup`<tr><td class="muted" colspan="3">with code ${codes}</td></tr>`}
    ${row("Shipping", before.shippingMinor, now.shippingMinor)}
    ${row(order.taxesIncluded ? "Tax (included)" : "Tax", before.taxMinor, now.taxMinor)}
    ${row(markup`<strong>Total</strong>`, before.totalMinor, now.totalMinor)}
    <tr><td>Paid</td><td></td><td class="number">${money(visit, receivedMinor(order))}</td></tr>
    ${refundedMinor(order) > 0 && markup`<tr><td>Refunded</td><td></td><td class="number">−${money(visit, refundedMinor(order))}</td></tr>`}
  </tbody></table>`;
}

function renderRefund(order: Order): Content {
  if (order.cancelledAt !== null || receivedMinor(order) === 0) return null;
  const lines = order.lines
    .filter((line) => currentQuantity(order, line) > 0)
    .map(
      (
        line,
      ) => markup`<div class="row row--line"><span class="grow">${line.title} <span class="muted">${line.variantTitle === "Default Title" ? "" : line.variantTitle}</span></span>
        <label class="field narrow"><span class="visually-hidden">Quantity of ${line.title}</span><input name="refund_${line.id}" inputmode="numeric" placeholder="0 of ${currentQuantity(order, line)}"></label></div>`,
    );
  return markup`<details class="card"><summary><h2>Refund</h2></summary>
    <form method="post" action="/admin/orders/${order.id}/refund" class="stack">
      ${lines}
      <div class="row">
        <label class="field grow"><span>Shipping to give back</span><input name="shipping" inputmode="decimal" placeholder="0"></label>
        <label class="field grow"><span>Amount, if not what the lines come to</span><input name="amount" inputmode="decimal" placeholder="worked out"></label>
        <label class="field grow"><span>Money goes</span><select name="money"><option value="back">Back to where it came from</option><option value="credit">To store credit</option><option value="none">Nowhere yet</option></select></label>
      </div>
      <label class="check"><input type="checkbox" name="restock" value="1" checked> <span>Put the goods back in stock</span></label>
      <label class="field"><span>Reason</span><input name="note"></label>
      <p><button class="button button--primary">Refund</button></p>
    </form></details>`;
}

function renderEdit(visit: AdminVisit, order: Order): Content {
  if (order.cancelledAt !== null) return null;
  const lines = order.lines.map(
    (
      line,
    ) => markup`<div class="row row--line"><span class="grow">${line.title} <span class="muted">${line.variantTitle === "Default Title" ? "" : line.variantTitle}</span></span>
      <label class="field narrow"><span class="visually-hidden">Quantity of ${line.title}</span><input name="quantity_${line.id}" inputmode="numeric" value="${currentQuantity(order, line)}"></label></div>`,
  );
  return markup`<details class="card"><summary><h2>Edit</h2></summary>
    <form method="post" action="/admin/orders/${order.id}/edit" class="stack">${lines}
      <div class="row"><label class="field grow"><span>Add a product</span><select name="variant"><option value="">—</option>${variantOptions(visit)}</select></label>
      <label class="field narrow"><span>Quantity</span><input name="added" inputmode="numeric" value="1"></label></div>
      <p><button class="button button--primary">Save the edit</button></p>
    </form></details>`;
}

function renderCancel(order: Order): Content {
  if (order.cancelledAt !== null) return null;
  const reasons = ["customer", "inventory", "fraud", "declined", "staff", "other"];
  return markup`<details class="card"><summary><h2>Cancel</h2></summary>
    <form method="post" action="/admin/orders/${order.id}/cancel" class="stack">
      <label class="field"><span>Reason</span><select name="reason">${reasons.map((reason) => markup`<option value="${reason}">${words(reason)}</option>`)}</select></label>
      <label class="check"><input type="checkbox" name="refund" value="1" checked> <span>Give back what was paid</span></label>
      <p><button class="button button--danger">Cancel the order</button></p>
    </form></details>`;
}

function renderHistory(visit: AdminVisit, order: Order): Markup {
  const events = [
    { at: order.processedAt, text: "Placed" },
    ...order.transactions.map((entry) => ({
      at: entry.processedAt,
      text: `${words(entry.kind)} of ${money(visit, entry.amountMinor)} by ${words(entry.gateway)}${entry.status === "success" ? "" : ` (${entry.status})`}`,
    })),
    ...order.refunds.map((refund) => ({
      at: refund.processedAt,
      text: `Refund made${refund.note ? `: ${refund.note}` : ""}`,
    })),
    ...order.fulfillments.map((entry) => ({ at: entry.createdAt, text: `Fulfilled ${entry.name}` })),
    ...(order.cancelledAt === null
      ? []
      : [{ at: order.cancelledAt, text: `Cancelled (${order.cancelReason ?? "other"})` }]),
  ].sort((one, two) => one.at.localeCompare(two.at));
  return markup`<ol class="events">${events.map((event) => markup`<li><span class="muted">${dateTime(visit, event.at)}</span> ${event.text}</li>`)}</ol>`;
}

/** One order: what it is now, how it came to that, and what can be done with it. */
export function showOrder(visit: AdminVisit, order: Order): SandboxResponse {
  const customer = order.customerId === null ? undefined : visit.state.customers.get(order.customerId);
  const button = (action: string, label: string) =>
    markup`<form method="post" action="/admin/orders/${order.id}/${action}"><button class="button">${label}</button></form>`;
  const status = financialStatus(order);
  const isOpen = order.cancelledAt === null;
  const actions = [
    isOpen &&
      ["pending", "authorized", "partially_paid"].includes(status) &&
      button("mark-paid", "Mark as paid"),
    isOpen && fulfillmentStatus(order) !== "fulfilled" && button("fulfil", "Fulfil"),
    markup`<a class="button" href="/orders/${order.token}" target="_blank" rel="noopener">Status page</a>`,
  ];
  const body = markup`<p class="badges">${orderBadges(order)} <span class="muted">${dateTime(visit, order.processedAt)} · ${order.sourceName}</span></p>
    <div class="columns"><div class="stack">
      <section class="card card--flush">${renderLines(visit, order)}</section>
      <section class="card">${renderTotals(visit, order)}</section>
      ${renderRefund(order)}${renderEdit(visit, order)}${renderCancel(order)}
    </div><div class="stack">
      <section class="card"><h2>Customer</h2>${
        customer
          ? markup`<p><a href="/admin/customers/${customer.id}">${displayName(customer)}</a><br><span class="muted">${customer.email}</span></p>`
          : markup`<p>Guest<br><span class="muted">${order.email ?? "no e-mail"}</span></p>`
      }</section>
      <section class="card"><h2>History</h2>${renderHistory(visit, order)}</section>
      <section class="card"><h2>Ids</h2><p class="muted code">gid://shopify/Order/${order.id}</p></section>
    </div></div>`;
  return renderShell(visit, { title: order.name, current: "orders", back: "/admin/orders", body, actions });
}

function readRefund(visit: AdminVisit, order: Order, fields: URLSearchParams) {
  const restockType = fields.has("restock") ? ("return" as const) : ("no_restock" as const);
  const lines = order.lines.flatMap((line) => {
    const quantity = readCount(fields, `refund_${line.id}`) ?? 0;
    return quantity === 0 ? [] : [{ lineItemId: line.id, quantity, restockType }];
  });
  const shippingMinor = readAmount(visit, fields, "shipping");
  const amountMinor = readAmount(visit, fields, "amount");
  if (lines.length === 0 && !shippingMinor && !amountMinor)
    throw new FormError("Say what to refund: lines, shipping or an amount.");
  return {
    orderId: order.id,
    lines,
    shipping: shippingMinor ? { amountMinor: shippingMinor } : undefined,
    amountMinor,
    asStoreCredit: fields.get("money") === "credit",
    withoutMoney: fields.get("money") === "none",
    note: readText(fields, "note"),
  };
}

function readEdit(order: Order, fields: URLSearchParams) {
  const setQuantities = order.lines.flatMap((line) => {
    const quantity = readCount(fields, `quantity_${line.id}`);
    return quantity === undefined || quantity === currentQuantity(order, line)
      ? []
      : [{ lineItemId: line.id, quantity }];
  });
  const variantId = readText(fields, "variant");
  const addVariants = variantId === null ? [] : [{ variantId, quantity: readCount(fields, "added") ?? 1 }];
  if (setQuantities.length === 0 && addVariants.length === 0) throw new FormError("Nothing was changed.");
  return { orderId: order.id, setQuantities, addVariants };
}

const CANCEL_REASONS = ["customer", "declined", "fraud", "inventory", "other", "staff"] as const;

/** What an order's forms and buttons do. */
export function changeOrder(
  visit: AdminVisit,
  order: Order,
  verb: string,
  fields: URLSearchParams,
): SandboxResponse | undefined {
  const { actions } = visit.context;
  const doing: Record<string, () => { notice: string }> = {
    "mark-paid": () => ({ notice: `${actions.markPaid(visit.shop, order.id).name} is paid.` }),
    fulfil: () => ({ notice: `${actions.fulfilOrder(visit.shop, order.id).name} is fulfilled.` }),
    refund: () => {
      actions.refundOrder(visit.shop, readRefund(visit, order, fields));
      return { notice: "The refund is made." };
    },
    edit: () => {
      actions.editOrder(visit.shop, readEdit(order, fields));
      return { notice: "The order is edited." };
    },
    cancel: () => {
      const reason = CANCEL_REASONS.find((entry) => entry === fields.get("reason"));
      actions.cancelOrder(visit.shop, {
        orderId: order.id,
        reason,
        refund: fields.has("refund"),
        restock: true,
      });
      return { notice: "The order is cancelled." };
    },
  };
  const work = doing[verb];
  return work && act(`/admin/orders/${order.id}`, work);
}
