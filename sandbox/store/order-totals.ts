import { parseFraction, scaleMinor } from "#sandbox/money.ts";
import type { Order, OrderLine, ShippingLine, Transaction } from "./order-types.ts";

/** An order's sums in the shop's currency. `subtotal` is after discounts, before shipping; with tax where prices include it. */
export interface Totals {
  linesMinor: number;
  discountMinor: number;
  subtotalMinor: number;
  shippingMinor: number;
  shippingDiscountMinor: number;
  taxMinor: number;
  totalMinor: number;
}

/** Units refunded so far. */
export function refundedQuantity(order: Order, line: OrderLine): number {
  return order.refunds
    .flatMap((refund) => refund.lines)
    .filter((entry) => entry.lineItemId === line.id)
    .reduce((sum, entry) => sum + entry.quantity, 0);
}

/** Units left after edits and refunds. */
export function currentQuantity(order: Order, line: OrderLine): number {
  return Math.max(0, line.quantity - refundedQuantity(order, line));
}

/** What the discounts take off a line when `quantity` of its original units are left. */
export function lineDiscount(line: OrderLine, quantity: number): number {
  const whole = line.allocations.reduce((sum, allocation) => sum + allocation.amountMinor, 0);
  return scaleMinor(whole, Math.min(quantity, line.originalQuantity), line.originalQuantity);
}

/** What a line costs for so many of its units, after discounts. */
export function lineNet(line: OrderLine, quantity: number): number {
  return line.priceMinor * quantity - lineDiscount(line, quantity);
}

/** The tax on, or within, an amount. */
export function taxOf(amountMinor: number, rate: string, included: boolean): number {
  const { numerator, denominator } = parseFraction(rate);
  return scaleMinor(amountMinor, numerator, included ? denominator + numerator : denominator);
}

/** The tax of a line for so many of its units. */
export function lineTax(order: Order, line: OrderLine, quantity: number): number {
  if (!line.taxable || line.giftCard || order.taxExempt) return 0;
  return taxOf(lineNet(line, quantity), order.taxRate, order.taxesIncluded);
}

/** What a shipping line costs after its discounts. */
export function shippingNet(line: ShippingLine): number {
  return line.priceMinor - line.allocations.reduce((sum, allocation) => sum + allocation.amountMinor, 0);
}

/** The tax of the shipping. */
export function shippingTax(order: Order, amountMinor: number): number {
  return order.taxExempt ? 0 : taxOf(amountMinor, order.taxRate, order.taxesIncluded);
}

/** The sums as of when the order was placed. */
export function originalTotals(order: Order): Totals {
  return totalsFor(order, (line) => line.originalQuantity, 0);
}

/** The sums as they stand after edits and refunds. */
export function currentTotals(order: Order): Totals {
  const shippingBack = order.refunds
    .flatMap((refund) => refund.shippingLines)
    .reduce((sum, line) => sum + line.subtotalMinor, 0);
  const totals = totalsFor(order, (line) => currentQuantity(order, line), shippingBack);
  const discrepancy = order.refunds
    .flatMap((refund) => refund.adjustments)
    .filter((adjustment) => adjustment.kind !== "pending_refund_discrepancy")
    .reduce((sum, adjustment) => sum + adjustment.amountMinor, 0);
  return { ...totals, totalMinor: Math.max(0, totals.totalMinor + discrepancy) };
}

function totalsFor(order: Order, quantityOf: (line: OrderLine) => number, shippingBackMinor: number): Totals {
  let linesMinor = 0;
  let discountMinor = 0;
  let taxMinor = 0;
  for (const line of order.lines) {
    const quantity = quantityOf(line);
    linesMinor += line.priceMinor * quantity;
    discountMinor += lineDiscount(line, quantity);
    taxMinor += lineTax(order, line, quantity);
  }
  const shippingGross = order.shippingLines.reduce((sum, line) => sum + line.priceMinor, 0);
  const shippingWhole = order.shippingLines.reduce((sum, line) => sum + shippingNet(line), 0);
  const shippingMinor = Math.max(0, shippingWhole - shippingBackMinor);
  taxMinor += shippingTax(order, shippingMinor);
  const subtotalMinor = linesMinor - discountMinor;
  return {
    linesMinor,
    discountMinor,
    subtotalMinor,
    shippingMinor,
    shippingDiscountMinor: shippingGross - shippingWhole,
    taxMinor,
    totalMinor: subtotalMinor + shippingMinor + (order.taxesIncluded ? 0 : taxMinor),
  };
}

function sumOf(order: Order, wanted: (transaction: Transaction) => boolean): number {
  return order.transactions
    .filter((transaction) => transaction.status === "success" && wanted(transaction))
    .reduce((sum, transaction) => sum + transaction.amountMinor, 0);
}

/** Money taken, before refunds. */
export function receivedMinor(order: Order): number {
  return sumOf(order, (transaction) => transaction.kind === "sale" || transaction.kind === "capture");
}

/** Money given back. */
export function refundedMinor(order: Order): number {
  return sumOf(order, (transaction) => transaction.kind === "refund");
}

/** Money still owed by the shopper (positive) after edits and refunds. */
export function outstandingMinor(order: Order): number {
  if (order.cancelledAt !== null) return 0;
  return currentTotals(order).totalMinor - (receivedMinor(order) - refundedMinor(order));
}

export type FinancialStatus =
  | "pending"
  | "authorized"
  | "partially_paid"
  | "paid"
  | "partially_refunded"
  | "refunded"
  | "voided";

/** Shopify's financial status, worked out from the transactions. */
export function financialStatus(order: Order): FinancialStatus {
  const received = receivedMinor(order);
  const refunded = refundedMinor(order);
  if (received === 0) {
    if (order.transactions.some((transaction) => transaction.kind === "void")) return "voided";
    if (order.transactions.some((one) => one.kind === "authorization" && one.status === "success"))
      return "authorized";
    if (originalTotals(order).totalMinor === 0) return "paid";
    return order.cancelledAt === null ? "pending" : "voided";
  }
  if (refunded >= received) return "refunded";
  if (refunded > 0) return "partially_refunded";
  return outstandingMinor(order) > 0 ? "partially_paid" : "paid";
}

/** REST's fulfillment status: null, partial or fulfilled. */
export function fulfillmentStatus(order: Order): "partial" | "fulfilled" | null {
  const fulfilled = order.lines.reduce((sum, line) => sum + line.fulfilledQuantity, 0);
  if (fulfilled === 0) return null;
  const open = order.lines.some((line) => line.fulfilledQuantity < currentQuantity(order, line));
  return open ? "partial" : "fulfilled";
}

/** The orders of a customer that count towards their totals: neither cancelled nor tests. */
export function countsForCustomer(order: Order): boolean {
  return order.cancelledAt === null && !order.test;
}
