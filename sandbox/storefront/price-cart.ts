import { isAvailable } from "#sandbox/storefront/objects/build-product.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import type { PlaceOrderInput, Quote } from "#sandbox/actions/inputs.ts";
import type { Product, ShopState, Variant } from "#sandbox/store/types.ts";
import type { Session, StoredCart } from "./session.ts";

export type StoredItem = StoredCart["items"][number];

export interface CartLine {
  item: StoredItem;
  product: Product;
  variant: Variant;
}

/** Finds a variant that shoppers can buy, with its product. */
export function findVariant(
  state: ShopState,
  variantId: string,
): { product: Product; variant: Variant } | undefined {
  for (const product of state.products.values()) {
    const variant = product.variants.find((entry) => entry.id === variantId);
    if (variant) return product.status === "ACTIVE" ? { product, variant } : undefined;
  }
  return undefined;
}

/** The cart's lines that are still sold. */
export function readCartLines(state: ShopState, cart: StoredCart): CartLine[] {
  return cart.items.flatMap((item) => {
    const found = findVariant(state, item.variantId);
    return found && isAvailable(found.variant) ? [{ item, ...found }] : [];
  });
}

/** What the cart would be as an order: the same input prices it and places it. */
export function toOrderInput(context: SandboxContext, shop: string, session: Session): PlaceOrderInput {
  const { cart, customer } = session;
  return {
    lines: readCartLines(context.store.shop(shop), cart).map(({ item }) => ({
      variantId: item.variantId,
      quantity: item.quantity,
      properties: Object.entries(item.properties).map(([name, value]) => ({ name, value })),
    })),
    customerId: customer?.id ?? null,
    email: customer?.email ?? null,
    discountCodes: cart.codes,
    cartToken: cart.token,
    locale: session.locale,
  };
}

/** Prices the cart as its order would be; undefined when it is empty. */
export function quoteCart(
  context: SandboxContext,
  shop: string,
  session: Session,
  more: Partial<PlaceOrderInput> = {},
): Quote | undefined {
  const input = toOrderInput(context, shop, session);
  return input.lines.length === 0 ? undefined : context.actions.quoteOrder(shop, { ...input, ...more });
}
