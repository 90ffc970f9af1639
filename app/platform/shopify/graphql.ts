import { initGraphQLTada } from "gql.tada";
import type { introspection } from "../../../graphql-env.d.ts";

/** Types every operation against Shopify's own Admin schema of SHOPIFY_API_VERSION. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: {
    DateTime: string;
    Date: string;
    Decimal: string;
    Money: string;
    URL: string;
    ID: string;
    UnsignedInt64: string;
    JSON: unknown;
    HTML: string;
    FormattedString: string;
    StorefrontID: string;
    ARN: string;
    BigInt: string;
    Color: string;
    UtcOffset: string;
  };
}>();
