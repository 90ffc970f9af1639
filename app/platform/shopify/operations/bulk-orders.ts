import { graphql } from "#app/platform/shopify/graphql.ts";

/** Starts an export of whatever the query selects, as JSONL. */
export const BulkOperationRunQuery = graphql(`
  mutation BulkOperationRunQuery($query: String!) {
    bulkOperationRunQuery(query: $query, groupObjects: false) {
      bulkOperation {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`);

/** How far an export is, and where its file is once it is there. */
export const BulkOperationState = graphql(`
  query BulkOperationState($id: ID!) {
    bulkOperation(id: $id) {
      status
      errorCode
      url
      partialDataUrl
    }
  }
`);
