import type { World } from "#sandbox/context.ts";
import type { Collection, Id, Product, Variant } from "#sandbox/store/types.ts";
import { gid, restId, restTime } from "#sandbox/webhooks/payload-values.ts";
import { productPayload } from "#sandbox/webhooks/shop-payload.ts";
import type { CollectionChange, CollectionInput, ProductInput, VariantInput } from "./inputs.ts";
import { refuse } from "./refusal.ts";

/** Creates a product with its variants (one of the price 0 when none is given); products/create. */
export function createProduct(world: World, shop: string, input: ProductInput): Product {
  const state = world.store.shop(shop);
  if (input.title.trim() === "") refuse(["title"], "Title can't be blank", "BLANK");
  const at = world.now().toISOString();
  const id = world.store.newId();
  const options = input.options ?? [{ name: "Title", values: ["Default Title"] }];
  const product: Product = {
    id,
    handle: freeHandle([...state.products.values()], input.handle ?? slug(input.title)),
    title: input.title,
    descriptionHtml: input.descriptionHtml ?? "",
    vendor: input.vendor ?? state.shop.name,
    productType: input.productType ?? "",
    tags: input.tags ?? [],
    status: input.status ?? "ACTIVE",
    isGiftCard: input.isGiftCard ?? false,
    options: options.map((option) => ({ id: world.store.newId(), ...option })),
    variants: (input.variants ?? [{}]).map((variant, index) =>
      makeVariant(world, id, variant, index, at, input.isGiftCard ?? false),
    ),
    images: (input.images ?? []).map((image) => ({
      id: world.store.newId(),
      width: 1200,
      height: 1200,
      ...definedOf(image),
    })),
    createdAt: at,
    updatedAt: at,
    publishedAt: at,
  };
  state.products.set(id, product);
  world.store.changed();
  world.webhooks.emit(shop, "products/create", () => productPayload(state.shop, product));
  return product;
}

/** Changes a product; given variants replace the old ones in order; products/update. */
export function updateProduct(world: World, shop: string, id: Id, input: Partial<ProductInput>): Product {
  const state = world.store.shop(shop);
  const product =
    state.products.get(id) ?? refuse(["id"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST");
  const at = world.now().toISOString();
  const { variants, options: _options, images: _images, ...plain } = input;
  Object.assign(product, definedOf(plain), { updatedAt: at });
  if (variants !== undefined) {
    product.variants = variants.map((variant, index) => {
      const old = product.variants[index];
      return old === undefined
        ? makeVariant(world, id, variant, index, at, product.isGiftCard)
        : { ...old, ...definedOf(variant), updatedAt: at };
    });
  }
  world.store.changed();
  world.webhooks.emit(shop, "products/update", () => productPayload(state.shop, product));
  return product;
}

/**
 * Deletes a product: its collections lose it, what was ordered of it stays ordered, of no product; products/delete. Its
 * collections send nothing of their own.
 */
export function deleteProduct(world: World, shop: string, id: Id): void {
  const state = world.store.shop(shop);
  const product =
    state.products.get(id) ?? refuse(["id"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST");
  state.products.delete(id);
  for (const gone of [gid("Product", id), ...product.variants.map((one) => gid("ProductVariant", one.id))]) {
    state.metafields.delete(gone);
  }
  for (const collection of state.collections.values()) {
    collection.productIds = collection.productIds.filter((one) => one !== id);
  }
  for (const order of state.orders.values()) {
    for (const line of order.lines) {
      if (line.productId === id) Object.assign(line, { productId: null, variantId: null });
    }
  }
  world.store.changed();
  world.webhooks.emit(shop, "products/delete", () => ({ id: restId(id) }));
}

/** Creates a collection of chosen products; collections/create. */
export function createCollection(world: World, shop: string, input: CollectionInput): Collection {
  const state = world.store.shop(shop);
  if (input.title.trim() === "") refuse(["title"], "Title can't be blank", "BLANK");
  const at = world.now().toISOString();
  const collection: Collection = {
    id: world.store.newId(),
    handle: freeHandle([...state.collections.values()], input.handle ?? slug(input.title)),
    title: input.title,
    descriptionHtml: input.descriptionHtml ?? "",
    productIds: input.productIds ?? [],
    imagePath: input.imagePath ?? null,
    createdAt: at,
    updatedAt: at,
  };
  state.collections.set(collection.id, collection);
  world.store.changed();
  world.webhooks.emit(shop, "collections/create", () => collectionPayload(state.shop.timeZone, collection));
  return collection;
}

/** Changes a collection; collections/update. */
export function updateCollection(world: World, shop: string, id: Id, input: CollectionChange): Collection {
  const state = world.store.shop(shop);
  const collection = state.collections.get(id) ?? refuse(["id"], "Collection does not exist", "NOT_FOUND");
  if (input.title?.trim() === "") refuse(["title"], "Title can't be blank", "BLANK");
  Object.assign(collection, definedOf(input), { updatedAt: world.now().toISOString() });
  world.store.changed();
  world.webhooks.emit(shop, "collections/update", () => collectionPayload(state.shop.timeZone, collection));
  return collection;
}

/** Adds products to a collection; collections/update. */
export function addProductsToCollection(world: World, shop: string, id: Id, productIds: Id[]): Collection {
  const before = world.store.shop(shop).collections.get(id)?.productIds ?? [];
  return updateCollection(world, shop, id, { productIds: [...new Set([...before, ...productIds])] });
}

/** Takes products out of a collection; collections/update. */
export function removeProductsFromCollection(
  world: World,
  shop: string,
  id: Id,
  productIds: Id[],
): Collection {
  const before = world.store.shop(shop).collections.get(id)?.productIds ?? [];
  return updateCollection(world, shop, id, {
    productIds: before.filter((one) => !productIds.includes(one)),
  });
}

/** Latin letters and digits joined by hyphens; Hangul is kept, as Shopify keeps it. */
export function slug(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
      .replace(/^-|-$/g, "") || "untitled"
  );
}

function freeHandle(taken: readonly { handle: string }[], wanted: string): string {
  const used = new Set(taken.map((one) => one.handle));
  if (!used.has(wanted)) return wanted;
  let count = 1;
  while (used.has(`${wanted}-${count}`)) count += 1;
  return `${wanted}-${count}`;
}

function makeVariant(
  world: World,
  productId: Id,
  input: VariantInput,
  index: number,
  at: string,
  giftCard: boolean,
): Variant {
  const optionValues = input.optionValues ?? ["Default Title"];
  return {
    id: world.store.newId(),
    productId,
    title: input.title ?? optionValues.join(" / "),
    sku: input.sku ?? null,
    position: index + 1,
    priceMinor: input.priceMinor ?? 0,
    compareAtMinor: input.compareAtMinor ?? null,
    optionValues,
    taxable: input.taxable ?? !giftCard,
    requiresShipping: input.requiresShipping ?? !giftCard,
    inventoryQuantity: input.inventoryQuantity ?? null,
    createdAt: at,
    updatedAt: at,
  };
}

function definedOf<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function collectionPayload(timeZone: string, collection: Collection): Record<string, unknown> {
  return {
    id: restId(collection.id),
    admin_graphql_api_id: gid("Collection", collection.id),
    handle: collection.handle,
    title: collection.title,
    body_html: collection.descriptionHtml,
    updated_at: restTime(collection.updatedAt, timeZone),
    published_at: restTime(collection.createdAt, timeZone),
    sort_order: "manual",
  };
}
