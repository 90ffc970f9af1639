/** The one version of the Admin API. shopify.app.toml, the schema's file name and the library's setting agree with it by a test. */
export const SHOPIFY_API_VERSION = "2026-10";
