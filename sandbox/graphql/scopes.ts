import { GraphQLError, getNamedType } from "graphql";
import type { GraphQLResolveInfo } from "graphql";
import type { Api } from "./api.ts";

/** What a token needs to see an object of a type at all. */
const TYPE_SCOPES: Readonly<Record<string, string>> = {
  Customer: "read_customers",
  CustomerConnection: "read_customers",
  Order: "read_orders",
  OrderConnection: "read_orders",
  Refund: "read_orders",
  Product: "read_products",
  ProductConnection: "read_products",
  ProductVariant: "read_products",
  ProductVariantConnection: "read_products",
  Collection: "read_products",
  CollectionConnection: "read_products",
  DiscountCodeNode: "read_discounts",
  DiscountCodeNodeConnection: "read_discounts",
  GiftCard: "read_gift_cards",
  GiftCardConnection: "read_gift_cards",
  StoreCreditAccount: "read_store_credit_accounts",
  StoreCreditAccountConnection: "read_store_credit_accounts",
  DraftOrder: "read_draft_orders",
  OnlineStoreTheme: "read_themes",
  OnlineStoreThemeConnection: "read_themes",
};

/** What a mutation needs. Those that are not here need nothing, or what their owner needs (metafields, tags). */
const MUTATION_SCOPES: Readonly<Record<string, string>> = {
  customerCreate: "write_customers",
  customerUpdate: "write_customers",
  customerDelete: "write_customers",
  customerMerge: "write_customer_merge",
  customerEmailMarketingConsentUpdate: "write_customers",
  orderCreate: "write_orders",
  orderUpdate: "write_orders",
  orderMarkAsPaid: "write_orders",
  orderCancel: "write_orders",
  orderEditBegin: "write_order_edits",
  orderEditSetQuantity: "write_order_edits",
  orderEditAddVariant: "write_order_edits",
  orderEditAddCustomItem: "write_order_edits",
  orderEditCommit: "write_order_edits",
  refundCreate: "write_orders",
  productCreate: "write_products",
  productVariantsBulkUpdate: "write_products",
  productDelete: "write_products",
  collectionCreate: "write_products",
  collectionUpdate: "write_products",
  collectionAddProducts: "write_products",
  collectionRemoveProducts: "write_products",
  discountCodeBasicCreate: "write_discounts",
  discountCodeFreeShippingCreate: "write_discounts",
  discountCodeActivate: "write_discounts",
  discountCodeDeactivate: "write_discounts",
  discountCodeDelete: "write_discounts",
  discountRedeemCodeBulkAdd: "write_discounts",
  giftCardCreate: "write_gift_cards",
  storeCreditAccountCredit: "write_store_credit_account_transactions",
  storeCreditAccountDebit: "write_store_credit_account_transactions",
  draftOrderCreate: "write_draft_orders",
  draftOrderComplete: "write_draft_orders",
};

/** What writing a metafield or tag of an owner needs; an app's own reserved namespace needs nothing more. */
const OWNER_SCOPES: Readonly<Record<string, string>> = {
  Customer: "write_customers",
  Order: "write_orders",
  Product: "write_products",
  ProductVariant: "write_products",
  Collection: "write_products",
};

/** Whether a token may; write scopes include reading. */
export function hasScope(api: Api, scope: string): boolean {
  const { caller } = api;
  if (caller.isAdmin || caller.scopes.includes(scope)) return true;
  return scope.startsWith("read_") && caller.scopes.includes(scope.replace(/^read_/, "write_"));
}

/** Refuses a field whose type, or mutation whose name, the token has no scope for. */
export function checkScopes(api: Api, info: GraphQLResolveInfo): void {
  if (api.caller.isAdmin) return;
  const scope =
    info.parentType.name === "Mutation"
      ? MUTATION_SCOPES[info.fieldName]
      : TYPE_SCOPES[getNamedType(info.returnType).name];
  if (scope !== undefined && !hasScope(api, scope)) throw accessDenied(info.fieldName, scope);
}

/** Refuses to write to an owner without its scope. */
export function checkOwnerScope(api: Api, fieldName: string, ownerType: string | undefined): void {
  const scope = ownerType === undefined ? undefined : OWNER_SCOPES[ownerType];
  if (scope !== undefined && !hasScope(api, scope)) throw accessDenied(fieldName, scope);
}

function accessDenied(fieldName: string, scope: string): GraphQLError {
  return new GraphQLError(
    `Access denied for ${fieldName} field. Required access: \`${scope}\` access scope.`,
    {
      extensions: {
        code: "ACCESS_DENIED",
        documentation: "https://shopify.dev/api/usage/access-scopes",
        requiredAccess: `\`${scope}\` access scope.`,
      },
    },
  );
}
