import { graphql } from "#app/platform/shopify/graphql.ts";

/** How far an export is, and where its file is once it is there. */
export const BulkOperationState = graphql(`
  query BulkOperationState($id: ID!) {
    bulkOperation(id: $id) {
      status
      errorCode
      url
    }
  }
`);
