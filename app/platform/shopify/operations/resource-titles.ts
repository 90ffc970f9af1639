import { graphql } from "#app/platform/shopify/graphql.ts";

/** What these products, variants and collections are called, with a small picture. What is gone is null in its place. */
export const ResourceTitles = graphql(`
  query ResourceTitles($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on Product {
        id
        title
        featuredMedia {
          preview {
            image {
              url(transform: { maxWidth: 80, maxHeight: 80 })
            }
          }
        }
      }
      ... on ProductVariant {
        id
        title
        product {
          title
          featuredMedia {
            preview {
              image {
                url(transform: { maxWidth: 80, maxHeight: 80 })
              }
            }
          }
        }
      }
      ... on Collection {
        id
        title
        image {
          url(transform: { maxWidth: 80, maxHeight: 80 })
        }
      }
    }
  }
`);
