import { graphql } from "#app/platform/shopify/graphql.ts";

/** Makes a free-shipping code. */
export const DiscountCodeFreeShippingCreate = graphql(`
  mutation DiscountCodeFreeShippingCreate($discount: DiscountCodeFreeShippingInput!) {
    discountCodeFreeShippingCreate(freeShippingCodeDiscount: $discount) {
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
