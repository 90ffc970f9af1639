import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** Ways to earn that a shopper claims. The program has none yet, so every id is unknown. */
export const action = storefrontRoute({ method: "POST" }, async (call) =>
  call.customerId === null ? call.refuse(401, "not_logged_in") : call.refuse(404, "unknown_action"),
);
export const loader = methodNotAllowed;
