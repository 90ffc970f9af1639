import { graphql } from "#app/platform/shopify/graphql.ts";

/** What we keep of a shop. The storefront's language is its main domain's. */
export const ShopFacts = graphql(`
  query ShopFacts {
    shop {
      name
      myshopifyDomain
      currencyCode
      ianaTimezone
      plan {
        publicDisplayName
        shopifyPlus
        partnerDevelopment
      }
      primaryDomain {
        url
        localization {
          defaultLocale
        }
      }
    }
    currentAppInstallation {
      id
    }
  }
`);
