import { graphql } from "#app/platform/shopify/graphql.ts";

/** Who invites, and whether the invited address is a customer's already. */
export const ReferralClaimCheck = graphql(`
  query ReferralClaimCheck($advocateId: ID!, $friendEmail: String!) {
    advocate: customer(id: $advocateId) {
      id
      defaultEmailAddress {
        emailAddress
      }
    }
    friend: customerByIdentifier(identifier: { emailAddress: $friendEmail }) {
      id
      numberOfOrders
    }
  }
`);
