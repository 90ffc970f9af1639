import { json } from "#app/platform/http/reply.server.ts";
import { parseCursor, readHistory } from "#app/loyalty/rewards/storefront/read-history.server.ts";
import {
  methodNotAllowed,
  storefrontRoute,
} from "#app/loyalty/rewards/storefront/storefront-route.server.ts";

/** The statement of the shopper who is logged in, a page at a time. */
export const loader = storefrontRoute({ method: "GET", params: ["cursor"] }, async (call) => {
  const { customerId } = call;
  if (customerId === null) return call.refuse(401, "not_logged_in");
  const before = parseCursor(call.params.get("cursor"));
  if (before === null) return call.refuse(400, "invalid_cursor");
  return json(await readHistory({ ...call, customerId }, before));
});
export const action = methodNotAllowed;
