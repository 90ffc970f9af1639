import { parseGid } from "#sandbox/gid.ts";
import type { Api, Resolvers, Source } from "../api.ts";
import { mutate } from "../mutation.ts";
import { checkOwnerScope, hasScope } from "../scopes.ts";
import { invalidId, textArg, textsArg } from "../values.ts";
import { bulkNode } from "./bulk.ts";
import { giftCardNode } from "./credit.ts";
import { customerNode, storeCreditNode } from "./customer-node.ts";
import { discountNode } from "./discount-node.ts";
import { draftNode } from "./drafts.ts";
import { isVisible, orderNode } from "./order-node.ts";
import { lineNode } from "./order-parts.ts";
import { collectionNode, productNode, variantNode } from "./product-node.ts";
import { refundNode } from "./refund-node.ts";
import { installationNode, shopNode } from "./shop.ts";
import { subscriptionNode } from "./webhook-subscriptions.ts";
import { findVariant } from "#sandbox/actions/build-order.ts";

type Finder = (api: Api, id: string) => Source | null | undefined;

function show<T>(found: T | undefined, node: (found: T) => Source): Source | null {
  return found === undefined ? null : node(found);
}

/** How each type that the sandbox keeps is found by its gid. */
const FINDERS: Readonly<Record<string, Finder>> = {
  AppInstallation: (api, id) => (api.state.installation?.id === id ? installationNode(api) : null),
  BulkOperation: (api, id) => show(api.state.bulkOperations.get(id), (one) => bulkNode(api, one)),
  Collection: (api, id) => show(api.state.collections.get(id), (one) => collectionNode(api, one)),
  Customer: (api, id) =>
    hasScope(api, "read_customers")
      ? show(api.state.customers.get(id), (one) => customerNode(api, one))
      : null,
  DiscountCodeNode: (api, id) =>
    hasScope(api, "read_discounts")
      ? show(api.state.discounts.get(id), (one) => discountNode(api, one))
      : null,
  DraftOrder: (api, id) => show(api.state.draftOrders.get(id), (one) => draftNode(api, one)),
  GiftCard: (api, id) =>
    hasScope(api, "read_gift_cards")
      ? show(api.state.giftCards.get(id), (one) => giftCardNode(api, one))
      : null,
  LineItem: (api, id) => {
    for (const order of api.state.orders.values()) {
      const line = order.lines.find((one) => one.id === id);
      if (line !== undefined && hasScope(api, "read_orders")) return lineNode(api, order, line);
    }
    return null;
  },
  Order: (api, id) => {
    const order = api.state.orders.get(id);
    return order !== undefined && hasScope(api, "read_orders") && isVisible(api, order)
      ? orderNode(api, order)
      : null;
  },
  Product: (api, id) =>
    hasScope(api, "read_products") ? show(api.state.products.get(id), (one) => productNode(api, one)) : null,
  ProductVariant: (api, id) =>
    hasScope(api, "read_products")
      ? show(findVariant(api.state, id), (one) => variantNode(api, one.product, one.variant))
      : null,
  Refund: (api, id) => {
    for (const order of api.state.orders.values()) {
      const refund = order.refunds.find((one) => one.id === id);
      if (refund !== undefined && hasScope(api, "read_orders")) return refundNode(api, order, refund);
    }
    return null;
  },
  Shop: (api, id) => (api.state.shop.id === id ? shopNode(api) : null),
  StoreCreditAccount: (api, id) =>
    hasScope(api, "read_store_credit_accounts")
      ? show(api.state.storeCredit.get(id), (one) => storeCreditNode(api, one))
      : null,
  WebhookSubscription: (api, id) => show(api.state.subscriptions.get(id), (one) => subscriptionNode(one)),
};

/** Any object by its gid; null when it is gone, an error when the sandbox does not keep its type. */
export function findNode(api: Api, text: string): Source | null {
  const parsed = parseGid(text);
  if (parsed === undefined) return invalidId(text);
  const find = Object.hasOwn(FINDERS, parsed.type) ? FINDERS[parsed.type] : undefined;
  if (find === undefined) return invalidId(text);
  return find(api, parsed.id) ?? null;
}

export const nodeQueries: Resolvers = {
  node: (args, api) => findNode(api, textArg(args, "id") ?? ""),
  nodes: (args, api) => (textsArg(args, "ids") ?? []).map((id) => findNode(api, id)),
};

export const tagMutations: Resolvers = {
  tagsAdd: (args, api, info) => {
    const id = textArg(args, "id") ?? "";
    checkOwnerScope(api, "tagsAdd", parseGid(id)?.type);
    return mutate(info, [], () => {
      api.sandbox.actions.addTags(api.shop, id, textsArg(args, "tags") ?? []);
      return { node: findNode(api, id) };
    });
  },
  tagsRemove: (args, api, info) => {
    const id = textArg(args, "id") ?? "";
    checkOwnerScope(api, "tagsRemove", parseGid(id)?.type);
    return mutate(info, [], () => {
      api.sandbox.actions.removeTags(api.shop, id, textsArg(args, "tags") ?? []);
      return { node: findNode(api, id) };
    });
  },
};
