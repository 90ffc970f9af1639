import { graphql } from "#app/platform/shopify/graphql.ts";

/** Writes up to 25 metafields, all or none. */
export const MetafieldsSet = graphql(`
  mutation MetafieldsSet($metafields: [MetafieldsSetInput!]!) {
    metafieldsSet(metafields: $metafields) {
      metafields {
        id
      }
      userErrors {
        elementIndex
        field
        code
        message
      }
    }
  }
`);
