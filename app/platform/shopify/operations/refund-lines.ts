import { graphql } from "#app/platform/shopify/graphql.ts";

/** The further lines of one refund that has very many. */
export const RefundLines = graphql(`
  query RefundLines($id: ID!, $after: String) {
    refund(id: $id) {
      refundLineItems(first: 250, after: $after) {
        nodes {
          quantity
          lineItem {
            id
          }
          subtotalSet {
            shopMoney {
              amount
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);
