import type { ProductInput } from "#sandbox/actions/inputs.ts";
import { findVariant } from "#sandbox/actions/build-order.ts";
import { isRecord } from "#sandbox/http.ts";
import type { Collection, Product } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers } from "../api.ts";
import { sortedConnection } from "../connection.ts";
import type { SortKey } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { parseSearch } from "../search.ts";
import type { SearchFields } from "../search.ts";
import { idArg, listArg, minorOf, objectArg, textArg, textsArg } from "../values.ts";
import { collectionNode, productNode, variantNode } from "./product-node.ts";
import { shopNode } from "./shop.ts";

const PRODUCT_FIELDS: SearchFields<Product> = {
  id: { kind: "number", read: (one) => [one.id] },
  title: { kind: "text", read: (one) => [one.title, ...one.title.split(" ")] },
  handle: { kind: "text", read: (one) => [one.handle] },
  vendor: { kind: "text", read: (one) => [one.vendor] },
  product_type: { kind: "text", read: (one) => [one.productType] },
  tag: { kind: "text", read: (one) => one.tags },
  status: { kind: "text", read: (one) => [one.status] },
  gift_card: { kind: "text", read: (one) => [String(one.isGiftCard)] },
  sku: { kind: "text", read: (one) => one.variants.map((variant) => variant.sku) },
  created_at: { kind: "instant", read: (one) => [one.createdAt] },
  updated_at: { kind: "instant", read: (one) => [one.updatedAt] },
};

const COLLECTION_FIELDS: SearchFields<Collection> = {
  id: { kind: "number", read: (one) => [one.id] },
  title: { kind: "text", read: (one) => [one.title] },
  handle: { kind: "text", read: (one) => [one.handle] },
  updated_at: { kind: "instant", read: (one) => [one.updatedAt] },
};

function byKey<T extends { id: string; title: string; updatedAt: string }>(args: Args): (one: T) => SortKey {
  switch (textArg(args, "sortKey")) {
    case "TITLE":
      return (one) => [one.title, one.id];
    case "UPDATED_AT":
      return (one) => [one.updatedAt, one.id];
    default:
      return (one) => [one.id.padStart(20, "0"), one.id];
  }
}

function select<T>(
  all: Iterable<T>,
  args: Args,
  fields: SearchFields<T>,
  texts: (one: T) => (string | null)[],
): T[] {
  const query = textArg(args, "query");
  return query === undefined || query.trim() === ""
    ? [...all]
    : [...all].filter(parseSearch(query, fields, texts));
}

export const productQueries: Resolvers = {
  product: (args, api) => {
    const product = api.state.products.get(idArg(args, "id", "Product"));
    return product === undefined ? null : productNode(api, product);
  },
  products: (args, api) => {
    const found = select(api.state.products.values(), args, PRODUCT_FIELDS, (one) => [
      one.title,
      one.vendor,
      one.productType,
    ]);
    return sortedConnection(found, args, byKey<Product>(args), (one) => productNode(api, one));
  },
  productByIdentifier: (args, api) => {
    const identifier = objectArg(args, "identifier");
    const handle = textArg(identifier, "handle");
    const product =
      handle === undefined
        ? api.state.products.get(idArg(identifier, "id", "Product"))
        : [...api.state.products.values()].find((one) => one.handle === handle);
    return product === undefined ? null : productNode(api, product);
  },
  productVariant: (args, api) => {
    const found = findVariant(api.state, idArg(args, "id", "ProductVariant"));
    return found === undefined ? null : variantNode(api, found.product, found.variant);
  },
  collection: (args, api) => {
    const collection = api.state.collections.get(idArg(args, "id", "Collection"));
    return collection === undefined ? null : collectionNode(api, collection);
  },
  collections: (args, api) => {
    const found = select(api.state.collections.values(), args, COLLECTION_FIELDS, (one) => [one.title]);
    return sortedConnection(found, args, byKey<Collection>(args), (one) => collectionNode(api, one));
  },
};

function readProduct(input: Args): ProductInput {
  const options = listArg(input, "productOptions").map((option) => ({
    name: textArg(option, "name") ?? "Title",
    values: listArg(option, "values").map((value) => textArg(value, "name") ?? ""),
  }));
  const first = options[0];
  return {
    title: textArg(input, "title") ?? "",
    handle: textArg(input, "handle"),
    descriptionHtml: textArg(input, "descriptionHtml"),
    vendor: textArg(input, "vendor"),
    productType: textArg(input, "productType"),
    tags: textsArg(input, "tags"),
    status:
      textArg(input, "status") === "DRAFT"
        ? "DRAFT"
        : textArg(input, "status") === "ARCHIVED"
          ? "ARCHIVED"
          : "ACTIVE",
    isGiftCard: input["giftCard"] === true,
    ...(first === undefined
      ? {}
      : { options, variants: [{ optionValues: options.map((option) => option.values[0] ?? "") }] }),
  };
}

/** The new prices of the variants named; the others as they are. */
function readVariants(api: Api, product: Product, inputs: readonly Args[]) {
  const { currency } = api.state.shop;
  return product.variants.map((variant) => {
    const input = inputs.find((one) => idArg(one, "id", "ProductVariant") === variant.id);
    if (input === undefined) return {};
    return {
      priceMinor:
        input["price"] === undefined || input["price"] === null
          ? undefined
          : minorOf(input["price"], currency),
      compareAtMinor:
        input["compareAtPrice"] === undefined
          ? undefined
          : input["compareAtPrice"] === null
            ? null
            : minorOf(input["compareAtPrice"], currency),
      taxable: typeof input["taxable"] === "boolean" ? input["taxable"] : undefined,
    };
  });
}

export const productMutations: Resolvers = {
  productCreate: (args, api, info) => {
    const input = isRecord(args["product"]) ? args["product"] : objectArg(args, "input");
    return mutate(info, [], () => {
      const product = api.sandbox.actions.createProduct(api.shop, readProduct(input));
      for (const id of textsArg(input, "collectionsToJoin") ?? []) {
        api.sandbox.actions.addProductsToCollection(api.shop, idArg({ id }, "id", "Collection"), [
          product.id,
        ]);
      }
      return { product: productNode(api, product), shop: shopNode(api) };
    });
  },
  productVariantsBulkUpdate: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(args, "productId", "Product");
      const product = api.state.products.get(id);
      const variants =
        product === undefined ? undefined : readVariants(api, product, listArg(args, "variants"));
      const changed = api.sandbox.actions.updateProduct(
        api.shop,
        id,
        variants === undefined ? {} : { variants },
      );
      const wanted = new Set(listArg(args, "variants").map((one) => idArg(one, "id", "ProductVariant")));
      const nodes = changed.variants
        .filter((one) => wanted.has(one.id))
        .map((one) => variantNode(api, changed, one));
      return { product: productNode(api, changed), productVariants: nodes };
    }),
  productDelete: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(objectArg(args, "input"), "id", "Product");
      api.sandbox.actions.deleteProduct(api.shop, id);
      return { deletedProductId: gid("Product", id), shop: shopNode(api) };
    }),
  collectionCreate: (args, api, info) => {
    const input = isRecord(args["collection"]) ? args["collection"] : objectArg(args, "input");
    return mutate(info, [], () => {
      const collection = api.sandbox.actions.createCollection(api.shop, {
        title: textArg(input, "title") ?? "",
        handle: textArg(input, "handle"),
        descriptionHtml: textArg(input, "descriptionHtml"),
        productIds: (textsArg(input, "products") ?? []).map((id) => idArg({ id }, "id", "Product")),
      });
      return { collection: collectionNode(api, collection) };
    });
  },
  /** Title, handle and description; what it holds is changed by the two mutations below. */
  collectionUpdate: (args, api, info) => {
    const input = isRecord(args["collection"]) ? args["collection"] : objectArg(args, "input");
    return mutate(info, [], () => {
      const collection = api.sandbox.actions.updateCollection(api.shop, idArg(input, "id", "Collection"), {
        title: textArg(input, "title"),
        handle: textArg(input, "handle"),
        descriptionHtml: textArg(input, "descriptionHtml"),
      });
      return { collection: collectionNode(api, collection) };
    });
  },
  collectionAddProducts: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(args, "id", "Collection");
      const changed = api.sandbox.actions.addProductsToCollection(api.shop, id, productIdsOf(args));
      return { collection: collectionNode(api, changed) };
    }),
  collectionRemoveProducts: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(args, "id", "Collection");
      api.sandbox.actions.removeProductsFromCollection(api.shop, id, productIdsOf(args));
      // Shopify does it at leisure and answers with the job; here it is done.
      return { job: { id: gid("Job", id), done: true } };
    }),
};

function productIdsOf(args: Args): string[] {
  return (textsArg(args, "productIds") ?? []).map((id) => idArg({ id }, "id", "Product"));
}
