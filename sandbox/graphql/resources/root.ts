import type { Resolvers } from "../api.ts";
import { bulkMutations, bulkQueries } from "./bulk.ts";
import { creditMutations, creditQueries } from "./credit.ts";
import { customerMutations, customerQueries } from "./customers.ts";
import { discountMutations, discountQueries } from "./discounts.ts";
import { draftMutations, draftQueries } from "./drafts.ts";
import { metafieldMutations } from "./metafield-fields.ts";
import { nodeQueries, tagMutations } from "./nodes.ts";
import { orderEditMutations } from "./order-edits.ts";
import { orderMutations, orderQueries } from "./orders.ts";
import { productMutations, productQueries } from "./products.ts";
import { shopMutations, shopQueries } from "./shop.ts";
import { subscriptionMutations, subscriptionQueries } from "./webhook-subscriptions.ts";

/** Every root field that the sandbox implements; names do not repeat between queries and mutations. */
export const rootFields: Resolvers = {
  ...shopQueries,
  ...customerQueries,
  ...orderQueries,
  ...productQueries,
  ...discountQueries,
  ...creditQueries,
  ...draftQueries,
  ...subscriptionQueries,
  ...bulkQueries,
  ...nodeQueries,
  ...shopMutations,
  ...customerMutations,
  ...orderMutations,
  ...orderEditMutations,
  ...productMutations,
  ...discountMutations,
  ...creditMutations,
  ...draftMutations,
  ...subscriptionMutations,
  ...bulkMutations,
  ...metafieldMutations,
  ...tagMutations,
};
