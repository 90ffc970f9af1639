/** The same reduction as read-order-payload.ts, from the Admin API's shape: used when Shopify is asked rather than heard. */
import type { ResultOf } from "gql.tada";
import { Malformed } from "#app/platform/errors.ts";
import type { OrderForSettlement } from "#app/platform/shopify/operations/order-for-settlement.ts";
import { paymentsNamed } from "../earning/payments.ts";
import { currencyExponent, parseMinor } from "../program/money.ts";
import { buildLine } from "./build-line.ts";
import type { FinancialStatus, RefundDocument } from "./order.ts";
import type { ReadOrder } from "./read-order-payload.ts";
import { isAmountOnly } from "./refund-adjustment.ts";

export type ApiOrder = NonNullable<ResultOf<typeof OrderForSettlement>["order"]>;
type ApiLine = ApiOrder["lineItems"]["nodes"][number];
type Money = { shopMoney: { amount: string } };

/**
 * @param order the first page
 * @param lines the lines of all pages
 * @throws Malformed when an amount is not of the order's currency
 */
export function readOrderFromApi(order: ApiOrder, lines: readonly ApiLine[]): ReadOrder {
  const exponent = currencyExponent(order.currencyCode);
  const minor = (set: Money): number => {
    const value = parseMinor(set.shopMoney.amount, exponent);
    if (value === null) throw new Malformed("not_an_amount", { data: { exponent } });
    return value;
  };
  const refunds = order.refunds.map((refund) => readRefund(refund, minor));
  // Files of past orders that were read before tips were asked for have none.
  const tip = tipAmong(lines, order.totalTipReceivedSet ? minor(order.totalTipReceivedSet) : 0, minor);
  return {
    document: {
      orderId: order.legacyResourceId,
      name: order.name,
      customerId: order.customer?.legacyResourceId ?? null,
      currency: order.currencyCode,
      test: order.test,
      sourceName: order.sourceName ?? "",
      processedAt: order.processedAt,
      updatedAt: order.updatedAt,
      cancelledAt: order.cancelledAt ?? null,
      financialStatus: FINANCIAL[order.displayFinancialStatus ?? "PENDING"],
      fulfilled: order.displayFulfillmentStatus === "FULFILLED",
      taxesIncluded: order.taxesIncluded,
      discountCodes: order.discountCodes,
      lines: lines
        .filter((line) => line !== tip)
        .map((line) =>
          buildLine(
            {
              lineId: digitsOf(line.id),
              productId: line.product?.legacyResourceId ?? null,
              variantId: line.variant?.legacyResourceId ?? null,
              quantity: line.quantity,
              currentQuantity: line.currentQuantity,
              unitMinor: minor(line.originalUnitPriceSet),
              discountMinor: sum(line.discountAllocations.map((entry) => minor(entry.allocatedAmountSet))),
              taxMinor: sum(line.taxLines.map((entry) => minor(entry.priceSet))),
              giftCard: line.isGiftCard,
            },
            refunds,
          ),
        ),
      shipping: {
        priceMinor: sum(order.shippingLines.nodes.map((line) => minor(line.originalPriceSet))),
        discountMinor: sum(
          order.shippingLines.nodes.flatMap((line) =>
            line.discountAllocations.map((entry) => minor(entry.allocatedAmountSet)),
          ),
        ),
        taxMinor: sum(
          order.shippingLines.nodes.flatMap((line) => line.taxLines.map((entry) => minor(entry.priceSet))),
        ),
      },
      payments: paymentsNamed(order.paymentGatewayNames),
    },
    refunds,
    guestEmail: order.customer ? null : (order.email ?? null),
  };
}

const FINANCIAL: Record<NonNullable<ApiOrder["displayFinancialStatus"]>, FinancialStatus> = {
  AUTHORIZED: "authorized",
  EXPIRED: "expired",
  PAID: "paid",
  PARTIALLY_PAID: "partially_paid",
  PARTIALLY_REFUNDED: "partially_refunded",
  PENDING: "pending",
  REFUNDED: "refunded",
  VOIDED: "voided",
};

function readRefund(refund: ApiOrder["refunds"][number], minor: (set: Money) => number): RefundDocument {
  const shipping = refund.refundShippingLines.nodes;
  const adjustments = refund.orderAdjustments.nodes;
  const named = [refund.refundLineItems.nodes, shipping, adjustments, refund.duties ?? []];
  const adjusted = adjustments
    .filter(({ reason }) => isAmountOnly(reason))
    .map((entry) => -minor(entry.amountSet));
  return {
    refundId: refund.legacyResourceId,
    createdAt: refund.createdAt ?? "",
    lines: refund.refundLineItems.nodes.map((line) => ({
      lineId: digitsOf(line.lineItem.id),
      quantity: line.quantity,
      subtotalMinor: minor(line.subtotalSet),
    })),
    // One that names nothing shows its money only in the sum.
    amountMinor: named.some((list) => list.length > 0) ? sum(adjusted) : minor(refund.totalRefundedSet),
    shippingMinor: sum(shipping.map((line) => minor(line.subtotalAmountSet))),
  };
}

/**
 * The line that is the order's tip. The Admin API marks none: it is a line of no product, without tax and discounts, that
 * costs what was given as a tip. Another line of which all that is true is worth the same points, so either may be left out.
 */
function tipAmong(
  lines: readonly ApiLine[],
  tipMinor: number,
  minor: (set: Money) => number,
): ApiLine | undefined {
  if (tipMinor <= 0) return undefined;
  return lines.find(
    (line) =>
      !line.product &&
      !line.variant &&
      !line.isGiftCard &&
      line.taxLines.length === 0 &&
      line.discountAllocations.length === 0 &&
      minor(line.originalUnitPriceSet) * line.quantity === tipMinor,
  );
}

/** `gid://shopify/LineItem/123` is 123. */
function digitsOf(gid: string): string {
  return gid.slice(gid.lastIndexOf("/") + 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
