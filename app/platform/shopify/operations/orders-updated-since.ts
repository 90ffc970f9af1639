import { graphql } from "#app/platform/shopify/graphql.ts";

/** Which orders changed since an instant, oldest change first: ids and instants only, so that a page is cheap. */
export const OrdersUpdatedSince = graphql(`
  query OrdersUpdatedSince($query: String!, $after: String) {
    orders(first: 100, after: $after, query: $query, sortKey: UPDATED_AT) {
      nodes {
        legacyResourceId
        updatedAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
