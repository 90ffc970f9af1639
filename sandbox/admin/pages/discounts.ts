import { markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { act, dateTime, FormError, money, readAmount, readText } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import { discountStatus } from "#sandbox/actions/discounts.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { displayName } from "#sandbox/store/customer-stats.ts";
import type { Discount, DiscountValue } from "#sandbox/store/types.ts";

const SHOWN = 100;

function describeValue(visit: AdminVisit, value: DiscountValue): string {
  if (value.type === "percentage") return `${Math.round(Number(value.fraction) * 10_000) / 100}% off`;
  return value.type === "amount" ? `${money(visit, value.amountMinor)} off` : "Free shipping";
}

function describeBuyers(visit: AdminVisit, { context }: Discount): string {
  if (context.type === "all") return "Everyone";
  if (context.type === "segments") return "Segments";
  return context.customerIds
    .map((id) => {
      const customer = visit.state.customers.get(id);
      return customer ? displayName(customer) : id;
    })
    .join(", ");
}

/** The discounts of the shop, and a form for one of its own. */
export function showDiscounts(visit: AdminVisit): SandboxResponse {
  const all = [...visit.state.discounts.values()].toReversed();
  const now = visit.context.now();
  const rows = all.slice(0, SHOWN).map((discount) => {
    const status = discountStatus(discount, now);
    const uses = discount.codes.reduce((sum, code) => sum + code.usageCount, 0);
    const limit = discount.usageLimit === null ? "" : ` of ${discount.usageLimit}`;
    return markup`<tr>
      <td><strong class="code">${discount.codes.map((code) => code.code).join(", ")}</strong><br><span class="muted">${discount.title}</span></td>
      <td>${describeValue(visit, discount.value)}</td>
      <td>${describeBuyers(visit, discount)}</td>
      <td class="number">${uses}${limit}</td>
      <td><span class="badge badge--${status === "ACTIVE" ? "good" : "quiet"}">${status.toLowerCase()}</span>${discount.endsAt !== null && markup`<br><span class="muted">ends ${dateTime(visit, discount.endsAt)}</span>`}</td>
      <td>${status === "ACTIVE" && markup`<form method="post" action="/admin/discounts/${discount.id}/deactivate"><button class="button">Deactivate</button></form>`}</td>
    </tr>`;
  });
  const list =
    all.length === 0
      ? markup`<p class="empty muted">No discounts yet. Codes that shoppers get for points appear here.</p>`
      : markup`<div class="scroll"><table><thead><tr><th>Code</th><th>Value</th><th>For</th><th class="number">Used</th><th>Status</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const body = markup`<section class="card card--flush">${list}</section>
    <details class="card"><summary><h2>Create a code</h2></summary>
      <form method="post" action="/admin/discounts" class="stack">
        <div class="row">
          <label class="field grow"><span>Code</span><input name="code" required></label>
          <label class="field grow"><span>Kind</span><select name="kind"><option value="percentage">Percentage</option><option value="amount">Amount</option><option value="shipping">Free shipping</option></select></label>
          <label class="field grow"><span>Percent or amount</span><input name="value" inputmode="decimal"></label>
        </div><p><button class="button button--primary">Create</button></p>
      </form></details>`;
  return renderShell(visit, { title: "Discounts", current: "discounts", body });
}

function readValue(visit: AdminVisit, fields: URLSearchParams): DiscountValue {
  if (fields.get("kind") === "shipping") return { type: "free_shipping", maximumShippingMinor: null };
  if (fields.get("kind") === "amount") {
    const amountMinor = readAmount(visit, fields, "value");
    if (!amountMinor) throw new FormError("Say how much the code takes off.");
    return { type: "amount", amountMinor, onEachItem: false };
  }
  const percent = (fields.get("value") ?? "").trim();
  if (!/^\d{1,2}(\.\d)?$|^100$/.test(percent)) throw new FormError("The percentage is a number up to 100.");
  return { type: "percentage", fraction: String(Number(percent) / 100) };
}

/** Makes the code that was typed in. */
export function createDiscount(visit: AdminVisit, fields: URLSearchParams): SandboxResponse {
  return act("/admin/discounts", () => {
    const code = readText(fields, "code");
    if (code === null) throw new FormError("Type a code.");
    visit.context.actions.createDiscount(visit.shop, { title: code, code, value: readValue(visit, fields) });
    return { notice: `The code ${code} is ready.` };
  });
}

/** What a discount's button does. */
export function changeDiscount(visit: AdminVisit, id: string, verb: string): SandboxResponse | undefined {
  if (verb !== "deactivate") return undefined;
  return act("/admin/discounts", () => {
    visit.context.actions.deactivateDiscount(visit.shop, id);
    return { notice: "The discount is deactivated." };
  });
}
