import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lang } from "./fixtures.ts";
import { createEngine, keepFloatLiterals } from "#sandbox/storefront/liquid/create-engine.ts";

export const EXTENSION_DIR = join(import.meta.dirname, "../../../../extensions/storefront-loyalty");

export interface BlockSchema {
  name: string;
  settings: { id?: string; default?: unknown }[];
  [key: string]: unknown;
}

export function readBlock(handle: string): { source: string; schema: BlockSchema } {
  const source = readFileSync(join(EXTENSION_DIR, "blocks", `${handle}.liquid`), "utf8");
  const body = /\{% schema %\}([\s\S]*)\{% endschema %\}/.exec(source)?.[1] ?? "";
  return { source, schema: JSON.parse(body) as BlockSchema };
}

export interface RenderOptions {
  block: string;
  program?: unknown;
  /** The loyalty metafield; with `customer: true` alone the shopper has none yet. */
  loyalty?: unknown;
  customer?: boolean;
  lang?: Lang | string;
  settings?: Record<string, unknown>;
  product?: unknown;
  cartCurrency?: string;
  designMode?: boolean;
  pageType?: string;
  path?: string;
  shopName?: string;
  assetUrl?: (file: string) => string;
}

const readLocale = (file: string) => JSON.parse(readFileSync(join(EXTENSION_DIR, "locales", file), "utf8"));

/** Renders one block as a shop would, on 21 November 2026. */
export async function renderBlock(options: RenderOptions): Promise<string> {
  const { source, schema } = readBlock(options.block);
  const lang = options.lang ?? "en";
  const currency = (options.program as { currency?: string } | undefined)?.currency ?? "USD";
  const fallback = readLocale("en.default.json");
  const engine = createEngine({
    snippetsDir: join(EXTENSION_DIR, "snippets"),
    catalogue: { locale: lang, current: lang.startsWith("ko") ? readLocale("ko.json") : fallback, fallback },
    locale: lang,
    timeZone: currency === "KRW" ? "Asia/Seoul" : "America/New_York",
    currency,
    moneyFormat: currency === "KRW" ? "{{amount_no_decimals}}원" : "${{amount}}",
    now: () => new Date("2026-11-21T12:00:00Z"),
    assetUrl: options.assetUrl ?? ((file) => `/assets/${file}`),
  });
  const defaults = Object.fromEntries(
    schema.settings.flatMap((setting) => (setting.id ? [[setting.id, setting.default ?? null]] : [])),
  );
  const isMember = options.customer === true || options.loyalty !== undefined;
  const globals = {
    app: { metafields: { loyalty: { program: options.program ? { value: options.program } : null } } },
    block: {
      id: "b1",
      settings: { ...defaults, ...options.settings },
      shopify_attributes: 'data-block="b1"',
    },
    customer: isMember
      ? { id: 1, metafields: { $app: options.loyalty ? { loyalty: { value: options.loyalty } } : {} } }
      : null,
    product: options.product ?? null,
    cart: { currency: { iso_code: options.cartCurrency ?? currency } },
    shop: { name: options.shopName ?? "Dangol Coffee" },
    request: {
      design_mode: options.designMode ?? false,
      page_type: options.pageType ?? "product",
      path: options.path ?? "/products/beans",
      locale: { iso_code: lang },
    },
    routes: {
      account_url: "/account",
      account_login_url: "/account/login",
      account_register_url: "/account/register",
      all_products_collection_url: "/collections/all",
      cart_url: "/cart",
      storefront_login_url: "/customer_authentication/storefront/login",
    },
  };
  return (await engine.parseAndRender(keepFloatLiterals(source), {}, { globals })) as string;
}
