import { redeem } from "#app/loyalty/rewards/storefront/redeem.server.ts";
import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** Points for a code. */
export const action = storefrontRoute({ method: "POST" }, redeem);
export const loader = methodNotAllowed;
