import { claim } from "#app/loyalty/rewards/storefront/claim.server.ts";
import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** A friend's code. */
export const action = storefrontRoute({ method: "POST" }, claim);
export const loader = methodNotAllowed;
