import type { LoaderFunctionArgs } from "@remix-run/node";
import { authenticateAdmin } from "#app/platform/http/admin.server.ts";

/** The pages Shopify's library keeps for itself: fetching an ID token, leaving the frame. */
export async function loader({ request }: LoaderFunctionArgs) {
  await authenticateAdmin(request);
  return null;
}
