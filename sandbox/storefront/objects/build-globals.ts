import { buildCart } from "./build-cart.ts";
import { buildCustomer } from "./build-customer.ts";
import { buildCollections } from "./build-product.ts";
import { toLiquidId } from "./liquid-values.ts";
import { translateText } from "#sandbox/storefront/liquid/translate.ts";
import { LOCALES } from "#sandbox/storefront/session.ts";
import type { Catalogue } from "#sandbox/storefront/liquid/translate.ts";
import type { Session } from "#sandbox/storefront/session.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import type { SandboxRequest } from "#sandbox/http.ts";
import type { Shop } from "#sandbox/store/types.ts";

const LANGUAGE_NAMES: Record<string, { name: string; endonym: string }> = {
  en: { name: "English", endonym: "English" },
  ko: { name: "Korean", endonym: "한국어" },
};

const CURRENCY_SYMBOLS: Record<string, string> = { USD: "$", KRW: "₩" };

const ROUTES = {
  root_url: "/",
  account_url: "/account",
  account_login_url: "/account/login",
  account_logout_url: "/account/logout",
  account_register_url: "/account/register",
  account_addresses_url: "/account/addresses",
  account_profile_url: "/account",
  account_recover_url: "/account/recover",
  collections_url: "/collections",
  all_products_collection_url: "/collections/all",
  search_url: "/search",
  cart_url: "/cart",
  cart_add_url: "/cart/add",
  cart_change_url: "/cart/change",
  cart_clear_url: "/cart/clear",
  cart_update_url: "/cart/update",
  product_recommendations_url: "/recommendations/products",
  predictive_search_url: "/search/suggest",
  storefront_login_url: "/account/login",
};

/** The look of the theme where the merchant has saved nothing: one palette for each demo shop. */
function themeDefaults(shop: Shop): Record<string, unknown> {
  const common = { buttons_radius: 6, media_radius: 10 };
  if (shop.locale.startsWith("ko")) {
    return {
      ...common,
      color_background: "#f8f8f5",
      color_surface: "#ecede8",
      color_foreground: "#1b1f24",
      color_button: "#2b4570",
    };
  }
  return {
    ...common,
    color_background: "#fbf9f6",
    color_surface: "#f1ece4",
    color_foreground: "#211e1a",
    color_button: "#2e5a46",
  };
}

function buildShop(shop: Shop, url: string) {
  return {
    id: toLiquidId(shop.id),
    name: shop.name,
    email: shop.email,
    domain: new URL(url).host,
    permanent_domain: shop.domain,
    url,
    secure_url: url,
    currency: shop.currency,
    money_format: shop.moneyFormat,
    money_with_currency_format: shop.moneyWithCurrencyFormat,
    locale: shop.locale,
    enabled_currencies: [
      { iso_code: shop.currency, symbol: CURRENCY_SYMBOLS[shop.currency] ?? shop.currency },
    ],
    published_locales: LOCALES.map((iso_code) => ({ iso_code, primary: shop.locale.startsWith(iso_code) })),
    customer_accounts_enabled: true,
    taxes_included: shop.taxesIncluded,
    address: { country: shop.countryName, country_code: shop.countryCode, city: shop.city },
  };
}

function buildLocale(isoCode: string, shop: Shop) {
  const names = LANGUAGE_NAMES[isoCode];
  return {
    iso_code: isoCode,
    name: names?.name ?? isoCode,
    endonym_name: names?.endonym ?? isoCode,
    primary: shop.locale.startsWith(isoCode),
    root_url: "/",
  };
}

/** What a page is, for `request`, `template` and the layout. */
export interface PageKind {
  /** Shopify's page type, `product` or `customers/login`. */
  type: string;
  title: string;
  description?: string;
}

/** The objects every template and block can see. */
export function buildGlobals(
  context: SandboxContext,
  request: SandboxRequest,
  session: Session,
  catalogue: Catalogue,
  page: PageKind,
) {
  const state = context.store.shop(request.shop);
  const { shop } = state;
  const url = context.shopUrl(request.shop);
  const collections = buildCollections(state, translateText(catalogue, "collection.all"));
  const explain = (code: string, reason: string) =>
    translateText(catalogue, `checkout.codes.${reason}`, { code });
  const [directory, name] = page.type.includes("/") ? page.type.split("/") : [null, page.type];
  const locale = buildLocale(session.locale, shop);
  return {
    shop: buildShop(shop, url),
    customer: session.customer ? buildCustomer(context, request.shop, session.customer) : null,
    cart: buildCart(context, request.shop, session, explain),
    collections,
    request: {
      host: new URL(url).host,
      origin: url,
      path: request.url.pathname,
      page_type: page.type,
      locale,
      design_mode: false,
      visual_preview_mode: false,
    },
    localization: {
      language: locale,
      available_languages: LOCALES.map((entry) => buildLocale(entry, shop)),
      country: {
        iso_code: shop.countryCode,
        name: shop.countryName,
        currency: { iso_code: shop.currency, symbol: CURRENCY_SYMBOLS[shop.currency] ?? shop.currency },
      },
    },
    routes: ROUTES,
    template: { name, directory, suffix: null },
    theme: { id: toLiquidId(state.theme.id), name: state.theme.name, role: "main" },
    settings: {
      ...themeDefaults(shop),
      ...state.theme.settings,
      menu: Object.values(collections).slice(0, 5),
    },
    canonical_url: `${url}${request.url.pathname}`,
    page_title: page.title,
    page_description: page.description ?? null,
    additional_checkout_buttons: false,
  };
}

export type Globals = ReturnType<typeof buildGlobals>;
