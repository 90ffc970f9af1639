/** Those that are no money for goods: shipping counts by itself, and the others move none, or none yet. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "shipping_refund",
  "pending_refund_discrepancy",
  "full_return_balancing_adjustment",
]);

/**
 * Whether an adjustment of a refund is money given back (or held back) for no line, whatever reason was stated for it: the
 * customer's wish, damage, restocking, or none.
 *
 * @param names its kind and its reason, as far as the source has them, in any writing: `REFUND_DISCREPANCY`, `Restock`
 */
export function isAmountOnly(...names: (string | null | undefined)[]): boolean {
  return !names.some((name) => LEFT_OUT.has((name ?? "").toLowerCase().replaceAll(" ", "_")));
}
