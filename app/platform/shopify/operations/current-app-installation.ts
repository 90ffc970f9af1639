import { graphql } from "#app/platform/shopify/graphql.ts";

/** Our installation in the shop, and the program as the theme blocks read it now. */
export const CurrentAppInstallation = graphql(`
  query CurrentAppInstallation {
    currentAppInstallation {
      id
      metafield(namespace: "loyalty", key: "program") {
        value
      }
    }
  }
`);
