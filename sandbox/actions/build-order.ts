import type { World } from "#sandbox/context.ts";
import { parseMinor } from "#sandbox/money.ts";
import { findCustomerByEmail } from "#sandbox/store/customer-stats.ts";
import type { Order, OrderLine, ShippingLine } from "#sandbox/store/order-types.ts";
import type { Id, Product, ShopState, Variant } from "#sandbox/store/types.ts";
import { applyCodes, applyManualDiscount } from "./apply-codes.ts";
import type { AppliedCode, Buyer } from "./apply-codes.ts";
import { makeAddress } from "./customers.ts";
import type { CodeRefusal, OrderLineInput, PlaceOrderInput } from "./inputs.ts";
import { refuse } from "./refusal.ts";

export interface BuiltOrder {
  order: Order;
  buyer: Buyer;
  applied: AppliedCode[];
  rejected: { code: string; reason: CodeRefusal }[];
}

/** Makes and prices an order without putting it anywhere: no id is used up unless `newId` does. */
export function buildOrder(world: World, shop: string, input: PlaceOrderInput, newId: () => Id): BuiltOrder {
  const state = world.store.shop(shop);
  if (input.lines.length === 0)
    refuse(["lineItems"], "Line items must have at least one line item", "INVALID");
  const at = world.now().toISOString();
  const lines = input.lines.map((line, index) => buildLine(state, line, index, newId));
  const buyer = findBuyer(state, input);
  const order: Order = {
    id: newId(),
    number: 0,
    name: "",
    customerId: buyer.customer?.id ?? null,
    email: input.email ?? buyer.customer?.email ?? null,
    phone: input.phone ?? buyer.customer?.phone ?? null,
    locale: input.locale ?? buyer.customer?.locale ?? state.shop.locale,
    currency: state.shop.currency,
    presentment: input.presentment ?? null,
    taxesIncluded: input.taxesIncluded ?? state.shop.taxesIncluded,
    taxRate: input.tax?.rate ?? state.shop.taxRate,
    taxTitle: input.tax?.title ?? state.shop.taxTitle,
    taxExempt: input.tax === null || (input.taxExempt ?? buyer.customer?.taxExempt ?? false),
    test: input.test ?? false,
    sourceName: input.sourceName ?? "web",
    tags: input.tags ?? [],
    note: input.note ?? null,
    noteAttributes: input.noteAttributes ?? [],
    lines,
    shippingLines: [],
    discountApplications: [],
    discountCodes: [],
    transactions: [],
    refunds: [],
    fulfillments: [],
    shippingAddress: input.shippingAddress
      ? makeAddress(world, input.shippingAddress)
      : defaultAddress(buyer),
    billingAddress: input.billingAddress ? makeAddress(world, input.billingAddress) : defaultAddress(buyer),
    token: world.store.newToken(),
    cartToken: input.cartToken ?? null,
    checkoutToken: input.checkoutToken ?? null,
    createdAt: at,
    processedAt: input.processedAt === undefined ? at : new Date(input.processedAt).toISOString(),
    updatedAt: at,
    cancelledAt: null,
    cancelReason: null,
    closedAt: null,
  };
  order.shippingLines = buildShipping(state, order, input, newId);
  if (input.manualDiscount !== undefined) {
    applyManualDiscount(
      order,
      input.manualDiscount,
      parseMinor(input.manualDiscount.value || "0", state.shop.currency) ?? 0,
    );
  }
  const { applied, rejected } = applyCodes(state, order, input.discountCodes ?? [], buyer, world.now());
  return { order, buyer, applied, rejected };
}

/** A customer by id, else the one with this e-mail, unless the order is explicitly of nobody. */
function findBuyer(state: ShopState, input: PlaceOrderInput): Buyer {
  if (typeof input.customerId === "string") {
    const customer =
      state.customers.get(input.customerId) ?? refuse(["customerId"], "Customer does not exist", "INVALID");
    return { customer, email: customer.email };
  }
  const email = input.email ?? null;
  const known =
    input.customerId === undefined && email !== null ? findCustomerByEmail(state, email) : undefined;
  return { customer: known, email };
}

function defaultAddress(buyer: Buyer): Order["shippingAddress"] {
  const { customer } = buyer;
  return customer?.addresses.find((address) => address.id === customer.defaultAddressId) ?? null;
}

/** A variant with its product, or undefined. */
export function findVariant(
  state: ShopState,
  variantId: Id,
): { product: Product; variant: Variant } | undefined {
  for (const product of state.products.values()) {
    const variant = product.variants.find((one) => one.id === variantId);
    if (variant !== undefined) return { product, variant };
  }
  return undefined;
}

/** A line of an order from a variant, or of a title and a price. */
export function buildLine(
  state: ShopState,
  input: OrderLineInput,
  index: number,
  newId: () => Id,
): OrderLine {
  const field = ["lineItems", String(index)];
  if (!Number.isSafeInteger(input.quantity) || input.quantity < 1) {
    refuse([...field, "quantity"], "Quantity must be greater than 0", "INVALID");
  }
  const found = input.variantId === undefined ? undefined : findVariant(state, input.variantId);
  if (input.variantId !== undefined && found === undefined)
    refuse([...field, "variantId"], "Product with ID is no longer available.", "INVALID");
  if (found === undefined && (input.title === undefined || input.priceMinor === undefined)) {
    refuse([...field, "title"], "Title and price are needed for a custom line item", "INVALID");
  }
  const plainTitle = found?.variant.title === "Default Title" ? null : (found?.variant.title ?? null);
  return {
    id: newId(),
    productId: found?.product.id ?? null,
    variantId: found?.variant.id ?? null,
    title: input.title ?? found?.product.title ?? "",
    variantTitle: plainTitle,
    sku: found?.variant.sku ?? null,
    vendor: found?.product.vendor ?? null,
    quantity: input.quantity,
    originalQuantity: input.quantity,
    fulfilledQuantity: 0,
    priceMinor: input.priceMinor ?? found?.variant.priceMinor ?? 0,
    giftCard: input.giftCard ?? found?.product.isGiftCard ?? false,
    taxable: input.taxable ?? found?.variant.taxable ?? true,
    requiresShipping: input.requiresShipping ?? found?.variant.requiresShipping ?? true,
    allocations: [],
    properties: input.properties ?? [],
  };
}

function buildShipping(
  state: ShopState,
  order: Order,
  input: PlaceOrderInput,
  newId: () => Id,
): ShippingLine[] {
  if (input.shipping)
    return [{ id: newId(), code: input.shipping.title, allocations: [], ...input.shipping }];
  if (input.shipping === null || input.shippingHandle === null) return [];
  if (!order.lines.some((line) => line.requiresShipping)) return [];
  const rate =
    state.shop.shippingRates.find((one) => one.handle === input.shippingHandle) ??
    state.shop.shippingRates[0];
  if (rate === undefined) return [];
  const goodsMinor = order.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const free = rate.freeFromMinor !== null && goodsMinor >= rate.freeFromMinor;
  return [
    {
      id: newId(),
      title: rate.title,
      code: rate.handle,
      priceMinor: free ? 0 : rate.priceMinor,
      allocations: [],
    },
  ];
}
