import { graphql } from "#app/platform/shopify/graphql.ts";

/** Customers whose name or e-mail matches: Shopify knows them, we keep neither. */
export const SearchCustomers = graphql(`
  query SearchCustomers($query: String!, $first: Int!) {
    customers(query: $query, first: $first) {
      nodes {
        id
      }
    }
  }
`);
