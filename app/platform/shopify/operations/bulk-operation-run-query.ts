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
