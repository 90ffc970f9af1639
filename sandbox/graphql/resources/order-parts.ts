import {
  currentQuantity,
  lineDiscount,
  lineNet,
  lineTax,
  shippingNet,
  shippingTax,
} from "#sandbox/store/order-totals.ts";
import type {
  DiscountApplication,
  Order,
  OrderLine,
  ShippingLine,
  Transaction,
} from "#sandbox/store/order-types.ts";
import { findVariant } from "#sandbox/actions/build-order.ts";
import { formatMinor, parseMinor } from "#sandbox/money.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Source } from "../api.ts";
import { bag, dateTime, money } from "../values.ts";
import { productNode, variantNode } from "./product-node.ts";

/** A line item. */
export function lineNode(api: Api, order: Order, line: OrderLine): Source {
  const product = line.productId === null ? undefined : api.state.products.get(line.productId);
  const variant = line.variantId === null ? undefined : findVariant(api.state, line.variantId);
  const placed = line.originalQuantity === 0 ? line.quantity : line.originalQuantity;
  const current = currentQuantity(order, line);
  const net = lineNet(line, placed);
  return {
    __typename: "LineItem",
    id: gid("LineItem", line.id),
    title: line.title,
    variantTitle: line.variantTitle,
    name: line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    sku: line.sku,
    vendor: line.vendor,
    quantity: line.quantity,
    currentQuantity: current,
    refundableQuantity: current,
    unfulfilledQuantity: Math.max(0, current - line.fulfilledQuantity),
    fulfillableQuantity: Math.max(0, current - line.fulfilledQuantity),
    isGiftCard: line.giftCard,
    taxable: line.taxable,
    requiresShipping: line.requiresShipping,
    customAttributes: line.properties.map((one) => ({ key: one.name, value: one.value })),
    originalUnitPriceSet: bag(order, line.priceMinor),
    originalTotalSet: bag(order, line.priceMinor * placed),
    discountedTotalSet: bag(order, net),
    discountedUnitPriceSet: bag(order, Math.round(net / placed)),
    discountedUnitPriceAfterAllDiscountsSet: bag(order, Math.round(net / placed)),
    totalDiscountSet: bag(order, lineDiscount(line, placed)),
    discountAllocations: line.allocations.map((one) => allocationNode(order, one)),
    taxLines: taxLines(order, lineTax(order, line, placed)),
    product: () => (product === undefined ? null : productNode(api, product)),
    variant: () => (variant === undefined ? null : variantNode(api, variant.product, variant.variant)),
  };
}

function allocationNode(order: Order, allocation: { applicationIndex: number; amountMinor: number }): Source {
  const application = order.discountApplications[allocation.applicationIndex];
  return {
    allocatedAmount: money(allocation.amountMinor, order.currency),
    allocatedAmountSet: bag(order, allocation.amountMinor),
    discountApplication: application === undefined ? null : discountApplicationNode(order, application),
  };
}

/** A discount application: by code or by hand. */
export function discountApplicationNode(order: Order, application: DiscountApplication): Source {
  const value =
    application.valueType === "percentage"
      ? { __typename: "PricingPercentageValue", percentage: Number(application.value) }
      : money(parseMinor(application.value, order.currency) ?? 0, order.currency);
  const common = {
    index: order.discountApplications.indexOf(application),
    allocationMethod: application.allocationMethod.toUpperCase(),
    targetSelection: application.targetSelection.toUpperCase(),
    targetType: application.targetType.toUpperCase(),
    value,
  };
  return application.code === null
    ? {
        __typename: "ManualDiscountApplication",
        ...common,
        title: application.title,
        description: application.title,
      }
    : { __typename: "DiscountCodeApplication", ...common, code: application.code };
}

/** A shipping line. */
export function shippingLineNode(order: Order, line: ShippingLine): Source {
  const net = shippingNet(line);
  const back = order.refunds
    .flatMap((refund) => refund.shippingLines)
    .filter((one) => one.shippingLineId === line.id)
    .reduce((sum, one) => sum + one.subtotalMinor, 0);
  return {
    __typename: "ShippingLine",
    id: gid("ShippingLine", line.id),
    title: line.title,
    code: line.code,
    custom: false,
    isRemoved: false,
    source: "shopify",
    originalPriceSet: bag(order, line.priceMinor),
    discountedPriceSet: bag(order, net),
    currentDiscountedPriceSet: bag(order, net - back),
    discountAllocations: line.allocations.map((one) => allocationNode(order, one)),
    taxLines: taxLines(order, shippingTax(order, net)),
  };
}

/** The one tax of the shop on an amount; none when it is nothing. */
export function taxLines(order: Order, taxMinor: number): Source[] {
  if (taxMinor === 0) return [];
  const rate = Number(order.taxRate);
  return [
    {
      title: order.taxTitle,
      rate,
      ratePercentage: rate * 100,
      price: formatMinor(taxMinor, order.currency),
      priceSet: bag(order, taxMinor),
      channelLiable: false,
      source: "Shopify",
    },
  ];
}

/** A transaction. */
export function transactionNode(order: Order, transaction: Transaction): Source {
  const parent = order.transactions.find((one) => one.id === transaction.parentId);
  return {
    __typename: "OrderTransaction",
    id: gid("OrderTransaction", transaction.id),
    kind: transaction.kind.toUpperCase(),
    status: transaction.status.toUpperCase(),
    gateway: transaction.gateway,
    formattedGateway: transaction.gateway.replaceAll("_", " "),
    manualPaymentGateway: transaction.gateway === "manual",
    test: order.test,
    errorCode: null,
    paymentId: transaction.id,
    amountSet: bag(order, transaction.amountMinor),
    createdAt: dateTime(transaction.createdAt),
    processedAt: dateTime(transaction.processedAt),
    parentTransaction: () => (parent === undefined ? null : transactionNode(order, parent)),
  };
}
