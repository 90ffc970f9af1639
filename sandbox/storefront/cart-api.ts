import { buildCart, toCartJson } from "#sandbox/storefront/objects/build-cart.ts";
import { isAvailable } from "#sandbox/storefront/objects/build-product.ts";
import { findVariant } from "./price-cart.ts";
import { readFields } from "./read-form.ts";
import { renderPage, readThemeCatalogue } from "./render-page.ts";
import type { Visit } from "./render-page.ts";
import { saveCart } from "./session.ts";
import { translateText } from "#sandbox/storefront/liquid/translate.ts";
import { html, isRecord, json, redirect } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";

const MAX_QUANTITY = 999;

/** What a cart call refuses, as the AJAX API words it. */
class CartError extends Error {
  readonly status: number;

  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}

function readQuantity(value: unknown, fallback: number): number {
  if (value === undefined || value === "") return fallback;
  const quantity = Number(value);
  if (!Number.isInteger(quantity) || quantity < 0)
    throw new CartError(422, "Quantity must be a whole number");
  return Math.min(quantity, MAX_QUANTITY);
}

function readProperties(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text ?? "")]));
}

function readCodes(value: unknown): string[] {
  const codes = String(value ?? "")
    .split(",")
    .map((code) => code.trim())
    .filter(Boolean);
  return codes.filter(
    (code, index) => codes.findIndex((other) => other.toLowerCase() === code.toLowerCase()) === index,
  );
}

function addItem(visit: Visit, input: Record<string, unknown>): number {
  const { context, request, session } = visit;
  const variantId = String(input["id"] ?? "");
  const found = findVariant(context.store.shop(request.shop), variantId);
  const say = (key: string, values = {}) => translateText(readThemeCatalogue(session), `cart.${key}`, values);
  if (!found) throw new CartError(404, say("error_variant"));
  const quantity = readQuantity(input["quantity"], 1);
  const properties = readProperties(input["properties"]);
  const same = session.cart.items.findIndex(
    (item) => item.variantId === variantId && JSON.stringify(item.properties) === JSON.stringify(properties),
  );
  const wanted = quantity + (session.cart.items[same]?.quantity ?? 0);
  const stock = found.variant.inventoryQuantity;
  if (!isAvailable(found.variant) || (stock !== null && wanted > stock)) {
    throw new CartError(422, say("error_stock", { count: Math.max(0, stock ?? 0) }));
  }
  if (same >= 0) session.cart.items.splice(same, 1);
  session.cart.items.unshift({ variantId, quantity: Math.min(wanted, MAX_QUANTITY), properties });
  return 0;
}

function setQuantity(visit: Visit, index: number, quantity: number): void {
  const { items } = visit.session.cart;
  const item = items[index];
  if (!item) throw new CartError(400, "no valid id or line parameter");
  if (quantity === 0) items.splice(index, 1);
  else item.quantity = quantity;
}

function findLine(visit: Visit, id: string): number {
  const { items } = visit.session.cart;
  const [variantId, position] = id.split(":");
  const at = position === undefined ? -1 : Number(position) - 1;
  if (items[at]?.variantId === variantId) return at;
  return items.findIndex((item) => item.variantId === variantId);
}

function changeLine(visit: Visit, fields: Record<string, unknown>): void {
  const index =
    fields["line"] === undefined ? findLine(visit, String(fields["id"] ?? "")) : Number(fields["line"]) - 1;
  setQuantity(visit, index, readQuantity(fields["quantity"], 0));
}

function updateCart(visit: Visit, fields: Record<string, unknown>): void {
  const { cart } = visit.session;
  const updates = fields["updates"];
  if (Array.isArray(updates)) {
    cart.items = cart.items.flatMap((item, index) => {
      const quantity = readQuantity(updates[index], item.quantity);
      return quantity === 0 ? [] : [{ ...item, quantity }];
    });
  } else if (isRecord(updates)) {
    for (const [id, quantity] of Object.entries(updates)) {
      const index = findLine(visit, id);
      if (index < 0) addItem(visit, { id, quantity });
      else setQuantity(visit, index, readQuantity(quantity, 0));
    }
  }
  if (fields["note"] !== undefined) cart.note = String(fields["note"] ?? "");
  if (fields["attributes"] !== undefined)
    cart.attributes = { ...cart.attributes, ...readProperties(fields["attributes"]) };
  if (fields["discount"] !== undefined) cart.codes = readCodes(fields["discount"]);
}

function addToCart(visit: Visit, fields: Record<string, unknown>): number {
  const items = Array.isArray(fields["items"]) ? fields["items"].filter(isRecord) : [fields];
  for (const item of items.toReversed()) addItem(visit, item);
  return items.length;
}

/** The cart's objects, its refusals of codes worded in the visitor's language. */
export function readCart(visit: Visit) {
  const catalogue = readThemeCatalogue(visit.session);
  const explain = (code: string, reason: string) =>
    translateText(catalogue, `checkout.codes.${reason}`, { code });
  return buildCart(visit.context, visit.request.shop, visit.session, explain);
}

async function change(visit: Visit, verb: string): Promise<Record<string, unknown>> {
  const fields = await readFields(visit.request);
  let added = 0;
  if (verb === "add") added = addToCart(visit, fields);
  else if (verb === "change") changeLine(visit, fields);
  else if (verb === "update") updateCart(visit, fields);
  else if (verb === "clear") visit.session.cart.items = [];
  saveCart(visit.session);
  const cart = toCartJson(readCart(visit));
  if (verb !== "add") return cart;
  const items = (cart["items"] as unknown[]).slice(0, added);
  return isRecord(items[0]) && added === 1 && !Array.isArray(fields["items"]) ? items[0] : { items };
}

/** Shopify's AJAX cart: `/cart.js` and `/cart/{add,change,update,clear}.js`. */
export async function answerCartApi(visit: Visit): Promise<SandboxResponse | undefined> {
  const path = visit.request.url.pathname;
  if (path === "/cart.js" || path === "/cart.json") return json(200, toCartJson(readCart(visit)));
  const verb = /^\/cart\/(add|change|update|clear)(\.js|\.json)?$/.exec(path);
  if (!verb?.[1]) return undefined;
  const wantsJson =
    verb[2] !== undefined || visit.request.headers.get("accept")?.startsWith("application/json");
  try {
    const answer = await change(visit, verb[1]);
    return wantsJson ? json(200, answer) : redirect("/cart");
  } catch (error) {
    if (!(error instanceof CartError)) throw error;
    if (!wantsJson) return redirect("/cart");
    return json(error.status, { status: error.status, message: "Cart Error", description: error.message });
  }
}

/** The cart's page; a form sent to it changes quantities, adds a discount code, or goes on to the checkout. */
export async function showCart(visit: Visit): Promise<SandboxResponse> {
  if (visit.request.method === "POST") {
    const fields = await readFields(visit.request);
    const code = fields["discount"];
    if (code !== undefined) fields["discount"] = [...visit.session.cart.codes, String(code)].join(",");
    updateCart(visit, fields);
    saveCart(visit.session);
    return redirect(fields["checkout"] === undefined ? "/cart" : "/checkout", 303);
  }
  const title = translateText(readThemeCatalogue(visit.session), "cart.title");
  return html(200, await renderPage(visit, { type: "cart", template: "cart", title }));
}

/** `/discount/CODE` keeps the code for the checkout and goes to the home page, or where `redirect` says on this shop. */
export function keepDiscount(visit: Visit): SandboxResponse | undefined {
  const { url } = visit.request;
  const { cart } = visit.session;
  if (url.pathname === "/cart/discount/remove") {
    const unwanted = url.searchParams.get("code")?.toLowerCase();
    cart.codes = cart.codes.filter((code) => code.toLowerCase() !== unwanted);
    saveCart(visit.session);
    return redirect("/cart");
  }
  const match = /^\/discount\/([^/]+)$/.exec(url.pathname);
  if (!match?.[1]) return undefined;
  cart.codes = readCodes([decodeURIComponent(match[1])].join(","));
  saveCart(visit.session);
  return redirect(localPath(url.searchParams.get("redirect")) ?? "/");
}

/** A path on this shop, or undefined: an address of elsewhere is never followed. */
export function localPath(path: string | null): string | undefined {
  return path !== null && /^\/(?![/\\])/.test(path) ? path : undefined;
}
