import type { DiscountInput } from "#sandbox/actions/inputs.ts";
import { refuse } from "#sandbox/actions/refusal.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import { discountStatus } from "#sandbox/actions/discounts.ts";
import { idOf } from "#sandbox/gid.ts";
import type { Discount, DiscountContext, DiscountItems, DiscountValue } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { connection, sortedConnection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { parseSearch } from "../search.ts";
import type { SearchFields } from "../search.ts";
import { dateTime, idArg, listArg, minorOf, objectArg, textArg, textsArg } from "../values.ts";
import { codeNode, discountNode } from "./discount-node.ts";

function searchFields(api: Api): SearchFields<Discount> {
  return {
    id: { kind: "number", read: (one) => [one.id] },
    title: { kind: "text", read: (one) => [one.title] },
    code: { kind: "text", read: (one) => one.codes.map((code) => code.code) },
    tag: { kind: "text", read: (one) => one.tags },
    status: { kind: "text", read: (one) => [discountStatus(one, api.sandbox.now())] },
    created_at: { kind: "instant", read: (one) => [one.createdAt] },
    updated_at: { kind: "instant", read: (one) => [one.updatedAt] },
  };
}

export const discountQueries: Resolvers = {
  codeDiscountNode: (args, api) => {
    const discount = api.state.discounts.get(idArg(args, "id", "DiscountCodeNode"));
    return discount === undefined ? null : discountNode(api, discount);
  },
  codeDiscountNodeByCode: (args, api) => {
    const discount = api.sandbox.actions.findDiscountByCode(api.shop, textArg(args, "code") ?? "");
    return discount === undefined ? null : discountNode(api, discount);
  },
  codeDiscountNodes: (args, api) => {
    const query = textArg(args, "query");
    const all = [...api.state.discounts.values()];
    const texts = (one: Discount) => [one.title, ...one.codes.map((code) => code.code)];
    const found =
      query === undefined || query === "" ? all : all.filter(parseSearch(query, searchFields(api), texts));
    return sortedConnection(
      found,
      args,
      (one) => [one.id.padStart(20, "0"), one.id],
      (one) => discountNode(api, one),
    );
  },
  discountRedeemCodeBulkCreation: (args, api) =>
    bulkCreations(api).get(idArg(args, "id", "DiscountRedeemCodeBulkCreation")) ?? null,
};

function readContext(input: Args): DiscountContext {
  const context = objectArg(input, "context");
  const add = textsArg(objectArg(context, "customers"), "add");
  if (add !== undefined)
    return { type: "customers", customerIds: add.map((id) => idOf(id, "Customer") ?? id) };
  const segments = textsArg(objectArg(context, "customerSegments"), "add");
  if (segments !== undefined)
    return { type: "segments", segmentIds: segments.map((id) => idOf(id, "Segment") ?? id) };
  if ("markets" in context) refuse(["context", "markets"], "The sandbox keeps no markets", "INVALID");
  if ("customerSelection" in input && objectArg(input, "customerSelection")["all"] !== true) {
    refuse(
      ["customerSelection"],
      "The sandbox takes `context`; `customerSelection` is deprecated",
      "INVALID",
    );
  }
  return { type: "all" };
}

function readItems(gets: Args): DiscountItems {
  const items = objectArg(gets, "items");
  const products = objectArg(items, "products");
  const ids = (from: Args, name: string, type: string) =>
    (textsArg(from, name) ?? []).map((id) => idOf(id, type) ?? id);
  if ("products" in items) {
    return {
      type: "products",
      productIds: ids(products, "productsToAdd", "Product"),
      variantIds: ids(products, "productVariantsToAdd", "ProductVariant"),
    };
  }
  if ("collections" in items)
    return { type: "collections", collectionIds: ids(objectArg(items, "collections"), "add", "Collection") };
  if (items["all"] !== true)
    refuse(["customerGets", "items"], "Items in 'customer get' can't be blank", "BLANK");
  return { type: "all" };
}

function readValue(api: Api, gets: Args): DiscountValue {
  const value = objectArg(gets, "value");
  const amount = objectArg(value, "discountAmount");
  if (value["percentage"] !== undefined && value["percentage"] !== null)
    return { type: "percentage", fraction: String(value["percentage"]) };
  if (amount["amount"] !== undefined && amount["amount"] !== null) {
    return {
      type: "amount",
      amountMinor: minorOf(amount["amount"], api.state.shop.currency),
      onEachItem: amount["appliesOnEachItem"] === true,
    };
  }
  return refuse(["customerGets", "value"], "The sandbox gives a percentage or an amount", "BLANK");
}

function readMinimum(api: Api, input: Args): DiscountInput["minimum"] {
  const minimum = objectArg(input, "minimumRequirement");
  const subtotal = objectArg(minimum, "subtotal")["greaterThanOrEqualToSubtotal"];
  const quantity = objectArg(minimum, "quantity")["greaterThanOrEqualToQuantity"];
  if (subtotal !== undefined && subtotal !== null)
    return { type: "subtotal", amountMinor: minorOf(subtotal, api.state.shop.currency) };
  return quantity === undefined || quantity === null
    ? null
    : { type: "quantity", quantity: Number(quantity) };
}

function readCommon(api: Api, input: Args): Omit<DiscountInput, "value"> {
  const combines = objectArg(input, "combinesWith");
  const instant = (name: string) => {
    const text = textArg(input, name);
    return text === undefined ? undefined : new Date(text).toISOString();
  };
  const startsAt = instant("startsAt") ?? refuse(["startsAt"], "Starts at can't be blank", "BLANK");
  return {
    title: textArg(input, "title") ?? "",
    code: textArg(input, "code") ?? "",
    startsAt,
    endsAt: instant("endsAt") ?? null,
    context: readContext(input),
    usageLimit: typeof input["usageLimit"] === "number" ? input["usageLimit"] : null,
    oncePerCustomer: input["appliesOncePerCustomer"] === true,
    minimum: readMinimum(api, input),
    combinesWith: {
      order: combines["orderDiscounts"] === true,
      product: combines["productDiscounts"] === true,
      shipping: combines["shippingDiscounts"] === true,
    },
    tags: textsArg(input, "tags") ?? [],
    createdByApp: !api.caller.isAdmin,
  };
}

/** Bulk additions answer at once that they are under way, and are done by the next question. */
const creations = new WeakMap<SandboxContext, Map<string, Source>>();

function bulkCreations(api: Api): Map<string, Source> {
  const found = creations.get(api.sandbox) ?? new Map<string, Source>();
  creations.set(api.sandbox, found);
  return found;
}

function bulkAdd(api: Api, discountId: string, codes: string[]): Source {
  const failed = new Set(
    codes.filter(
      (code, index) =>
        api.sandbox.actions.findDiscountByCode(api.shop, code) !== undefined || codes.indexOf(code) !== index,
    ),
  );
  const discount = api.sandbox.actions.addDiscountCodes(api.shop, discountId, codes);
  const id = api.sandbox.store.newId();
  const errors = [
    {
      field: ["code"],
      message: "Code must be unique. Please try a different code.",
      code: "TAKEN",
      extraInfo: null,
    },
  ];
  const lines = codes.map((code) => {
    const made = discount.codes.find((one) => one.code === code);
    return {
      code,
      errors: failed.has(code) ? errors : [],
      discountRedeemCode: made === undefined || failed.has(code) ? null : codeNode(discount, made),
    };
  });
  const creation: Source = {
    __typename: "DiscountRedeemCodeBulkCreation",
    id: gid("DiscountRedeemCodeBulkCreation", id),
    createdAt: dateTime(api.sandbox.now().toISOString()),
    codesCount: codes.length,
    discountCode: () => discountNode(api, discount),
    codes: (args: Args) => connection(lines, args, (line) => line),
  };
  bulkCreations(api).set(id, {
    ...creation,
    done: true,
    importedCount: codes.length - failed.size,
    failedCount: failed.size,
  });
  return { ...creation, done: false, importedCount: 0, failedCount: 0 };
}

export const discountMutations: Resolvers = {
  discountCodeBasicCreate: (args, api, info) => {
    const input = objectArg(args, "basicCodeDiscount");
    const gets = objectArg(input, "customerGets");
    return mutate(info, ["basicCodeDiscount"], () => {
      const values = { ...readCommon(api, input), value: readValue(api, gets), items: readItems(gets) };
      return { codeDiscountNode: discountNode(api, api.sandbox.actions.createDiscount(api.shop, values)) };
    });
  },
  discountCodeFreeShippingCreate: (args, api, info) => {
    const input = objectArg(args, "freeShippingCodeDiscount");
    return mutate(info, ["freeShippingCodeDiscount"], () => {
      if (objectArg(input, "destination")["all"] !== true)
        refuse(["destination"], "The sandbox ships free to all countries or not at all", "INVALID");
      const most = input["maximumShippingPrice"];
      const maximumShippingMinor =
        most === undefined || most === null ? null : minorOf(most, api.state.shop.currency);
      const values: DiscountInput = {
        ...readCommon(api, input),
        value: { type: "free_shipping", maximumShippingMinor },
      };
      return { codeDiscountNode: discountNode(api, api.sandbox.actions.createDiscount(api.shop, values)) };
    });
  },
  discountCodeDeactivate: (args, api, info) =>
    mutate(info, [], () => ({
      codeDiscountNode: discountNode(
        api,
        api.sandbox.actions.deactivateDiscount(api.shop, idArg(args, "id", "DiscountCodeNode")),
      ),
    })),
  discountCodeActivate: (args, api, info) =>
    mutate(info, [], () => ({
      codeDiscountNode: discountNode(
        api,
        api.sandbox.actions.activateDiscount(api.shop, idArg(args, "id", "DiscountCodeNode")),
      ),
    })),
  discountCodeDelete: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(args, "id", "DiscountCodeNode");
      api.sandbox.actions.deleteDiscount(api.shop, id);
      return { deletedCodeDiscountId: gid("DiscountCodeNode", id) };
    }),
  discountRedeemCodeBulkAdd: (args, api, info) =>
    mutate(info, [], () => {
      const codes = listArg(args, "codes").map((one) => textArg(one, "code") ?? "");
      return { bulkCreation: bulkAdd(api, idArg(args, "discountId", "DiscountCodeNode"), codes) };
    }),
};
