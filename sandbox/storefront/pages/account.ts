import { z } from "zod";
import { buildOrder } from "#sandbox/storefront/objects/build-order.ts";
import { translateText } from "#sandbox/storefront/liquid/translate.ts";
import { fullName } from "#sandbox/store/full-name.ts";
import { localPath } from "#sandbox/storefront/cart-api.ts";
import { readForm } from "#sandbox/storefront/read-form.ts";
import { readThemeCatalogue, renderPage } from "#sandbox/storefront/render-page.ts";
import type { Visit } from "#sandbox/storefront/render-page.ts";
import { logIn, logOut } from "#sandbox/storefront/session.ts";
import { showNotFound } from "./catalogue.ts";
import { html, redirect } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { findCustomerByEmail } from "#sandbox/store/customer-stats.ts";

const LISTED_CUSTOMERS = 8;
const emailSchema = z.email();

function say(visit: Visit, key: string): string {
  return translateText(readThemeCatalogue(visit.session), `account.${key}`);
}

function returnPath(fields: URLSearchParams): string {
  const asked = fields.get("return_to") ?? fields.get("return_url") ?? fields.get("checkout_url");
  return localPath(asked) ?? "/account";
}

async function renderLogin(
  visit: Visit,
  fields: URLSearchParams,
  formErrors: string[],
): Promise<SandboxResponse> {
  const state = visit.context.store.shop(visit.request.shop);
  const suggestions = [...state.customers.values()]
    .filter((customer) => customer.email !== null)
    .slice(0, LISTED_CUSTOMERS)
    .map((customer) => ({ email: customer.email, name: fullName(customer.firstName, customer.lastName) }));
  const objects = { suggestions, email: fields.get("customer[email]") ?? "", return_to: returnPath(fields) };
  const page = {
    type: "customers/login",
    template: "login",
    title: say(visit, "log_in"),
    objects,
    formErrors,
  };
  return html(formErrors.length > 0 ? 422 : 200, await renderPage(visit, page));
}

/** Logs in any customer by e-mail: a sandbox has no passwords. */
export async function showLogin(visit: Visit): Promise<SandboxResponse> {
  const { context, request, session } = visit;
  if (request.method !== "POST") return renderLogin(visit, request.url.searchParams, []);
  const fields = await readForm(request);
  const email = (fields.get("customer[email]") ?? "").trim();
  if (!emailSchema.safeParse(email).success) return renderLogin(visit, fields, [say(visit, "error_email")]);
  const customer = findCustomerByEmail(context.store.shop(request.shop), email);
  if (!customer) return renderLogin(visit, fields, [say(visit, "error_unknown")]);
  logIn(context, request.shop, session, customer);
  return redirect(returnPath(fields), 303);
}

/** The admin's "log in as": opens the shop as one of its customers. */
export async function logInAs(visit: Visit): Promise<SandboxResponse> {
  const { context, request, session } = visit;
  const customer = context.store
    .shop(request.shop)
    .customers.get(request.url.searchParams.get("customer") ?? "");
  if (!customer) return showNotFound(visit);
  logIn(context, request.shop, session, customer);
  return redirect(returnPath(request.url.searchParams), 303);
}

/** Ends the visitor's login. */
export function showLogout(visit: Visit): SandboxResponse {
  logOut(visit.session);
  return redirect("/");
}

async function renderRegister(
  visit: Visit,
  fields: URLSearchParams,
  formErrors: string[],
): Promise<SandboxResponse> {
  const typed = Object.fromEntries(
    ["first_name", "last_name", "email"].map((name) => [name, fields.get(`customer[${name}]`) ?? ""]),
  );
  const objects = { typed, return_to: returnPath(fields) };
  const page = {
    type: "customers/register",
    template: "register",
    title: say(visit, "register"),
    objects,
    formErrors,
  };
  return html(formErrors.length > 0 ? 422 : 200, await renderPage(visit, page));
}

/** The form that makes an account, and what it sends. */
export async function showRegister(visit: Visit): Promise<SandboxResponse> {
  const { context, request, session } = visit;
  if (request.method !== "POST") return renderRegister(visit, request.url.searchParams, []);
  const fields = await readForm(request);
  const email = (fields.get("customer[email]") ?? "").trim();
  if (!emailSchema.safeParse(email).success)
    return renderRegister(visit, fields, [say(visit, "error_email")]);
  const existing = findCustomerByEmail(context.store.shop(request.shop), email);
  if (existing?.state === "enabled") return renderRegister(visit, fields, [say(visit, "error_taken")]);
  const input = {
    email,
    firstName: fields.get("customer[first_name]") || null,
    lastName: fields.get("customer[last_name]") || null,
    locale: session.locale,
    enabled: true,
    verifiedEmail: true,
    ...(fields.get("customer[accepts_marketing]") ? { marketing: "subscribed" as const } : {}),
  };
  const customer = existing
    ? context.actions.updateCustomer(request.shop, existing.id, input)
    : context.actions.createCustomer(request.shop, input);
  logIn(context, request.shop, session, customer);
  return redirect(returnPath(fields), 303);
}

/** The customer's page: who they are and their orders. A form sent here makes an account, as Shopify's does. */
export async function showAccount(visit: Visit): Promise<SandboxResponse> {
  if (visit.request.method === "POST") return showRegister(visit);
  if (visit.session.customer === null) return redirect("/account/login");
  return html(
    200,
    await renderPage(visit, { type: "customers/account", template: "account", title: say(visit, "title") }),
  );
}

/** The order status page, known only by its secret address; the thank-you page right after the checkout. */
export async function showOrder(visit: Visit, token: string): Promise<SandboxResponse> {
  const state = visit.context.store.shop(visit.request.shop);
  const entity = [...state.orders.values()].find((order) => order.token === token);
  if (!entity) return showNotFound(visit);
  const catalogue = readThemeCatalogue(visit.session);
  const title = translateText(catalogue, "order.title", { name: entity.name });
  const objects = {
    order: buildOrder(state, entity),
    just_placed: visit.request.url.searchParams.has("thanks"),
    greeting_name: entity.shippingAddress?.firstName ?? visit.session.customer?.firstName ?? null,
  };
  return html(
    200,
    await renderPage(visit, { type: "order", template: "order", layout: "checkout", title, objects }),
  );
}
