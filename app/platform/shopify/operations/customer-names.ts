import { graphql } from "#app/platform/shopify/graphql.ts";

/** What to call these customers, asked for while a page is shown and never stored. */
export const CustomerNames = graphql(`
  query CustomerNames($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on Customer {
        id
        displayName
        defaultEmailAddress {
          emailAddress
        }
      }
    }
  }
`);
