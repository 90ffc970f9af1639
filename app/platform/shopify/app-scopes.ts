/** The access we ask for: exactly what our operations and webhook topics need. shopify.app.toml says the same, by a test. */
export const APP_SCOPES = [
  "read_orders",
  "read_customers",
  "write_customers",
  "read_customer_merge",
  "write_discounts",
] as const;
