import { graphql } from "#app/platform/shopify/graphql.ts";

/** Customers by e-mail address or phone number, for an import: Shopify knows whose they are, we keep neither. */
export const CustomersByContact = graphql(`
  query CustomersByContact($query: String!, $first: Int!) {
    customers(query: $query, first: $first) {
      nodes {
        id
        defaultEmailAddress {
          emailAddress
        }
        defaultPhoneNumber {
          phoneNumber
        }
      }
    }
  }
`);
