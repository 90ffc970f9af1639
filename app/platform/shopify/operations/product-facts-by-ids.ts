import { graphql } from "#app/platform/shopify/graphql.ts";

/** What earning rules ask of products, some at a time. A product that is gone is null in its place. */
export const ProductFactsByIds = graphql(`
  query ProductFactsByIds($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Product {
        id
        vendor
        tags
        collections(first: 25) {
          nodes {
            id
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);
