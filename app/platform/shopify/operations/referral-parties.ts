import { graphql } from "#app/platform/shopify/graphql.ts";

/** What tells two shoppers apart. Any of it may be withheld (null) by Shopify's protection of customer data. */
export const ReferralParties = graphql(`
  query ReferralParties($advocateId: ID!, $friendId: ID!) {
    advocate: customer(id: $advocateId) {
      id
      defaultEmailAddress {
        emailAddress
      }
      defaultPhoneNumber {
        phoneNumber
      }
      defaultAddress {
        address1
        zip
      }
    }
    friend: customer(id: $friendId) {
      id
      numberOfOrders
      defaultEmailAddress {
        emailAddress
      }
      defaultPhoneNumber {
        phoneNumber
      }
      defaultAddress {
        address1
        zip
      }
    }
  }
`);
