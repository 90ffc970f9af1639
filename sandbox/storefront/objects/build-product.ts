import { toLiquidId, toLiquidPrice } from "./liquid-values.ts";
import type { Collection, Product, ShopState, Variant } from "#sandbox/store/types.ts";

/** Whether shoppers see the product. */
export function isPublished(product: Product): boolean {
  return product.status === "ACTIVE";
}

/** Whether a variant can be bought now. */
export function isAvailable(variant: Variant): boolean {
  return variant.inventoryQuantity === null || variant.inventoryQuantity > 0;
}

function hasOnlyDefaultVariant(product: Product): boolean {
  return product.variants.length === 1 && product.variants[0]?.title === "Default Title";
}

function buildImage(product: Product) {
  const image = product.images[0];
  const src = image?.path ?? `/cdn/products/${product.handle}.svg`;
  return { src, alt: image?.alt ?? product.title, width: image?.width ?? 800, height: image?.height ?? 1000 };
}

/** A variant as Liquid and the theme's script have it. */
export function buildVariant(product: Product, variant: Variant, currency: string) {
  const price = (minor: number) => toLiquidPrice(minor, currency);
  return {
    id: toLiquidId(variant.id),
    title: variant.title,
    option1: variant.optionValues[0] ?? null,
    option2: variant.optionValues[1] ?? null,
    option3: variant.optionValues[2] ?? null,
    options: variant.optionValues,
    sku: variant.sku ?? "",
    price: price(variant.priceMinor),
    compare_at_price: variant.compareAtMinor === null ? null : price(variant.compareAtMinor),
    available: isAvailable(variant),
    inventory_quantity: variant.inventoryQuantity ?? 0,
    inventory_management: variant.inventoryQuantity === null ? null : "shopify",
    requires_shipping: variant.requiresShipping,
    taxable: variant.taxable,
    weight: 0,
    url: `/products/${product.handle}?variant=${variant.id}`,
    featured_image: null,
  };
}

/** A product as Liquid has it; `variantId` is the one the address asks for. */
export function buildProduct(
  product: Product,
  currency: string,
  variantId?: string,
  collections: Iterable<Collection> = [],
) {
  const variants = product.variants.map((variant) => buildVariant(product, variant, currency));
  const asked = variants.find((variant) => String(variant.id) === variantId);
  const firstAvailable = variants.find((variant) => variant.available) ?? variants[0];
  const selected = asked ?? firstAvailable;
  const prices = variants.map((variant) => variant.price);
  const image = buildImage(product);
  return {
    id: toLiquidId(product.id),
    title: product.title,
    handle: product.handle,
    url: `/products/${product.handle}`,
    vendor: product.vendor,
    type: product.productType,
    tags: product.tags,
    collections: [...collections]
      .filter((entry) => entry.productIds.includes(product.id))
      .map((entry) => ({ id: toLiquidId(entry.id), title: entry.title, handle: entry.handle })),
    description: product.descriptionHtml,
    content: product.descriptionHtml,
    available: variants.some((variant) => variant.available),
    "gift_card?": product.isGiftCard,
    gift_card: product.isGiftCard,
    price: prices.length ? Math.min(...prices) : 0,
    price_min: prices.length ? Math.min(...prices) : 0,
    price_max: prices.length ? Math.max(...prices) : 0,
    price_varies: new Set(prices).size > 1,
    compare_at_price: variants[0]?.compare_at_price ?? null,
    variants,
    variants_count: variants.length,
    selected_variant: asked ?? null,
    first_available_variant: firstAvailable,
    selected_or_first_available_variant: selected,
    has_only_default_variant: hasOnlyDefaultVariant(product),
    options: product.options.map((option) => option.name),
    options_with_values: product.options.map((option, index) => ({
      name: option.name,
      position: index + 1,
      values: option.values,
      selected_value: selected?.options[index] ?? null,
    })),
    featured_image: image,
    featured_media: { preview_image: image, media_type: "image", alt: image.alt },
    images: [image],
    media: [{ preview_image: image, media_type: "image", alt: image.alt }],
    metafields: {},
    published_at: product.publishedAt,
    created_at: product.createdAt,
  };
}

/** A collection as Liquid has it; `all` is every published product. */
export function buildCollection(collection: Collection, products: ReturnType<typeof buildProduct>[]) {
  const wanted = new Set(collection.productIds.map((id) => String(toLiquidId(id))));
  const members = products.filter((product) => wanted.has(String(product.id)));
  return {
    id: toLiquidId(collection.id),
    title: collection.title,
    handle: collection.handle,
    url: `/collections/${collection.handle}`,
    description: collection.descriptionHtml,
    products: members,
    products_count: members.length,
    all_products_count: members.length,
    image: collection.imagePath,
  };
}

/** All collections by handle, with the `all` that every shop has. */
export function buildCollections(state: ShopState, allTitle: string) {
  const published = [...state.products.values()].filter(isPublished);
  const products = published.map((product) =>
    buildProduct(product, state.shop.currency, undefined, state.collections.values()),
  );
  const everything = {
    id: 0,
    title: allTitle,
    handle: "all",
    url: "/collections/all",
    description: "",
    image: null,
  };
  return {
    ...Object.fromEntries(
      [...state.collections.values()].map((entry) => [entry.handle, buildCollection(entry, products)]),
    ),
    all: { ...everything, products, products_count: products.length, all_products_count: products.length },
  };
}
