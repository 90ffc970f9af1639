import type { World } from "#sandbox/context.ts";
import type { Discount, DiscountClass, Id, ShopState } from "#sandbox/store/types.ts";
import { gid, restTime } from "#sandbox/webhooks/payload-values.ts";
import type { DiscountInput } from "./inputs.ts";
import { refuse } from "./refusal.ts";

/** Shopify's limit of codes in one call of discountRedeemCodeBulkAdd. */
export const MAX_CODES_PER_CALL = 250;

/** Creates a code discount; refused when the code is taken, in any case of letters; discounts/create. */
export function createDiscount(world: World, shop: string, input: DiscountInput): Discount {
  const state = world.store.shop(shop);
  checkDiscount(state, input);
  const at = world.now().toISOString();
  const discount: Discount = {
    id: world.store.newId(),
    title: input.title,
    value: input.value,
    discountClass: classOf(input),
    context: input.context ?? { type: "all" },
    items: input.items ?? { type: "all" },
    codes: [{ id: world.store.newId(), code: input.code.trim(), usageCount: 0 }],
    startsAt: input.startsAt ?? at,
    endsAt: input.endsAt ?? null,
    usageLimit: input.usageLimit ?? null,
    oncePerCustomer: input.oncePerCustomer ?? false,
    minimum: input.minimum ?? null,
    combinesWith: {
      order: input.combinesWith?.order ?? false,
      product: input.combinesWith?.product ?? false,
      shipping: input.combinesWith?.shipping ?? false,
    },
    tags: input.tags ?? [],
    usedBy: [],
    createdByApp: input.createdByApp ?? false,
    createdAt: at,
    updatedAt: at,
  };
  state.discounts.set(discount.id, discount);
  tell(world, shop, "discounts/create", discount);
  return discount;
}

/** Ends a discount now; the code stays taken. */
export function deactivateDiscount(world: World, shop: string, id: Id): Discount {
  const discount = requireDiscount(world.store.shop(shop), id);
  const at = world.now().toISOString();
  if (discount.endsAt === null || discount.endsAt > at) discount.endsAt = at;
  if (discount.startsAt > at) discount.startsAt = at;
  discount.updatedAt = at;
  tell(world, shop, "discounts/update", discount);
  return discount;
}

/** Makes a discount active from now on, without an end. */
export function activateDiscount(world: World, shop: string, id: Id): Discount {
  const discount = requireDiscount(world.store.shop(shop), id);
  const at = world.now().toISOString();
  if (discount.startsAt > at) discount.startsAt = at;
  discount.endsAt = null;
  discount.updatedAt = at;
  tell(world, shop, "discounts/update", discount);
  return discount;
}

/** Deletes a discount; its codes are free again. */
export function deleteDiscount(world: World, shop: string, id: Id): void {
  const state = world.store.shop(shop);
  const discount = requireDiscount(state, id);
  state.discounts.delete(id);
  tell(world, shop, "discounts/delete", discount);
}

/** Adds codes to a discount; those taken anywhere in the shop are left out. */
export function addDiscountCodes(world: World, shop: string, id: Id, codes: string[]): Discount {
  const state = world.store.shop(shop);
  const discount = requireDiscount(state, id);
  if (codes.length > MAX_CODES_PER_CALL)
    refuse(["codes"], `Codes exceeds the limit of ${MAX_CODES_PER_CALL}`, "TOO_MANY_ARGUMENTS");
  for (const code of codes) {
    if (findDiscountByCode(world, shop, code) !== undefined) continue;
    discount.codes.push({ id: world.store.newId(), code: code.trim(), usageCount: 0 });
  }
  discount.updatedAt = world.now().toISOString();
  tell(world, shop, "discounts/redeemcode_added", discount);
  return discount;
}

/** The discount of a code, in any case of letters. */
export function findDiscountByCode(world: World, shop: string, code: string): Discount | undefined {
  const wanted = code.trim().toLowerCase();
  for (const discount of world.store.shop(shop).discounts.values()) {
    if (discount.codes.some((one) => one.code.toLowerCase() === wanted)) return discount;
  }
  return undefined;
}

/** Whether it can be used at this instant, as DiscountStatus says it. */
export function discountStatus(discount: Discount, now: Date): "ACTIVE" | "EXPIRED" | "SCHEDULED" {
  const at = now.toISOString();
  if (discount.endsAt !== null && discount.endsAt <= at) return "EXPIRED";
  return discount.startsAt > at ? "SCHEDULED" : "ACTIVE";
}

/** A discount, or a refusal as Shopify words it. */
export function requireDiscount(state: ShopState, id: Id): Discount {
  return state.discounts.get(id) ?? refuse(["id"], "Discount does not exist.", "INVALID");
}

function checkDiscount(state: ShopState, input: DiscountInput): void {
  if (input.title.trim() === "") refuse(["title"], "Title can't be blank", "BLANK");
  if (input.code.trim() === "") refuse(["code"], "Code can't be blank", "BLANK");
  if (input.code.length > 255) refuse(["code"], "Code is too long (maximum is 255 characters)", "TOO_LONG");
  const wanted = input.code.trim().toLowerCase();
  for (const discount of state.discounts.values()) {
    if (discount.codes.some((one) => one.code.toLowerCase() === wanted)) {
      refuse(["code"], "Code must be unique. Please try a different code.", "TAKEN");
    }
  }
  if (
    input.endsAt !== undefined &&
    input.endsAt !== null &&
    input.startsAt !== undefined &&
    input.endsAt <= input.startsAt
  ) {
    refuse(["endsAt"], "Ends at needs to be after starts_at", "INVALID");
  }
  if (input.usageLimit !== undefined && input.usageLimit !== null && input.usageLimit < 1) {
    refuse(["usageLimit"], "Usage limit must be greater than 0", "GREATER_THAN");
  }
  if (input.context?.type === "customers") {
    if (input.context.customerIds.length === 0) refuse(["context"], "Customers can't be blank", "BLANK");
    for (const id of input.context.customerIds) {
      if (!state.customers.has(id)) refuse(["context", "customers"], "Customer is invalid.", "INVALID");
    }
  }
  checkValue(input);
}

function checkValue(input: DiscountInput): void {
  const { value } = input;
  if (value.type === "percentage" && !(Number(value.fraction) > 0 && Number(value.fraction) <= 1)) {
    refuse(
      ["customerGets", "value", "percentage"],
      "Value must be between 0.0 and 1.0",
      "VALUE_OUTSIDE_RANGE",
    );
  }
  if (value.type === "amount" && value.amountMinor <= 0) {
    refuse(
      ["customerGets", "value", "discountAmount", "amount"],
      "Value must be greater than 0",
      "GREATER_THAN",
    );
  }
}

function classOf(input: DiscountInput): DiscountClass {
  if (input.value.type === "free_shipping") return "SHIPPING";
  const each = input.value.type === "amount" && input.value.onEachItem;
  return each || (input.items !== undefined && input.items.type !== "all") ? "PRODUCT" : "ORDER";
}

function tell(world: World, shop: string, topic: string, discount: Discount): void {
  world.store.changed();
  const { timeZone } = world.store.shop(shop).shop;
  world.webhooks.emit(shop, topic, () => ({
    admin_graphql_api_id: gid("DiscountCodeNode", discount.id),
    title: discount.title,
    status: discountStatus(discount, world.now()),
    created_at: restTime(discount.createdAt, timeZone),
    updated_at: restTime(discount.updatedAt, timeZone),
  }));
}
