import type { Collection, Product, Variant } from "#sandbox/store/types.ts";
import { formatMinor } from "#sandbox/money.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { dateTime, idArg, money } from "../values.ts";
import { metafieldFields } from "./metafield-fields.ts";

/** A product. */
export function productNode(api: Api, product: Product): Source {
  const { currency } = api.state.shop;
  const prices = product.variants.map((variant) => variant.priceMinor);
  const range = {
    minVariantPrice: money(Math.min(...prices), currency),
    maxVariantPrice: money(Math.max(...prices), currency),
  };
  const collections = () =>
    [...api.state.collections.values()].filter((one) => one.productIds.includes(product.id));
  const url = `${api.sandbox.shopUrl(api.shop)}/products/${product.handle}`;
  return {
    __typename: "Product",
    id: gid("Product", product.id),
    legacyResourceId: product.id,
    handle: product.handle,
    title: product.title,
    descriptionHtml: product.descriptionHtml,
    description: product.descriptionHtml.replace(/<[^>]*>/g, ""),
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    status: product.status,
    isGiftCard: product.isGiftCard,
    createdAt: dateTime(product.createdAt),
    updatedAt: dateTime(product.updatedAt),
    publishedAt: dateTime(product.publishedAt),
    onlineStoreUrl: url,
    onlineStorePreviewUrl: url,
    hasOnlyDefaultVariant: product.variants.length === 1 && product.variants[0]?.title === "Default Title",
    totalInventory: product.variants.reduce((sum, variant) => sum + (variant.inventoryQuantity ?? 0), 0),
    tracksInventory: product.variants.some((variant) => variant.inventoryQuantity !== null),
    priceRangeV2: range,
    variantsCount: { count: product.variants.length, precision: "EXACT" },
    options: product.options.map((option, index) => ({
      __typename: "ProductOption",
      id: gid("ProductOption", option.id),
      name: option.name,
      position: index + 1,
      values: option.values,
    })),
    featuredImage: product.images[0] === undefined ? null : imageNode(api, product.images[0]),
    featuredMedia: product.images[0] === undefined ? null : mediaNode(api, product.images[0]),
    images: (args: Args) => connection(product.images, args, (image) => imageNode(api, image)),
    media: (args: Args) => connection(product.images, args, (image) => mediaNode(api, image)),
    variants: (args: Args) =>
      connection(product.variants, args, (variant) => variantNode(api, product, variant)),
    collections: (args: Args) => connection(collections(), args, (one) => collectionNode(api, one)),
    inCollection: (args: Args) => collections().some((one) => one.id === idArg(args, "id", "Collection")),
    ...metafieldFields(api, gid("Product", product.id)),
  };
}

function imageNode(api: Api, image: Product["images"][number]): Source {
  const url = `${api.sandbox.shopUrl(api.shop)}${image.path}`;
  return {
    id: gid("ImageSource", image.id),
    url,
    src: url,
    originalSrc: url,
    altText: image.alt,
    width: image.width,
    height: image.height,
  };
}

function collectionImage(api: Api, altText: string, path: string): Source {
  const url = `${api.sandbox.shopUrl(api.shop)}${path}`;
  return { url, src: url, originalSrc: url, altText };
}

function mediaNode(api: Api, image: Product["images"][number]): Source {
  return {
    __typename: "MediaImage",
    id: gid("MediaImage", image.id),
    alt: image.alt,
    mediaContentType: "IMAGE",
    status: "READY",
    image: imageNode(api, image),
    preview: { image: imageNode(api, image), status: "READY" },
  };
}

/** A variant. */
export function variantNode(api: Api, product: Product, variant: Variant): Source {
  const { currency } = api.state.shop;
  return {
    __typename: "ProductVariant",
    id: gid("ProductVariant", variant.id),
    legacyResourceId: variant.id,
    title: variant.title,
    displayName: variant.title === "Default Title" ? product.title : `${product.title} - ${variant.title}`,
    sku: variant.sku,
    position: variant.position,
    price: formatMinor(variant.priceMinor, currency),
    compareAtPrice: variant.compareAtMinor === null ? null : formatMinor(variant.compareAtMinor, currency),
    taxable: variant.taxable,
    availableForSale: variant.inventoryQuantity === null || variant.inventoryQuantity > 0,
    inventoryQuantity: variant.inventoryQuantity,
    createdAt: dateTime(variant.createdAt),
    updatedAt: dateTime(variant.updatedAt),
    selectedOptions: product.options.map((option, index) => ({
      name: option.name,
      value: variant.optionValues[index] ?? "",
    })),
    product: () => productNode(api, product),
    ...metafieldFields(api, gid("ProductVariant", variant.id)),
  };
}

/** A collection. */
export function collectionNode(api: Api, collection: Collection): Source {
  const products = () => collection.productIds.flatMap((id) => api.state.products.get(id) ?? []);
  return {
    __typename: "Collection",
    id: gid("Collection", collection.id),
    legacyResourceId: collection.id,
    handle: collection.handle,
    title: collection.title,
    descriptionHtml: collection.descriptionHtml,
    description: collection.descriptionHtml.replace(/<[^>]*>/g, ""),
    sortOrder: "MANUAL",
    updatedAt: dateTime(collection.updatedAt),
    ruleSet: null,
    image:
      collection.imagePath === null ? null : collectionImage(api, collection.title, collection.imagePath),
    productsCount: { count: collection.productIds.length, precision: "EXACT" },
    products: (args: Args) => connection(products(), args, (one) => productNode(api, one)),
    hasProduct: (args: Args) => collection.productIds.includes(idArg(args, "id", "Product")),
    ...metafieldFields(api, gid("Collection", collection.id)),
  };
}
