import { json } from "#app/platform/http/reply.server.ts";
import { readMe } from "#app/loyalty/rewards/storefront/read-me.server.ts";
import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** The shopper who is logged in: balance, tier, link, rewards, codes. */
export const loader = storefrontRoute({ method: "GET" }, async (call) => json(await readMe(call)));
export const action = methodNotAllowed;
