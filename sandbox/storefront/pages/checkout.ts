import { z } from "zod";
import { translateText } from "#sandbox/storefront/liquid/translate.ts";
import { orderStatusPath } from "#sandbox/storefront/objects/build-order.ts";
import { toLiquidPrice } from "#sandbox/storefront/objects/liquid-values.ts";
import { quoteCart, toOrderInput } from "#sandbox/storefront/price-cart.ts";
import { readForm } from "#sandbox/storefront/read-form.ts";
import { readThemeCatalogue, renderPage } from "#sandbox/storefront/render-page.ts";
import type { Visit } from "#sandbox/storefront/render-page.ts";
import { renewCart, saveCart } from "#sandbox/storefront/session.ts";
import { html, redirect } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { Refusal } from "#sandbox/actions/refusal.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { PlaceOrderInput, Quote, Tender } from "#sandbox/actions/inputs.ts";

const FIELDS = [
  "email",
  "first_name",
  "last_name",
  "address1",
  "city",
  "province",
  "zip",
  "phone",
  "shipping",
  "store_credit",
] as const;
const REQUIRED = ["last_name", "address1", "city", "zip"] as const;

type FieldName = (typeof FIELDS)[number];
type Typed = Record<FieldName, string>;

/** A checkout as far as the shopper has filled it in. */
interface Draft {
  typed: Typed;
  errors: Partial<Record<FieldName | "code" | "form", string>>;
  /** What was typed as a code and not accepted. */
  code: string;
}

function say(visit: Visit, key: string, values: Record<string, unknown> = {}): string {
  return translateText(readThemeCatalogue(visit.session), `checkout.${key}`, values);
}

function startDraft(visit: Visit): Draft {
  const { customer } = visit.session;
  const address = customer?.addresses[0];
  const typed: Typed = {
    email: customer?.email ?? "",
    first_name: address?.firstName ?? customer?.firstName ?? "",
    last_name: address?.lastName ?? customer?.lastName ?? "",
    address1: address?.address1 ?? "",
    city: address?.city ?? "",
    province: address?.province ?? "",
    zip: address?.zip ?? "",
    phone: address?.phone ?? customer?.phone ?? "",
    shipping: "",
    store_credit: "",
  };
  return { typed, errors: {}, code: "" };
}

function readDraft(fields: URLSearchParams): Draft {
  const typed = Object.fromEntries(FIELDS.map((name) => [name, (fields.get(name) ?? "").trim()])) as Typed;
  return { typed, errors: {}, code: (fields.get("code") ?? "").trim() };
}

function toCheckoutInput(visit: Visit, { typed }: Draft): Partial<PlaceOrderInput> {
  const { shop } = visit.context.store.shop(visit.request.shop);
  const tenders: Tender[] = visit.session.cart.giftCards.map((code) => ({ kind: "gift_card", code }));
  if (typed.store_credit !== "") tenders.push({ kind: "store_credit" });
  const rate = shop.shippingRates.find((entry) => entry.handle === typed.shipping);
  const shippingAddress = {
    firstName: typed.first_name || null,
    lastName: typed.last_name || null,
    address1: typed.address1 || null,
    city: typed.city || null,
    province: typed.province || null,
    zip: typed.zip || null,
    phone: typed.phone || null,
    country: shop.countryName,
    countryCode: shop.countryCode,
  };
  return {
    email: typed.email || null,
    tenders,
    shippingAddress,
    billingAddress: shippingAddress,
    ...(rate ? { shippingHandle: rate.handle } : {}),
  };
}

/** Tries a typed code as a discount, then as a gift card; says why when it is neither. */
function applyCode(visit: Visit, draft: Draft): void {
  const { session, context, request } = visit;
  const code = draft.code;
  if (code === "") return;
  const giftCards = [...context.store.shop(request.shop).giftCards.values()];
  const giftCard = giftCards.find(
    (entry) => entry.enabled && entry.code.toLowerCase() === code.toLowerCase(),
  );
  if (giftCard) {
    if (!session.cart.giftCards.includes(giftCard.code)) session.cart.giftCards.push(giftCard.code);
    draft.code = "";
    return;
  }
  const others = session.cart.codes.filter((entry) => entry.toLowerCase() !== code.toLowerCase());
  session.cart.codes = [...others, code];
  const quote = quoteCart(context, request.shop, session, toCheckoutInput(visit, draft));
  const rejected = quote?.rejected.find((entry) => entry.code.toLowerCase() === code.toLowerCase());
  if (!rejected) {
    draft.code = "";
    return;
  }
  session.cart.codes = others;
  draft.errors.code = say(visit, `codes.${rejected.reason}`, { code });
}

function removeCode(visit: Visit, code: string): void {
  const { cart } = visit.session;
  const isOther = (entry: string) => entry.toLowerCase() !== code.toLowerCase();
  cart.codes = cart.codes.filter(isOther);
  cart.giftCards = cart.giftCards.filter(isOther);
}

/** A code kept from a link may have become useless; it is dropped with the reason before anything is paid. */
function dropRejectedCodes(visit: Visit, draft: Draft, quote: Quote): void {
  for (const { code, reason } of quote.rejected) {
    removeCode(visit, code);
    draft.errors.code ??= say(visit, `codes.${reason}`, { code });
  }
}

function checkFields(visit: Visit, draft: Draft): void {
  if (!z.email().safeParse(draft.typed.email).success) draft.errors.email = say(visit, "error_email");
  for (const name of REQUIRED) {
    if (draft.typed[name] === "") draft.errors[name] = say(visit, "error_field");
  }
}

function buildRates(visit: Visit, quote: Quote) {
  const { shop } = visit.context.store.shop(visit.request.shop);
  return shop.shippingRates.map((rate) => {
    const isFree = rate.freeFromMinor !== null && quote.subtotalMinor >= rate.freeFromMinor;
    return {
      handle: rate.handle,
      title: rate.title,
      price: toLiquidPrice(isFree ? 0 : rate.priceMinor, shop.currency),
    };
  });
}

async function renderCheckout(visit: Visit, draft: Draft, quote: Quote): Promise<SandboxResponse> {
  const { context, request, session } = visit;
  const { shop } = context.store.shop(request.shop);
  const price = (minor: number) => toLiquidPrice(minor, shop.currency);
  const rates = buildRates(visit, quote);
  const balance = session.customer
    ? context.actions.storeCreditBalance(request.shop, session.customer.id)
    : 0;
  const checkout = {
    typed: { ...draft.typed, shipping: draft.typed.shipping || (rates[0]?.handle ?? "") },
    errors: draft.errors,
    code: draft.code,
    rates,
    discounts: quote.discounts.map((entry) => ({ ...entry, amount: price(entry.amountMinor) })),
    gift_cards: session.cart.giftCards,
    store_credit_balance: price(balance),
    lines_price: price(quote.linesMinor),
    shipping_price: price(quote.shippingMinor),
    tax_price: price(quote.taxMinor),
    taxes_included: shop.taxesIncluded,
    gift_card_amount: price(quote.giftCardMinor),
    store_credit_amount: price(quote.storeCreditMinor),
    total_price: price(quote.totalMinor),
    due: price(quote.dueMinor),
  };
  const status = Object.keys(draft.errors).length > 0 ? 422 : 200;
  const page = {
    type: "checkout",
    template: "checkout",
    layout: "checkout" as const,
    title: say(visit, "title"),
  };
  return html(status, await renderPage(visit, { ...page, objects: { checkout } }));
}

/** The order that this cart became already: a form sent twice must not buy twice. */
function findPlaced({ context, request, session }: Visit): Order | undefined {
  const orders = [...context.store.shop(request.shop).orders.values()];
  return orders.find((order) => order.cartToken === session.cart.token);
}

function pay(visit: Visit, draft: Draft): SandboxResponse | undefined {
  const { context, request, session } = visit;
  const placed = findPlaced(visit);
  if (placed) return redirect(`${orderStatusPath(placed)}?thanks=1`, 303);
  checkFields(visit, draft);
  if (Object.keys(draft.errors).length > 0) return undefined;
  try {
    const order = context.actions.placeOrder(request.shop, {
      ...toOrderInput(context, request.shop, session),
      ...toCheckoutInput(visit, draft),
      payment: "paid",
      sourceName: "web",
      checkoutToken: context.store.newToken(),
      note: session.cart.note || null,
      noteAttributes: Object.entries(session.cart.attributes).map(([name, value]) => ({ name, value })),
    });
    renewCart(context, session);
    return redirect(`${orderStatusPath(order)}?thanks=1`, 303);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    draft.errors.form = error.message;
    return undefined;
  }
}

/** The checkout: one form; each of its buttons keeps what was typed. */
export async function showCheckout(visit: Visit): Promise<SandboxResponse> {
  const { context, request, session } = visit;
  const fields = request.method === "POST" ? await readForm(request) : undefined;
  const draft = fields ? readDraft(fields) : startDraft(visit);
  const action = fields?.get("action") ?? "";
  if (action.startsWith("remove:")) removeCode(visit, action.slice("remove:".length));
  if (action === "apply") applyCode(visit, draft);

  const input = toCheckoutInput(visit, draft);
  const quote = quoteCart(context, request.shop, session, input);
  if (!quote) return redirect("/cart");
  if (quote.rejected.length > 0) {
    dropRejectedCodes(visit, draft, quote);
  } else if (action === "pay") {
    const done = pay(visit, draft);
    if (done) return done;
  }
  if (fields || quote.rejected.length > 0) saveCart(session);
  return renderCheckout(visit, draft, quoteCart(context, request.shop, session, input) ?? quote);
}
