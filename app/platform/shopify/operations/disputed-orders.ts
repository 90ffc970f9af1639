import { graphql } from "#app/platform/shopify/graphql.ts";

/** Orders with a chargeback or an inquiry, by a search. read_orders is enough for what it says of each. */
export const DisputedOrders = graphql(`
  query DisputedOrders($query: String!, $after: String) {
    orders(first: 100, after: $after, query: $query) {
      nodes {
        legacyResourceId
        disputes {
          id
          initiatedAs
          status
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** The same of orders that we know by their ids. */
export const DisputesOfOrders = graphql(`
  query DisputesOfOrders($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Order {
        legacyResourceId
        disputes {
          id
          initiatedAs
          status
        }
      }
    }
  }
`);
