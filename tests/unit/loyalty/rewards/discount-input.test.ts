import { readFileSync } from "node:fs";
import { buildSchema, coerceInputValue, type GraphQLInputType } from "graphql";
import { describe, expect, test } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { discountInput } from "#app/loyalty/rewards/discount-input.ts";
import { freezeTerms, priceReward } from "#app/loyalty/rewards/redemption-terms.ts";

const schema = buildSchema(readFileSync("sandbox/schema/admin-2026-10.graphql", "utf8"));
const CODE = "K7QF-3MXD-9RWC-H4TP";

function inputOf(
  currency: string,
  currencyExponent: number,
  index: number,
  points?: number,
  change: object = {},
) {
  const reward = { ...defaultSettings({ currency, currencyExponent }).rewards[index]!, ...change };
  const priced = priceReward(reward, points);
  if (!priced.ok) throw new Error(priced.reason);
  const terms = freezeTerms(reward, priced, {
    redemptionId: "id-1",
    programVersion: 1,
    now: new Date("2026-11-21T03:00:00Z"),
    shop: { currency, currencyExponent, timeZone: "UTC" },
  });
  return discountInput(terms, CODE, "7001");
}

function shopifyAccepts(type: string, value: unknown): void {
  coerceInputValue(value, schema.getType(type) as GraphQLInputType, (path, _, error) => {
    throw new Error(`${path.join(".")}: ${error.message}`);
  });
}

describe("T43 the discount of a redemption", () => {
  test("is for one customer, once, with the code that was fixed", () => {
    const { kind, discount } = inputOf("USD", 2, 0);
    expect(kind).toBe("basic");
    expect(discount).toEqual({
      title: "Loyalty: $5 off [dangol:id-1]",
      code: CODE,
      context: { customers: { add: ["gid://shopify/Customer/7001"] } },
      usageLimit: 1,
      appliesOncePerCustomer: true,
      startsAt: "2026-11-21T03:00:00.000Z",
      endsAt: "2026-12-21T23:59:59.000Z",
      tags: ["loyalty", "dangol"],
      combinesWith: { orderDiscounts: false, productDiscounts: true, shippingDiscounts: true },
      customerGets: {
        items: { all: true },
        value: { discountAmount: { amount: "5.00", appliesOnEachItem: false } },
      },
    });
    shopifyAccepts("DiscountCodeBasicInput", discount);
  });

  test("of 10 % is a tenth, as Shopify counts it", () => {
    const { discount } = inputOf("USD", 2, 1);
    expect(discount).toMatchObject({ customerGets: { value: { percentage: 0.1 } } });
    shopifyAccepts("DiscountCodeBasicInput", discount);
  });

  test("of free shipping never combines with another shipping discount", () => {
    const { kind, discount } = inputOf("USD", 2, 2);
    expect(kind).toBe("free_shipping");
    expect(discount).toMatchObject({
      combinesWith: { shippingDiscounts: false },
      destination: { all: true },
    });
    shopifyAccepts("DiscountCodeFreeShippingInput", discount);
  });

  test("of points-as-cash is worth the points, in a currency without decimals", () => {
    const { discount } = inputOf("KRW", 0, 0, 1300);
    expect(discount).toMatchObject({ customerGets: { value: { discountAmount: { amount: "1300" } } } });
    shopifyAccepts("DiscountCodeBasicInput", discount);
  });

  test("has the minimum the reward asks for, and none where it asks for none", () => {
    expect(inputOf("KRW", 0, 1).discount.minimumRequirement).toEqual({
      subtotal: { greaterThanOrEqualToSubtotal: "20000" },
    });
    expect(inputOf("KWD", 3, 0, undefined, { minimumMinor: 12_345 }).discount.minimumRequirement).toEqual({
      subtotal: { greaterThanOrEqualToSubtotal: "12.345" },
    });
    expect(inputOf("USD", 2, 0).discount).not.toHaveProperty("minimumRequirement");
  });
});
