/** The access we ask for: exactly what our operations and webhook topics need. shopify.app.toml says the same, by a test. */
export const APP_SCOPES = [
  // orders/* and refunds/create, and asking Shopify what a webhook may not have told.
  "read_orders",
  // customers/*, and the names the admin shows beside members.
  "read_customers",
  // Points, tier and referral link as metafields of the customer.
  "write_customers",
  // customers/merge
  "read_customer_merge",
  // Which product a line of an order is of, for what the program excludes.
  "read_products",
  // Finding the code of a redemption whose outcome is unknown.
  "read_discounts",
  // The codes themselves.
  "write_discounts",
  // /apps/loyalty/* on the storefront.
  "write_app_proxy",
] as const;
