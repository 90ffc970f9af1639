import { storefrontRoute } from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

const notFound = storefrontRoute({ method: "GET" }, async (call) => call.refuse(404, "not_found"));

/** Whatever else is asked for under the app proxy. */
export const loader = notFound;
export const action = notFound;
