import { graphql } from "#app/platform/shopify/graphql.ts";

/** The further collections of one product that is in very many. */
export const ProductCollections = graphql(`
  query ProductCollections($id: ID!, $after: String) {
    product(id: $id) {
      collections(first: 250, after: $after) {
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
`);
