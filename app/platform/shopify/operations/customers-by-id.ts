import { graphql } from "#app/platform/shopify/graphql.ts";

/** Which of these customers there are. */
export const CustomersById = graphql(`
  query CustomersById($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on Customer {
        id
      }
    }
  }
`);
