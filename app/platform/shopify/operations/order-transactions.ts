import { graphql } from "#app/platform/shopify/graphql.ts";

/** How an order was paid; webhooks name the gateways but carry no amounts. */
export const OrderTransactions = graphql(`
  query OrderTransactions($id: ID!) {
    order(id: $id) {
      currencyCode
      transactions(first: 250) {
        kind
        status
        gateway
        amountSet {
          shopMoney {
            amount
          }
        }
      }
    }
  }
`);
