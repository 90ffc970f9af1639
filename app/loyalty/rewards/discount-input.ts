import { toDecimal } from "#app/loyalty/program/money.ts";
import type { VariablesOf } from "gql.tada";
import type { DiscountCodeBasicCreate } from "#app/platform/shopify/operations/discount-code-basic-create.ts";
import type { DiscountCodeFreeShippingCreate } from "#app/platform/shopify/operations/discount-code-free-shipping-create.ts";
import type { RedemptionTerms } from "./redemption-terms.ts";

type BasicInput = VariablesOf<typeof DiscountCodeBasicCreate>["discount"];
type FreeShippingInput = VariablesOf<typeof DiscountCodeFreeShippingCreate>["discount"];

/** What to send to Shopify: which mutation, and its input. */
export type DiscountInput =
  | { kind: "basic"; discount: BasicInput }
  | { kind: "free_shipping"; discount: FreeShippingInput };

/** Tags that let a merchant filter our codes in Shopify's list of discounts. */
export const DISCOUNT_TAGS = ["loyalty", "dangol"];

/**
 * The discount of a redemption: for that one customer, usable once. The same terms and code always give the same
 * input, so a retry cannot make anything else.
 *
 * @param customerId Shopify's customer id in digits
 */
export function discountInput(terms: RedemptionTerms, code: string, customerId: string): DiscountInput {
  const base = {
    title: terms.codeTitle,
    code,
    context: { customers: { add: [`gid://shopify/Customer/${customerId}`] } },
    usageLimit: 1,
    appliesOncePerCustomer: true,
    startsAt: terms.startsAt,
    endsAt: terms.endsAt,
    tags: [...DISCOUNT_TAGS],
    ...(terms.minimumMinor > 0 && {
      minimumRequirement: {
        subtotal: { greaterThanOrEqualToSubtotal: toDecimal(terms.minimumMinor, terms.currencyExponent) },
      },
    }),
  };
  const { orderDiscounts, productDiscounts, shippingDiscounts } = terms.combinesWith;
  if (terms.value.kind === "free_shipping") {
    // A shipping discount never combines with another one; Shopify refuses to be asked.
    const combinesWith = { orderDiscounts, productDiscounts, shippingDiscounts: false };
    return { kind: "free_shipping", discount: { ...base, combinesWith, destination: { all: true } } };
  }
  const value =
    terms.value.kind === "percentage"
      ? { percentage: terms.value.percent / 100 }
      : {
          discountAmount: {
            amount: toDecimal(terms.value.amountMinor, terms.currencyExponent),
            appliesOnEachItem: false,
          },
        };
  const combinesWith = { orderDiscounts, productDiscounts, shippingDiscounts };
  return {
    kind: "basic",
    discount: { ...base, combinesWith, customerGets: { value, items: { all: true } } },
  };
}
