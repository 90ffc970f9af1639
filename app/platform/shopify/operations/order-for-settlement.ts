import { graphql } from "#app/platform/shopify/graphql.ts";

/** All that settlement needs of one order. Lines come by the page; everything else is repeated with each of them. */
export const OrderForSettlement = graphql(`
  query OrderForSettlement($id: ID!, $linesAfter: String) {
    order(id: $id) {
      legacyResourceId
      name
      email
      test
      sourceName
      processedAt
      updatedAt
      cancelledAt
      displayFinancialStatus
      displayFulfillmentStatus
      taxesIncluded
      currencyCode
      discountCodes
      paymentGatewayNames
      totalTipReceivedSet {
        shopMoney {
          amount
        }
      }
      shippingLines(first: 5) {
        nodes {
          originalPriceSet {
            shopMoney {
              amount
            }
          }
          discountAllocations {
            allocatedAmountSet {
              shopMoney {
                amount
              }
            }
          }
          taxLines {
            priceSet {
              shopMoney {
                amount
              }
            }
          }
        }
      }
      customer {
        legacyResourceId
      }
      lineItems(first: 100, after: $linesAfter) {
        nodes {
          id
          quantity
          currentQuantity
          isGiftCard
          product {
            legacyResourceId
          }
          variant {
            legacyResourceId
          }
          originalUnitPriceSet {
            shopMoney {
              amount
            }
          }
          discountAllocations {
            allocatedAmountSet {
              shopMoney {
                amount
              }
            }
          }
          taxLines {
            priceSet {
              shopMoney {
                amount
              }
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
      refunds(first: 20) {
        legacyResourceId
        createdAt
        totalRefundedSet {
          shopMoney {
            amount
          }
        }
        duties {
          amountSet {
            shopMoney {
              amount
            }
          }
        }
        refundLineItems(first: 25) {
          nodes {
            quantity
            lineItem {
              id
            }
            subtotalSet {
              shopMoney {
                amount
              }
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
        refundShippingLines(first: 3) {
          nodes {
            subtotalAmountSet {
              shopMoney {
                amount
              }
            }
          }
        }
        orderAdjustments(first: 5) {
          nodes {
            reason
            amountSet {
              shopMoney {
                amount
              }
            }
          }
        }
      }
    }
  }
`);
