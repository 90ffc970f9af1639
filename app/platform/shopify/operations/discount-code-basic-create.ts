import { graphql } from "#app/platform/shopify/graphql.ts";

/** Makes an amount-off or percentage-off code. */
export const DiscountCodeBasicCreate = graphql(`
  mutation DiscountCodeBasicCreate($discount: DiscountCodeBasicInput!) {
    discountCodeBasicCreate(basicCodeDiscount: $discount) {
      codeDiscountNode {
        id
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);
