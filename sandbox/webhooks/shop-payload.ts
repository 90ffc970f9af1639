import type { Customer, Id, Product, Shop } from "#sandbox/store/types.ts";
import { formatMinor } from "#sandbox/money.ts";
import { gid, restId, restTime } from "./payload-values.ts";

/** A shop as shop/update writes it. */
export function shopPayload(shop: Shop): Record<string, unknown> {
  return {
    id: restId(shop.id),
    name: shop.name,
    email: shop.email,
    domain: shop.domain,
    myshopify_domain: shop.domain,
    province: null,
    country: shop.countryCode,
    country_code: shop.countryCode,
    country_name: shop.countryName,
    city: shop.city,
    currency: shop.currency,
    customer_email: shop.email,
    timezone: shop.timeZone,
    iana_timezone: shop.timeZone,
    money_format: shop.moneyFormat,
    money_with_currency_format: shop.moneyWithCurrencyFormat,
    plan_display_name: shop.planName,
    plan_name: shop.planName.toLowerCase(),
    primary_locale: shop.locale,
    shop_owner: shop.name,
    taxes_included: shop.taxesIncluded,
    tax_shipping: null,
    county_taxes: true,
    password_enabled: false,
    created_at: restTime(shop.createdAt, shop.timeZone),
    updated_at: restTime(shop.updatedAt, shop.timeZone),
  };
}

/** app/uninstalled carries the shop, and Shopify leaves `myshopify_domain` empty in it. */
export function uninstalledPayload(shop: Shop): Record<string, unknown> {
  return { ...shopPayload(shop), myshopify_domain: null };
}

/** A product as products/* write it. */
export function productPayload(shop: Shop, product: Product): Record<string, unknown> {
  const time = (instant: string | null) => restTime(instant, shop.timeZone);
  return {
    id: restId(product.id),
    admin_graphql_api_id: gid("Product", product.id),
    title: product.title,
    body_html: product.descriptionHtml,
    vendor: product.vendor,
    product_type: product.productType,
    handle: product.handle,
    status: product.status.toLowerCase(),
    tags: product.tags.join(", "),
    created_at: time(product.createdAt),
    updated_at: time(product.updatedAt),
    published_at: time(product.publishedAt),
    variants: product.variants.map((variant) => ({
      id: restId(variant.id),
      admin_graphql_api_id: gid("ProductVariant", variant.id),
      product_id: restId(product.id),
      title: variant.title,
      sku: variant.sku,
      position: variant.position,
      price: formatMinor(variant.priceMinor, shop.currency),
      compare_at_price:
        variant.compareAtMinor === null ? null : formatMinor(variant.compareAtMinor, shop.currency),
      taxable: variant.taxable,
      inventory_quantity: variant.inventoryQuantity,
      created_at: time(variant.createdAt),
      updated_at: time(variant.updatedAt),
    })),
    options: product.options.map((option) => ({
      id: restId(option.id),
      name: option.name,
      values: option.values,
    })),
    images: product.images.map((image) => ({
      id: restId(image.id),
      src: `https://${shop.domain}${image.path}`,
      alt: image.alt,
    })),
  };
}

/** customers/merge, completed. */
export function mergePayload(keptId: Id, deletedId: Id): Record<string, unknown> {
  return {
    admin_graphql_api_customer_kept_id: gid("Customer", keptId),
    admin_graphql_api_customer_deleted_id: gid("Customer", deletedId),
    admin_graphql_api_job_id: null,
    status: "completed",
    errors: [],
  };
}

/** customers/data_request and customers/redact share this part. */
export function compliancePayload(
  shop: Shop,
  customer: Pick<Customer, "id" | "email" | "phone">,
): Record<string, unknown> {
  return {
    shop_id: restId(shop.id),
    shop_domain: shop.domain,
    customer: { id: restId(customer.id), email: customer.email, phone: customer.phone },
  };
}
