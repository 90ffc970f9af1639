import { graphql } from "#app/platform/shopify/graphql.ts";

/** What became of a code: the read-back after an unknown outcome. Null when Shopify has no such code. */
export const DiscountNodeByCode = graphql(`
  query DiscountNodeByCode($code: String!) {
    codeDiscountNodeByCode(code: $code) {
      id
      codeDiscount {
        __typename
        ... on DiscountCodeBasic {
          title
          status
          asyncUsageCount
          context {
            __typename
            ... on DiscountCustomers {
              customers {
                id
              }
            }
          }
        }
        ... on DiscountCodeFreeShipping {
          title
          status
          asyncUsageCount
          context {
            __typename
            ... on DiscountCustomers {
              customers {
                id
              }
            }
          }
        }
      }
    }
  }
`);
