import { buildProduct, buildVariant } from "./build-product.ts";
import { toLiquidId, toLiquidPrice } from "./liquid-values.ts";
import { quoteCart, readCartLines } from "#sandbox/storefront/price-cart.ts";
import type { CartLine } from "#sandbox/storefront/price-cart.ts";
import type { Session } from "#sandbox/storefront/session.ts";
import type { Quote } from "#sandbox/actions/inputs.ts";
import type { SandboxContext } from "#sandbox/context.ts";

function buildItem(line: CartLine, index: number, currency: string, discountMinor: number) {
  const { item, product, variant } = line;
  const price = toLiquidPrice(variant.priceMinor, currency);
  const discount = toLiquidPrice(discountMinor, currency);
  const drop = buildProduct(product, currency);
  const title = variant.title === "Default Title" ? product.title : `${product.title} - ${variant.title}`;
  return {
    id: toLiquidId(variant.id),
    key: `${variant.id}:${index + 1}`,
    quantity: item.quantity,
    properties: item.properties,
    variant_id: toLiquidId(variant.id),
    product_id: toLiquidId(product.id),
    title,
    product_title: product.title,
    variant_title: variant.title === "Default Title" ? null : variant.title,
    variant_options: variant.optionValues,
    price,
    original_price: price,
    final_price: price,
    line_price: price * item.quantity,
    original_line_price: price * item.quantity,
    final_line_price: price * item.quantity - discount,
    total_discount: discount,
    line_level_total_discount: discount,
    sku: variant.sku,
    vendor: product.vendor,
    taxable: variant.taxable,
    gift_card: product.isGiftCard,
    requires_shipping: variant.requiresShipping,
    product_type: product.productType,
    handle: product.handle,
    url: `/products/${product.handle}?variant=${variant.id}`,
    url_to_remove: `/cart/change?line=${index + 1}&quantity=0`,
    image: drop.featured_image.src,
    featured_image: { url: drop.featured_image.src, alt: drop.featured_image.alt },
    options_with_values: product.options.map((option, at) => ({
      name: option.name,
      value: variant.optionValues[at] ?? null,
    })),
    variant: buildVariant(product, variant, currency),
    product: drop,
  };
}

function buildCodes(
  session: Session,
  quote: Quote | undefined,
  explain: (code: string, reason: string) => string,
) {
  return session.cart.codes.map((code) => {
    const same = (entry: { code: string }) => entry.code.toLowerCase() === code.toLowerCase();
    const rejected = quote?.rejected.find(same);
    const applicable = quote?.discounts.some(same) ?? false;
    return { code, applicable, message: rejected ? explain(code, rejected.reason) : null };
  });
}

/** The cart as Liquid and the AJAX API have it. `explain` words why a code does not apply. */
export function buildCart(
  context: SandboxContext,
  shop: string,
  session: Session,
  explain: (code: string, reason: string) => string,
) {
  const state = context.store.shop(shop);
  const { currency, taxesIncluded } = state.shop;
  const quote = quoteCart(context, shop, session);
  const items = readCartLines(state, session.cart).map((line, index) =>
    buildItem(line, index, currency, quote?.lines[index]?.discountMinor ?? 0),
  );
  const original = items.reduce((sum, item) => sum + item.original_line_price, 0);
  const discounts = (quote?.discounts ?? []).filter((discount) => discount.target === "line_item");
  const totalDiscount = toLiquidPrice(
    discounts.reduce((sum, discount) => sum + discount.amountMinor, 0),
    currency,
  );
  return {
    token: session.cart.token,
    note: session.cart.note,
    attributes: session.cart.attributes,
    original_total_price: original,
    total_price: original - totalDiscount,
    total_discount: totalDiscount,
    total_weight: 0,
    item_count: items.reduce((sum, item) => sum + item.quantity, 0),
    items,
    requires_shipping: items.some((item) => item.requires_shipping),
    currency: { iso_code: currency },
    items_subtotal_price: original,
    cart_level_discount_applications: discounts.map((discount) => ({
      type: "discount_code",
      title: discount.title,
      total_allocated_amount: toLiquidPrice(discount.amountMinor, currency),
    })),
    discount_codes: buildCodes(session, quote, explain),
    taxes_included: taxesIncluded,
    empty: items.length === 0,
  };
}

export type CartObject = ReturnType<typeof buildCart>;

/** The cart as `/cart.js` answers it. */
export function toCartJson(cart: CartObject): Record<string, unknown> {
  const { taxes_included: _taxes, empty: _empty, items, discount_codes: codes, currency, ...rest } = cart;
  return {
    ...rest,
    currency: currency.iso_code,
    items: items.map(({ product: _product, variant: _variant, url_to_remove: _remove, ...item }) => item),
    discount_codes: codes.map(({ code, applicable }) => ({ code, applicable })),
  };
}
