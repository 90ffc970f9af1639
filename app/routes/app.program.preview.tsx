import type { LoaderFunctionArgs } from "@remix-run/node";
import { previewPublish } from "#app/loyalty/program/preview-publish.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";

/** What publishing the draft would do, asked for when somebody is about to. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId, shop } = await requireAdmin(request);
  const args = { shopId, now: services.now(), timeZone: shop.timeZone };
  return previewPublish(services.db, args);
}
