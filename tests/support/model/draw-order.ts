/** How an order comes about, and what may happen to it next. Pure: a change gives a new state. */
import { PRODUCTS } from "./draw-program.ts";
import type { Random } from "./random.ts";
import type { ModelShop } from "./shops.ts";
import type { TrueLine, TrueOrder, TrueRefund } from "./shopify-truth.ts";

export function drawOrder(
  random: Random,
  shop: ModelShop,
  given: { id: string; customer: string; at: Date; redemption: string | null },
): TrueOrder {
  const { id, customer, at, redemption } = given;
  const lines = Array.from({ length: random.between(1, 4) }, (_, index) =>
    drawLine(random, shop, `${id}${index}`),
  );
  const status = random.weighted([
    [6, "paid"],
    [3, "pending"],
    [1, "authorized"],
    [1, "partially_paid"],
  ] as const);
  return {
    id,
    customer,
    redemption,
    lines,
    status,
    processed: at,
    updated: at,
    cancelled: null,
    fulfilled: random.chance(0.1),
    pos: random.chance(0.1),
    taxesIncluded: random.chance(0.5),
    refunds: [],
    shipping: random.chance(0.3) ? random.between(1, 9 * shop.scale) : 0,
  };
}

function drawLine(random: Random, shop: ModelShop, id: string): TrueLine {
  const unit = random.chance(0.05) ? 0 : random.between(1, 300 * shop.scale);
  const ordered = random.between(1, 3);
  const product = random.pick(PRODUCTS);
  const discount = random.chance(0.25) ? random.int(unit * ordered + 1) : 0;
  const tax = random.chance(0.4) ? Math.floor((unit * ordered - discount) / 11) : 0;
  const variant = `${product}${random.pick(["1", "2"])}`;
  return { id, product, variant, unit, ordered, quantity: ordered, discount, tax, gift: random.chance(0.04) };
}

export const isOver = (order: TrueOrder): boolean =>
  order.cancelled !== null || order.status === "refunded" || order.status === "voided";

/** What happens to the order next; null when nothing can. */
export function changeOrder(
  random: Random,
  shop: ModelShop,
  order: TrueOrder,
  given: { at: Date; refundId: string; lineId: string },
): { state: TrueOrder; refund: TrueRefund | null } | null {
  if (isOver(order)) return null;
  const unpaid = ["pending", "authorized", "partially_paid"].includes(order.status);
  // Two states of one second are told apart by how far the order has got.
  const updated = new Date(Math.max(given.at.getTime(), order.updated.getTime() + 1000));
  const next = { ...order, updated };
  const plain = (state: TrueOrder) => ({ state, refund: null });
  const what = random.weighted([
    [unpaid ? 12 : 0, "pay"],
    [order.fulfilled ? 0 : 2, "fulfil"],
    [2, "less"],
    [2, "more"],
    [unpaid ? 0 : 7, "refund"],
    [unpaid ? 0 : 2, "refund_all"],
    [2, "cancel"],
    [unpaid ? 1 : 0, "void"],
  ] as const);
  switch (what) {
    case "pay":
      return plain({ ...next, status: "paid", updated: random.chance(0.3) ? order.updated : updated });
    case "fulfil":
      return plain({ ...next, fulfilled: true });
    case "less":
      return plain({ ...next, lines: removeUnit(random, order) });
    case "more": {
      const line = drawLine(random, shop, given.lineId);
      const status = order.status === "paid" && random.chance(0.3) ? "partially_paid" : order.status;
      return plain({ ...next, status, lines: [...order.lines, line] });
    }
    case "cancel":
      return plain({ ...next, cancelled: updated, status: unpaid ? "voided" : order.status });
    case "void":
      return plain({ ...next, status: "voided" });
    case "refund":
    case "refund_all": {
      const refund = drawRefund(random, order, { id: given.refundId, at: updated }, what === "refund_all");
      const refunds = [...order.refunds, refund];
      const state = {
        ...next,
        refunds,
        status: what === "refund_all" ? "refunded" : "partially_refunded",
      } as const;
      return { state, refund };
    }
  }
}

const refundedUnits = (order: TrueOrder, line: string): number =>
  order.refunds
    .flatMap((refund) => refund.lines)
    .filter((entry) => entry.line === line)
    .reduce((sum, { quantity }) => sum + quantity, 0);

function removeUnit(random: Random, order: TrueOrder): TrueLine[] {
  const picked = random.pick(order.lines);
  const removable = picked.quantity - refundedUnits(order, picked.id);
  return order.lines.map((line) =>
    line === picked && removable > 0 ? { ...line, quantity: line.quantity - 1 } : line,
  );
}

function drawRefund(
  random: Random,
  order: TrueOrder,
  given: { id: string; at: Date },
  everything: boolean,
): TrueRefund {
  const kind = everything
    ? "lines"
    : random.weighted([
        [5, "lines"],
        [2, "amount"],
        [1, "shipping"],
        [1, "both"],
      ] as const);
  const lines = order.lines.flatMap((line) => {
    const left = line.quantity - refundedUnits(order, line.id);
    const quantity = everything ? left : Math.min(left, random.int(3));
    if (quantity <= 0 || kind === "amount" || kind === "shipping") return [];
    const net = line.unit * line.quantity - Math.floor((line.discount * line.quantity) / line.ordered);
    return [{ line: line.id, quantity, subtotal: Math.floor((net * quantity) / line.quantity) }];
  });
  const goods = order.lines.reduce((sum, line) => sum + line.unit * line.quantity, 0);
  return {
    ...given,
    lines,
    amount: kind === "amount" || kind === "both" ? random.int(Math.floor(goods / 2) + 1) : 0,
    shipping: kind === "shipping" || everything ? random.int(order.shipping + 1) : 0,
  };
}
