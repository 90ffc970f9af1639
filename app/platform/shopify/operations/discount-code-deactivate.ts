import { graphql } from "#app/platform/shopify/graphql.ts";

/** Ends a code now; a code that has ended already stays so. */
export const DiscountCodeDeactivate = graphql(`
  mutation DiscountCodeDeactivate($id: ID!) {
    discountCodeDeactivate(id: $id) {
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
