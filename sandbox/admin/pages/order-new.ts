import { markup } from "#sandbox/admin/html.ts";
import type { Markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { act, FormError, money, readCount, readText } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { displayName } from "#sandbox/store/customer-stats.ts";
import type { Variant } from "#sandbox/store/types.ts";

const LINES = [1, 2, 3, 4];

/** Every variant as options of a select. */
export function variantOptions(visit: AdminVisit): Markup[] {
  const label = (title: string, variant: Variant) =>
    `${title}${variant.title === "Default Title" ? "" : ` – ${variant.title}`} (${money(visit, variant.priceMinor)})`;
  return [...visit.state.products.values()].flatMap((product) =>
    product.variants.map(
      (variant) => markup`<option value="${variant.id}">${label(product.title, variant)}</option>`,
    ),
  );
}

/** The form that makes an order by hand. */
export function showNewOrder(visit: AdminVisit): SandboxResponse {
  const chosen = visit.request.url.searchParams.get("customer");
  const customers = [...visit.state.customers.values()].map(
    (customer) =>
      markup`<option value="${customer.id}"${customer.id === chosen && markup` selected`}>${displayName(customer)} · ${customer.email}</option>`,
  );
  const lines = LINES.map(
    (line) => markup`<div class="row">
      <label class="field grow"><span class="${line > 1 ? "visually-hidden" : ""}">Product</span><select name="variant_${line}"><option value="">${line === 1 ? "Choose a product" : "—"}</option>${variantOptions(visit)}</select></label>
      <label class="field narrow"><span class="${line > 1 ? "visually-hidden" : ""}">Quantity</span><input name="quantity_${line}" inputmode="numeric" value="1"></label>
    </div>`,
  );
  const rates = visit.state.shop.shippingRates.map(
    (rate) =>
      markup`<option value="${rate.handle}">${rate.title} (${money(visit, rate.priceMinor)})</option>`,
  );
  const body = markup`<form method="post" class="stack">
    <section class="card stack"><h2>Products</h2>${lines}</section>
    <section class="card stack"><h2>Customer</h2>
      <label class="field"><span>Customer</span><select name="customer"><option value="">Guest</option>${customers}</select></label>
      <label class="field"><span>Guest's e-mail</span><input name="email" type="email" placeholder="only for a guest"></label>
    </section>
    <section class="card stack"><h2>Payment and shipping</h2>
      <div class="row">
        <label class="field grow"><span>Discount code</span><input name="code"></label>
        <label class="field grow"><span>Shipping</span><select name="shipping">${rates}</select></label>
        <label class="field grow"><span>Payment</span><select name="payment"><option value="paid">Paid</option><option value="pending">Pending</option><option value="authorized">Authorised</option></select></label>
      </div>
      <label class="check"><input type="checkbox" name="test" value="1"> <span>Test order</span></label>
    </section>
    <p><button class="button button--primary">Create order</button></p>
  </form>`;
  return renderShell(visit, { title: "Create order", current: "orders", back: "/admin/orders", body });
}

/** Places the order that was put together. */
export function createOrder(visit: AdminVisit, fields: URLSearchParams): SandboxResponse {
  return act("/admin/orders/new", () => {
    const lines = LINES.flatMap((line) => {
      const variantId = readText(fields, `variant_${line}`);
      const quantity = readCount(fields, `quantity_${line}`) ?? 1;
      return variantId === null || quantity === 0 ? [] : [{ variantId, quantity }];
    });
    if (lines.length === 0) throw new FormError("Choose at least one product.");
    const code = readText(fields, "code");
    const payment = readText(fields, "payment");
    const customerId = readText(fields, "customer");
    const order = visit.context.actions.placeOrder(visit.shop, {
      lines,
      customerId,
      email: customerId === null ? readText(fields, "email") : visit.state.customers.get(customerId)?.email,
      discountCodes: code === null ? [] : [code],
      shippingHandle: readText(fields, "shipping") ?? undefined,
      payment: payment === "pending" || payment === "authorized" ? payment : "paid",
      test: fields.has("test"),
      sourceName: "shopify_draft_order",
    });
    return { to: `/admin/orders/${order.id}`, notice: `Order ${order.name} is created.` };
  });
}
