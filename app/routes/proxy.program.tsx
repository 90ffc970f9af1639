import { readProgram } from "#app/loyalty/rewards/storefront/read-program.server.ts";
import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** What the program offers, for everybody. */
export const loader = storefrontRoute({ method: "GET" }, readProgram);
export const action = methodNotAllowed;
