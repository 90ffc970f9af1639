import type { RefundDocument, Refunds } from "./order.ts";

/**
 * What is known of an order's refunds once another state of the order has told of them. They accumulate by id. Most of a
 * refund never changes, but money that was on its way arrives, or does not: the later state of the order is right about
 * that, and of two states that are equally late the refund that gives back more. What only we put among them (a chargeback)
 * stays.
 *
 * @param heard the age of the state they are of, compared with the one that is known
 * @returns `known` itself when there is nothing new
 */
export function mergeRefunds(
  known: Refunds,
  refunds: readonly RefundDocument[],
  heard: "later" | "same" | "older",
): Refunds {
  const changed = refunds.filter((refund) => {
    const before = known[refund.refundId];
    if (!before) return true;
    if (heard === "older") return false;
    const order = compare(rankOf(refund), rankOf(before));
    return heard === "later" ? order !== 0 : order > 0;
  });
  if (changed.length === 0) return known;
  return { ...known, ...Object.fromEntries(changed.map((refund) => [refund.refundId, refund])) };
}

type Rank = [number, number, string];

/** All that points depend on, the same in whatever sequence a source names it. */
function rankOf({ amountMinor, shippingMinor, lines }: RefundDocument): Rank {
  const named = lines.map(({ lineId, quantity, subtotalMinor }) => `${lineId}:${quantity}:${subtotalMinor}`);
  return [amountMinor, shippingMinor ?? 0, named.toSorted().join()];
}

function compare(a: Rank, b: Rank): number {
  for (const [index, x] of a.entries()) {
    const y = b[index] ?? x;
    if (x !== y) return x > y ? 1 : -1;
  }
  return 0;
}
