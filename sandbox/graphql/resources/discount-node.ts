import { discountStatus } from "#sandbox/actions/discounts.ts";
import { APP_ID } from "#sandbox/actions/metafields.ts";
import type { Discount, RedeemCode } from "#sandbox/store/types.ts";
import { formatDecimal } from "#sandbox/money.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { dateTime, money } from "../values.ts";
import { customerNode } from "./customer-node.ts";
import { metafieldFields } from "./metafield-fields.ts";
import { collectionNode, productNode, variantNode } from "./product-node.ts";
import { findVariant } from "#sandbox/actions/build-order.ts";

/** A code discount with its node around it. */
export function discountNode(api: Api, discount: Discount): Source {
  return {
    __typename: "DiscountCodeNode",
    id: gid("DiscountCodeNode", discount.id),
    codeDiscount: () =>
      discount.value.type === "free_shipping" ? freeShipping(api, discount) : basic(api, discount),
    ...metafieldFields(api, gid("DiscountCodeNode", discount.id)),
  };
}

function common(api: Api, discount: Discount): Source {
  const used = discount.codes.reduce((sum, code) => sum + code.usageCount, 0);
  return {
    title: discount.title,
    status: discountStatus(discount, api.sandbox.now()),
    startsAt: dateTime(discount.startsAt),
    endsAt: dateTime(discount.endsAt),
    createdAt: dateTime(discount.createdAt),
    updatedAt: dateTime(discount.updatedAt),
    usageLimit: discount.usageLimit,
    asyncUsageCount: used,
    appliesOncePerCustomer: discount.oncePerCustomer,
    recurringCycleLimit: null,
    hasTimelineComment: false,
    tags: discount.tags,
    summary: summaryOf(api, discount),
    shortSummary: summaryOf(api, discount),
    discountClasses: [discount.discountClass],
    combinesWith: {
      orderDiscounts: discount.combinesWith.order,
      productDiscounts: discount.combinesWith.product,
      shippingDiscounts: discount.combinesWith.shipping,
      productDiscountsWithTagsOnSameCartLine: null,
    },
    context: () => contextNode(api, discount),
    codes: (args: Args) => connection(discount.codes, args, (code) => codeNode(discount, code)),
    codesCount: { count: discount.codes.length, precision: "EXACT" },
    minimumRequirement: minimumNode(api, discount),
    shareableUrls: [],
  };
}

function basic(api: Api, discount: Discount): Source {
  const { currency } = api.state.shop;
  const { value } = discount;
  const gets =
    value.type === "percentage"
      ? { __typename: "DiscountPercentage", percentage: Number(value.fraction) }
      : {
          __typename: "DiscountAmount",
          amount: money(value.type === "amount" ? value.amountMinor : 0, currency),
          appliesOnEachItem: value.type === "amount" && value.onEachItem,
        };
  return {
    __typename: "DiscountCodeBasic",
    ...common(api, discount),
    discountClass: discount.discountClass === "SHIPPING" ? "ORDER" : discount.discountClass,
    customerGets: {
      appliesOnOneTimePurchase: true,
      appliesOnSubscription: false,
      value: gets,
      items: itemsNode(api, discount),
    },
  };
}

function freeShipping(api: Api, discount: Discount): Source {
  const most = discount.value.type === "free_shipping" ? discount.value.maximumShippingMinor : null;
  return {
    __typename: "DiscountCodeFreeShipping",
    ...common(api, discount),
    discountClass: "SHIPPING",
    appliesOnOneTimePurchase: true,
    appliesOnSubscription: false,
    maximumShippingPrice: most === null ? null : money(most, api.state.shop.currency),
    destinationSelection: { __typename: "DiscountCountryAll", allCountries: true },
  };
}

function contextNode(api: Api, { context }: Discount): Source {
  if (context.type === "all") return { __typename: "DiscountBuyerSelectionAll", all: "ALL" };
  if (context.type === "segments") {
    return {
      __typename: "DiscountCustomerSegments",
      segments: context.segmentIds.map((id) => ({ id: gid("Segment", id) })),
    };
  }
  const customers = context.customerIds.flatMap((id) => api.state.customers.get(id) ?? []);
  return { __typename: "DiscountCustomers", customers: customers.map((one) => customerNode(api, one)) };
}

function itemsNode(api: Api, { items }: Discount): Source {
  if (items.type === "all") return { __typename: "AllDiscountItems", allItems: true };
  if (items.type === "collections") {
    const collections = items.collectionIds.flatMap((id) => api.state.collections.get(id) ?? []);
    return {
      __typename: "DiscountCollections",
      collections: (args: Args) => connection(collections, args, (one) => collectionNode(api, one)),
    };
  }
  const products = items.productIds.flatMap((id) => api.state.products.get(id) ?? []);
  const variants = items.variantIds.flatMap((id) => findVariant(api.state, id) ?? []);
  return {
    __typename: "DiscountProducts",
    products: (args: Args) => connection(products, args, (one) => productNode(api, one)),
    productVariants: (args: Args) =>
      connection(variants, args, (one) => variantNode(api, one.product, one.variant)),
  };
}

function minimumNode(api: Api, { minimum }: Discount): Source | null {
  if (minimum === null) return null;
  return minimum.type === "subtotal"
    ? {
        __typename: "DiscountMinimumSubtotal",
        greaterThanOrEqualToSubtotal: money(minimum.amountMinor, api.state.shop.currency),
      }
    : { __typename: "DiscountMinimumQuantity", greaterThanOrEqualToQuantity: String(minimum.quantity) };
}

/** A redeem code. */
export function codeNode(discount: Discount, code: RedeemCode): Source {
  return {
    __typename: "DiscountRedeemCode",
    id: gid("DiscountRedeemCode", code.id),
    code: code.code,
    asyncUsageCount: code.usageCount,
    createdBy: discount.createdByApp ? { __typename: "App", id: gid("App", APP_ID) } : null,
  };
}

function summaryOf(api: Api, { value }: Discount): string {
  const { currency } = api.state.shop;
  if (value.type === "percentage") return `${Number(value.fraction) * 100}% off`;
  if (value.type === "free_shipping") return "Free shipping";
  return `${formatDecimal(value.amountMinor, currency)} ${currency} off`;
}
