import type { AdminVisit } from "#sandbox/admin/visit.ts";
import { json } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { formatMinor } from "#sandbox/money.ts";
import type { Collection, Product, Variant } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";

/**
 * What the resource picker lists: products, variants or collections whose words hold all those of `query`, in the shape
 * that App Bridge hands to the app. `draft=0` and `archived=0` leave such products out.
 */
export function listResources(visit: AdminVisit): SandboxResponse {
  const { searchParams } = visit.request.url;
  const { products, collections } = visit.state;
  const fits = fitsQuery(searchParams.get("query") ?? "");
  if (searchParams.get("type") === "collection") {
    const found = [...collections.values()].filter((one) => fits(one.title));
    return json(
      200,
      found.map((one) => collectionResource(visit, one)),
    );
  }
  const isListed = ({ status }: Product) =>
    !(status === "DRAFT" && searchParams.get("draft") === "0") &&
    !(status === "ARCHIVED" && searchParams.get("archived") === "0");
  const listed = [...products.values()].filter(isListed);
  if (searchParams.get("type") === "variant") {
    const found = listed.flatMap((product) =>
      product.variants
        .filter((variant) => fits(`${product.title} ${variant.title} ${variant.sku ?? ""} ${product.vendor}`))
        .map((variant) => ({
          ...variantResource(visit, product, variant),
          product: plainProduct(visit, product),
        })),
    );
    return json(200, found);
  }
  const found = listed.filter((one) => fits(`${one.title} ${one.vendor} ${one.tags.join(" ")}`));
  return json(
    200,
    found.map((product) => ({
      ...plainProduct(visit, product),
      variants: product.variants.map((variant) => variantResource(visit, product, variant)),
    })),
  );
}

function fitsQuery(query: string): (text: string) => boolean {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
  return (text) => words.every((word) => text.toLowerCase().includes(word));
}

function plainProduct(visit: AdminVisit, product: Product) {
  return {
    id: gid("Product", product.id),
    title: product.title,
    handle: product.handle,
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    status: product.status,
    descriptionHtml: product.descriptionHtml,
    totalVariants: product.variants.length,
    hasOnlyDefaultVariant: product.variants.length === 1 && product.variants[0]?.title === "Default Title",
    options: product.options.map((option, index) => ({
      id: gid("ProductOption", option.id),
      name: option.name,
      position: index + 1,
      values: option.values,
    })),
    images: product.images.map((image) => ({
      id: gid("ProductImage", image.id),
      altText: image.alt,
      originalSrc: visit.context.shopUrl(visit.shop) + image.path,
    })),
    createdAt: product.createdAt,
    updatedAt: product.updatedAt,
    publishedAt: product.publishedAt,
  };
}

function variantResource(visit: AdminVisit, product: Product, variant: Variant) {
  return {
    id: gid("ProductVariant", variant.id),
    title: variant.title,
    displayName: `${product.title} - ${variant.title}`,
    sku: variant.sku,
    price: formatMinor(variant.priceMinor, visit.state.shop.currency),
    position: variant.position,
    taxable: variant.taxable,
    requiresShipping: variant.requiresShipping,
    inventoryQuantity: variant.inventoryQuantity,
    selectedOptions: variant.optionValues.map((value) => ({ value })),
    image: null,
    createdAt: variant.createdAt,
    updatedAt: variant.updatedAt,
  };
}

function collectionResource(visit: AdminVisit, collection: Collection) {
  return {
    id: gid("Collection", collection.id),
    title: collection.title,
    handle: collection.handle,
    description: collection.descriptionHtml.replace(/<[^>]*>/g, ""),
    descriptionHtml: collection.descriptionHtml,
    productsCount: collection.productIds.length,
    image:
      collection.imagePath === null
        ? null
        : {
            altText: collection.title,
            originalSrc: visit.context.shopUrl(visit.shop) + collection.imagePath,
          },
    ruleSet: null,
    updatedAt: collection.updatedAt,
  };
}
