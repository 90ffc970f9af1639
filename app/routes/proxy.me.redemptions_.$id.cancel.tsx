import { cancel } from "#app/loyalty/rewards/storefront/redeem.server.ts";
import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** An unused code back for its points. */
export const action = storefrontRoute({ method: "POST" }, cancel);
export const loader = methodNotAllowed;
