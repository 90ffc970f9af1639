/** What of an order was paid with money, and what with a gift card or store credit. Pure. */
import type { Payments } from "../orders/order.ts";

/** Gateways that spend what was bought or given before. */
const CREDIT_GATEWAYS: ReadonlySet<string> = new Set(["gift_card", "shopify_store_credit", "store_credit"]);

export interface PaymentTransaction {
  kind: string;
  status: string;
  gateway: string | null;
  amountMinor: number;
}

/**
 * What the names of an order's gateways tell by themselves: all was money, or it is to be asked how much was not (null).
 * Webhooks name the gateways but carry no transactions.
 */
export function paymentsNamed(gatewayNames: readonly string[]): Payments | null {
  return gatewayNames.some((name) => CREDIT_GATEWAYS.has(name)) ? null : { paidMinor: 0, creditMinor: 0 };
}

/** Adds up what came in: sales and captures that succeeded. Refunds are settled by their own documents. */
export function paymentsOf(transactions: readonly PaymentTransaction[]): Payments {
  const taken = transactions.filter(
    ({ kind, status }) => status === "SUCCESS" && (kind === "SALE" || kind === "CAPTURE"),
  );
  const sum = (list: readonly PaymentTransaction[]) =>
    list.reduce((total, entry) => total + entry.amountMinor, 0);
  return {
    paidMinor: sum(taken),
    creditMinor: sum(taken.filter(({ gateway }) => CREDIT_GATEWAYS.has(gateway ?? ""))),
  };
}

/** The share of the order that money paid for, as a fraction; the whole where nothing else is known. */
export function moneyShare(payments: Payments | null | undefined): { num: bigint; den: bigint } {
  if (!payments || payments.creditMinor <= 0 || payments.paidMinor <= 0) return { num: 1n, den: 1n };
  const paid = BigInt(payments.paidMinor);
  const credit = BigInt(payments.creditMinor);
  return { num: credit >= paid ? 0n : paid - credit, den: paid };
}
