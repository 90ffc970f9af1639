import { formatMinor, parseFraction, scaleMinor, spreadMinor } from "#sandbox/money.ts";
import type { DiscountApplication, Order, OrderLine } from "#sandbox/store/order-types.ts";
import { shippingNet } from "#sandbox/store/order-totals.ts";
import type { Customer, Discount, RedeemCode, ShopState } from "#sandbox/store/types.ts";
import { discountStatus } from "./discounts.ts";
import type { CodeRefusal, PlaceOrderInput } from "./inputs.ts";

/** Who is buying, as far as a code cares. */
export interface Buyer {
  customer: Customer | undefined;
  email: string | null;
}

interface Candidate {
  code: RedeemCode;
  discount: Discount;
}

export interface AppliedCode extends Candidate {
  amountMinor: number;
}

const CLASS_ORDER = { PRODUCT: 0, ORDER: 1, SHIPPING: 2 } as const;

/**
 * Applies the codes to an order that is being made, writing applications and allocations into it. Product discounts come
 * first, then those on the order, then shipping, each on what is left. Returns what applied and what did not, and why.
 */
export function applyCodes(
  state: ShopState,
  order: Order,
  codes: readonly string[],
  buyer: Buyer,
  now: Date,
): { applied: AppliedCode[]; rejected: { code: string; reason: CodeRefusal }[] } {
  const rejected: { code: string; reason: CodeRefusal }[] = [];
  const chosen: Candidate[] = [];
  for (const text of new Set(codes.map((code) => code.trim()).filter(Boolean))) {
    const candidate = findCandidate(state, text);
    const reason =
      candidate === undefined ? "not_found" : refusalOf(state, order, candidate, buyer, chosen, now);
    if (candidate === undefined || reason !== undefined)
      rejected.push({ code: text, reason: reason ?? "not_found" });
    else chosen.push(candidate);
  }
  const applied: AppliedCode[] = [];
  for (const candidate of chosen.sort(
    (a, b) => CLASS_ORDER[a.discount.discountClass] - CLASS_ORDER[b.discount.discountClass],
  )) {
    applied.push({ ...candidate, amountMinor: apply(state, order, candidate) });
  }
  return { applied, rejected };
}

function findCandidate(state: ShopState, text: string): Candidate | undefined {
  const wanted = text.toLowerCase();
  for (const discount of state.discounts.values()) {
    const code = discount.codes.find((one) => one.code.toLowerCase() === wanted);
    if (code !== undefined) return { code, discount };
  }
  return undefined;
}

function refusalOf(
  state: ShopState,
  order: Order,
  { code, discount }: Candidate,
  buyer: Buyer,
  others: Candidate[],
  now: Date,
): CodeRefusal | undefined {
  const status = discountStatus(discount, now);
  if (status === "EXPIRED") return "expired";
  if (status === "SCHEDULED") return "not_started";
  if (discount.usageLimit !== null && code.usageCount >= discount.usageLimit) return "usage_limit";
  if (discount.context.type === "customers") {
    if (buyer.customer === undefined) return "login_needed";
    if (!discount.context.customerIds.includes(buyer.customer.id)) return "wrong_customer";
  }
  // The sandbox keeps no segments, so nobody is in one.
  if (discount.context.type === "segments") return "wrong_customer";
  if (discount.oncePerCustomer && identitiesOf(buyer).some((who) => discount.usedBy.includes(who)))
    return "already_used";
  const lines = order.lines.filter((line) => isEntitled(state, discount, line));
  if (discount.discountClass === "SHIPPING") {
    if (order.shippingLines.length === 0) return "no_shipping";
    const most = discount.value.type === "free_shipping" ? discount.value.maximumShippingMinor : null;
    if (most !== null && order.shippingLines.some((line) => line.priceMinor > most)) return "minimum_not_met";
  } else if (lines.length === 0) {
    return "no_entitled_items";
  }
  if (discount.minimum !== null) {
    const reached =
      discount.minimum.type === "subtotal"
        ? lines.reduce((sum, line) => sum + netOf(line), 0) >= discount.minimum.amountMinor
        : lines.reduce((sum, line) => sum + line.quantity, 0) >= discount.minimum.quantity;
    if (!reached) return "minimum_not_met";
  }
  return others.every((other) => combine(discount, other.discount) && combine(other.discount, discount))
    ? undefined
    : "does_not_combine";
}

function combine(one: Discount, other: Discount): boolean {
  switch (other.discountClass) {
    case "ORDER":
      return one.combinesWith.order;
    case "PRODUCT":
      return one.combinesWith.product;
    case "SHIPPING":
      return one.combinesWith.shipping;
  }
}

/** The names under which `oncePerCustomer` remembers a buyer. */
export function identitiesOf(buyer: Buyer): string[] {
  return [buyer.customer?.id, buyer.customer?.email?.toLowerCase(), buyer.email?.toLowerCase()].filter(
    (who): who is string => typeof who === "string",
  );
}

function isEntitled(state: ShopState, discount: Discount, line: OrderLine): boolean {
  if (line.giftCard) return false;
  const { items } = discount;
  if (items.type === "all") return true;
  if (line.productId === null) return false;
  if (items.type === "products") {
    return (
      items.productIds.includes(line.productId) ||
      (line.variantId !== null && items.variantIds.includes(line.variantId))
    );
  }
  const { productId } = line;
  return items.collectionIds.some((id) => state.collections.get(id)?.productIds.includes(productId) === true);
}

function netOf(line: OrderLine): number {
  return (
    line.priceMinor * line.quantity -
    line.allocations.reduce((sum, allocation) => sum + allocation.amountMinor, 0)
  );
}

function apply(state: ShopState, order: Order, { code, discount }: Candidate): number {
  const { value } = discount;
  if (value.type === "free_shipping")
    return applyToShipping(order, codeApplication(state, discount, code.code));
  const index = order.discountApplications.push(codeApplication(state, discount, code.code)) - 1;
  const lines = order.lines.filter((line) => isEntitled(state, discount, line));
  const parts =
    value.type === "amount" && value.onEachItem
      ? lines.map((line) => Math.min(netOf(line), value.amountMinor * line.quantity))
      : spreadOver(
          lines,
          value.type === "percentage" ? { fraction: value.fraction } : { amountMinor: value.amountMinor },
        );
  return allocate(order, lines, parts, index, {
    code: code.code,
    type: value.type === "percentage" ? "percentage" : "fixed_amount",
  });
}

function spreadOver(lines: OrderLine[], value: { fraction: string } | { amountMinor: number }): number[] {
  const nets = lines.map(netOf);
  const base = nets.reduce((sum, net) => sum + net, 0);
  if ("amountMinor" in value) return spreadMinor(Math.min(base, value.amountMinor), nets);
  const { numerator, denominator } = parseFraction(value.fraction);
  return spreadMinor(Math.min(base, scaleMinor(base, numerator, denominator)), nets);
}

function allocate(
  order: Order,
  lines: OrderLine[],
  parts: number[],
  applicationIndex: number,
  code: { code: string; type: "percentage" | "fixed_amount" } | null,
): number {
  lines.forEach((line, index) => {
    const amountMinor = parts[index] ?? 0;
    if (amountMinor > 0) line.allocations.push({ applicationIndex, amountMinor });
  });
  const amountMinor = parts.reduce((sum, part) => sum + part, 0);
  if (code !== null) order.discountCodes.push({ ...code, amountMinor });
  return amountMinor;
}

function applyToShipping(order: Order, application: DiscountApplication): number {
  const index = order.discountApplications.push(application) - 1;
  let amountMinor = 0;
  for (const line of order.shippingLines) {
    const net = shippingNet(line);
    if (net > 0) line.allocations.push({ applicationIndex: index, amountMinor: net });
    amountMinor += net;
  }
  if (application.code !== null)
    order.discountCodes.push({ code: application.code, amountMinor, type: "shipping" });
  return amountMinor;
}

function codeApplication(state: ShopState, discount: Discount, code: string): DiscountApplication {
  const { value } = discount;
  const percentage = value.type === "percentage" ? Number(value.fraction) * 100 : 100;
  return {
    type: "discount_code",
    code,
    title: discount.title,
    targetType: value.type === "free_shipping" ? "shipping_line" : "line_item",
    targetSelection: discount.items.type === "all" ? "all" : "entitled",
    allocationMethod:
      (value.type === "amount" && value.onEachItem) || value.type === "free_shipping" ? "each" : "across",
    valueType: value.type === "amount" ? "fixed_amount" : "percentage",
    value:
      value.type === "amount" ? formatMinor(value.amountMinor, state.shop.currency) : onePlace(percentage),
    discountId: discount.id,
  };
}

/** A discount that is simply stated (orderCreate, draft orders), over all lines or the shipping. */
export function applyManualDiscount(
  order: Order,
  manual: NonNullable<PlaceOrderInput["manualDiscount"]>,
  amountMinor: number,
): void {
  const application: DiscountApplication = {
    type: manual.code === undefined ? "manual" : "discount_code",
    code: manual.code ?? null,
    title: manual.title,
    targetType: manual.valueType === "free_shipping" ? "shipping_line" : "line_item",
    targetSelection: "all",
    allocationMethod: manual.valueType === "free_shipping" ? "each" : "across",
    valueType: manual.valueType === "fixed_amount" ? "fixed_amount" : "percentage",
    value: manual.valueType === "percentage" ? onePlace(Number(manual.value)) : manual.value,
    discountId: null,
  };
  if (manual.valueType === "free_shipping") {
    applyToShipping(order, { ...application, value: "100.0" });
    return;
  }
  const index = order.discountApplications.push(application) - 1;
  const lines = order.lines.filter((line) => !line.giftCard);
  const fraction = manual.valueType === "percentage" ? parseFraction(manual.value) : null;
  const value =
    fraction === null
      ? { amountMinor }
      : { fraction: String(fraction.numerator / (fraction.denominator * 100)) };
  const code = manual.code === undefined ? null : { code: manual.code, type: manual.valueType };
  allocate(order, lines, spreadOver(lines, value), index, code);
}

/** A percentage as Shopify writes it: `10.0`, `7.25`. */
function onePlace(value: number): string {
  const rounded = Number(value.toFixed(4));
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
}
